/** Groups: create, update, delete, read. */
import { courseContext, type Ctx, type Handlers } from '../access';
import { invalidParameter, moodleError, writeError } from '../errors';
import { looseKey } from '../php';
import type { Group } from '../rows';
import { removeGroup } from './course-tools';
import { customValues, describeCustom, type CustomInput } from './custom-fields';
import { groupsOfCourse } from './group-tools';
import { checkFormat, formatName } from './text-tools';

interface GroupInput {
	id?: number;
	courseid?: number;
	name: string;
	description?: string;
	descriptionformat?: number;
	enrolmentkey?: string;
	idnumber?: string;
	/** A number when created, a text when updated: so the signatures say. */
	visibility?: number | string;
	participation?: boolean;
	customfields?: CustomInput[];
}

/** Way into the course and moodle/course:managegroups. */
export function needManageGroups(ctx: Ctx, courseid: number): number {
	const contextid = ctx.enterCourseWrapped(courseid);
	ctx.need('moodle/course:managegroups', contextid);
	return contextid;
}

/** A group, as MUST_EXIST finds it. */
export function groupOf(ctx: Ctx, id: number): Group {
	const group = ctx.site.groups.get(id);
	if (!group) throw ctx.missing('groups');
	return group;
}

/** Outer spaces of an ID number are gone before it is compared (groups_create_group, groups_update_grouping, 4.1 to 5.1). */
export function withTrimmedNumber<T extends { idnumber?: string }>(input: T): T {
	return input.idnumber === undefined ? input : { ...input, idnumber: input.idnumber.trim() };
}

/**
 * Compared by PHP, not by the database: capitals count everywhere.
 * @throws MoodleError idnumbertaken where another group or grouping of the course has it
 */
export function checkGroupIdnumber(
	table: { first(index: string, key: string): { id: number } | undefined },
	courseid: number,
	idnumber: string | undefined,
	except: number,
): void {
	if (!idnumber || idnumber === '0') return;
	const holder = table.first('idnumber', `${courseid}:${looseKey(idnumber)}`);
	if (holder && holder.id !== except) {
		throw moodleError('idnumbertaken', 'This ID number is already in use');
	}
}

function checkLengths(input: GroupInput): void {
	if ([...input.name].length > 254) throw writeError("Data too long for column 'name'");
	if ([...(input.idnumber ?? '')].length > 100)
		throw writeError("Data too long for column 'idnumber'");
	if ([...(input.enrolmentkey ?? '')].length > 50)
		throw writeError("Data too long for column 'enrolmentkey'");
}

function checkVisibility(visibility: number | string | undefined): void {
	if (visibility !== undefined && !['0', '1', '2', '3'].includes(String(visibility)))
		throw invalidParameter('Invalid group visibility provided.');
}

function createOne(ctx: Ctx, input: GroupInput): unknown {
	const courseid = Number(input.courseid);
	if (input.name.trim() === '') throw invalidParameter('Invalid group name');
	if (ctx.site.groups.first('name', `${courseid}:${ctx.site.texts.key(input.name)}`)) {
		throw invalidParameter('Group with the same name already exists in the course');
	}
	needManageGroups(ctx, courseid);
	checkFormat(input.descriptionformat);
	checkVisibility(input.visibility);
	checkGroupIdnumber(ctx.site.groups, courseid, input.idnumber, 0);
	checkLengths(input);
	const now = ctx.now();
	const group = ctx.site.groups.insert({
		courseid,
		name: input.name.trim(),
		description: input.description ?? '',
		descriptionformat: input.descriptionformat ?? 1,
		idnumber: input.idnumber ?? '',
		enrolmentkey: input.enrolmentkey ?? null,
		visibility: Number(input.visibility ?? 0),
		participation: input.participation === false || isApart(input.visibility) ? 0 : 1,
		timecreated: now,
		timemodified: now,
		customfields: customValues(ctx, 'group', input.customfields, {}),
	});
	// The answer echoes what was sent, custom fields that were not stored included.
	const echo = {
		...group,
		enrolmentkey: input.enrolmentkey ?? '',
		participation: group.participation === 1,
	};
	return { ...echo, customfields: input.customfields };
}

/** Groups whose members others do not see take no part in activities. */
const isApart = (visibility: unknown) => ['2', '3'].includes(String(visibility));

function createGroups(ctx: Ctx, params: { groups: GroupInput[] }): unknown {
	return ctx.atomic(() => params.groups.map((input) => createOne(ctx, withTrimmedNumber(input))));
}

function checkFrozen(ctx: Ctx, input: GroupInput, old: Group): void {
	const changes =
		(input.visibility !== undefined && Number(input.visibility) !== old.visibility) ||
		(input.participation !== undefined && (input.participation ? 1 : 0) !== old.participation);
	if (changes && ctx.site.groupMembers.count('group', old.id) > 0) {
		throw invalidParameter(
			'The visibility or participation of this group cannot be changed as it currently has members.',
		);
	}
	checkVisibility(input.visibility);
}

function updateOne(ctx: Ctx, input: GroupInput): void {
	if (input.name.trim() === '') throw invalidParameter('Invalid group name');
	const old = ctx.site.groups.get(Number(input.id));
	if (!old) throw invalidParameter(`Group ${input.id} does not exist`);
	// The database may take the group's own name in other capitals for taken.
	if (
		looseKey(input.name) !== looseKey(old.name) &&
		ctx.site.groups.first('name', `${old.courseid}:${ctx.site.texts.key(input.name)}`)
	) {
		throw invalidParameter('A different group with the same name already exists in the course');
	}
	checkFrozen(ctx, input, old);
	needManageGroups(ctx, old.courseid);
	checkFormat(input.descriptionformat);
	checkGroupIdnumber(ctx.site.groups, old.courseid, input.idnumber, old.id);
	checkLengths(input);
	const values: Partial<Group> = { name: input.name.trim(), timemodified: ctx.now() };
	for (const key of ['description', 'descriptionformat', 'idnumber', 'enrolmentkey'] as const) {
		if (input[key] !== undefined) Object.assign(values, { [key]: input[key] });
	}
	if (input.visibility !== undefined) values.visibility = Number(input.visibility);
	if (input.participation !== undefined) values.participation = input.participation ? 1 : 0;
	if (isApart(input.visibility)) values.participation = 0;
	values.customfields = customValues(ctx, 'group', input.customfields, old.customfields);
	ctx.site.groups.update(old.id, values);
}

function updateGroups(ctx: Ctx, params: { groups: GroupInput[] }): null {
	ctx.atomic(() => params.groups.forEach((input) => updateOne(ctx, withTrimmedNumber(input))));
	return null;
}

function deleteGroups(ctx: Ctx, params: { groupids: number[] }): null {
	ctx.atomic(() => {
		for (const id of new Set(params.groupids)) {
			const group = ctx.site.groups.get(id);
			if (!group) continue;
			needManageGroups(ctx, group.courseid);
			removeGroup(ctx.site, id);
		}
	});
	return null;
}

/** A group as lists show it. */
export function describeGroup(ctx: Ctx, group: Group): Record<string, unknown> {
	const { id, courseid, description, descriptionformat, enrolmentkey, idnumber } = group;
	const basic = {
		id,
		courseid,
		name: formatName(ctx, group.name),
		description,
		descriptionformat,
		enrolmentkey,
		idnumber,
	};
	if (!ctx.modern) return basic;
	return { ...basic, visibility: group.visibility, participation: group.participation === 1 };
}

function getGroups(ctx: Ctx, params: { groupids: number[] }): unknown {
	return params.groupids.map((id) => {
		const group = groupOf(ctx, id);
		needManageGroups(ctx, group.courseid);
		const custom = ctx.modern
			? { customfields: describeCustom(ctx, 'group', group.customfields) }
			: {};
		return { ...describeGroup(ctx, group), ...custom };
	});
}

function getCourseGroups(ctx: Ctx, params: { courseid: number }): unknown {
	needManageGroups(ctx, params.courseid);
	// Groups that are not visible to everyone came with 4.2 (groups_get_all_groups); nobody here asks about a group of his own.
	const contextid = courseContext(ctx.site, params.courseid)?.id ?? 0;
	const seesAll = ctx.version === '4.1' || ctx.can('moodle/course:viewhiddengroups', contextid);
	return groupsOfCourse(ctx.site, params.courseid)
		.filter((group) => seesAll || group.visibility === 0)
		.map((group) => describeGroup(ctx, group));
}

function selectorGroups(ctx: Ctx, courseid: number, cmid: number | null): Group[] {
	const course = ctx.course(courseid);
	const cm = cmid ? ctx.site.modules.get(cmid) : undefined;
	const mode = cm && !course.groupmodeforce ? cm.groupmode : course.groupmode;
	if (mode === 0) return [];
	const all = groupsOfCourse(ctx.site, courseid);
	const participating =
		cmid && ctx.version !== '5.1' ? all.filter((group) => group.participation === 1) : all;
	const contextid = courseContext(ctx.site, courseid)?.id ?? 0;
	if (mode === 2 || ctx.can('moodle/site:accessallgroups', contextid)) return participating;
	return participating.filter(
		(group) => ctx.site.groupMembers.count('place', `${group.id}:${ctx.user}`) > 0,
	);
}

function getGroupsForSelector(
	ctx: Ctx,
	params: { courseid: number; cmid?: number | null },
): unknown {
	ctx.course(params.courseid);
	const contextid = ctx.enterCourseContext(params.courseid);
	const groups = selectorGroups(ctx, params.courseid, params.cmid ?? null);
	if (groups.length === 0) return { groups: [], warnings: [] };
	const everybody = {
		id: '0',
		name: 'All participants',
		groupimageurl: `${ctx.site.wwwroot}/theme/image.php/boost/core/1/g/g1`,
		participation: true,
	};
	const entries = groups.map((group) => ({
		id: String(group.id),
		name: formatName(ctx, group.name),
		groupimageurl: `${ctx.site.wwwroot}/pluginfile.php/${contextid}/group/generated/${group.id}/group.svg`,
		participation: group.participation === 1,
	}));
	return { groups: [everybody, ...entries], warnings: [] };
}

export const groupFunctions: Handlers = {
	core_group_create_groups: createGroups,
	core_group_update_groups: updateGroups,
	core_group_delete_groups: deleteGroups,
	core_group_get_groups: getGroups,
	core_group_get_course_groups: getCourseGroups,
	core_group_get_groups_for_selector: getGroupsForSelector,
};
