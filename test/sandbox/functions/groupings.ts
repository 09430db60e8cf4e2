/** Groupings. */
import { courseContext, type Ctx, type Handlers } from '../access';
import { invalidParameter, writeError } from '../errors';
import { looseKey } from '../php';
import type { Grouping } from '../rows';
import { customValues, describeCustom, type CustomInput } from './custom-fields';
import { byText } from './group-tools';
import {
	checkGroupIdnumber,
	describeGroup,
	groupOf,
	needManageGroups,
	withTrimmedNumber,
} from './groups';
import { checkFormat, formatName } from './text-tools';

interface GroupingInput {
	id?: number;
	courseid?: number;
	name: string;
	description: string;
	descriptionformat?: number;
	idnumber?: string;
	customfields?: CustomInput[];
}

function groupingOf(ctx: Ctx, id: number): Grouping {
	const grouping = ctx.site.groupings.get(id);
	if (!grouping) throw ctx.missing('groupings');
	return grouping;
}

function checkName(name: string): void {
	if (name.trim() === '') throw invalidParameter('Invalid grouping name');
	if ([...name].length > 255) throw writeError("Data too long for column 'name'");
}

function createOne(ctx: Ctx, input: GroupingInput): unknown {
	const courseid = Number(input.courseid);
	checkName(input.name);
	if (ctx.site.groupings.first('name', `${courseid}:${ctx.site.texts.key(input.name)}`)) {
		throw invalidParameter('Grouping with the same name already exists in the course');
	}
	if (!courseContext(ctx.site, courseid)) throw ctx.missing('course');
	needManageGroups(ctx, courseid);
	checkFormat(input.descriptionformat);
	checkGroupIdnumber(ctx.site.groupings, courseid, input.idnumber, 0);
	const name = input.name.trim();
	const { description } = input;
	const grouping = ctx.site.groupings.insert({
		courseid,
		name,
		description,
		descriptionformat: input.descriptionformat ?? 1,
		idnumber: input.idnumber ?? '',
		timecreated: ctx.now(),
		customfields: customValues(ctx, 'grouping', input.customfields, {}),
	});
	// The answer echoes the input: without an id number it does not fit its description.
	return { ...grouping, idnumber: input.idnumber, customfields: input.customfields };
}

function createGroupings(ctx: Ctx, params: { groupings: GroupingInput[] }): unknown {
	return ctx.atomic(() =>
		params.groupings.map((input) => createOne(ctx, withTrimmedNumber(input))),
	);
}

function updateOne(ctx: Ctx, input: GroupingInput): void {
	checkName(input.name);
	const old = ctx.site.groupings.get(Number(input.id));
	if (!old) throw invalidParameter(`Grouping ${input.id} does not exist in the course`);
	if (
		looseKey(input.name) !== looseKey(old.name) &&
		ctx.site.groupings.first('name', `${old.courseid}:${ctx.site.texts.key(input.name)}`)
	) {
		throw invalidParameter('A different grouping with the same name already exists in the course');
	}
	needManageGroups(ctx, old.courseid);
	checkFormat(input.descriptionformat);
	checkGroupIdnumber(ctx.site.groupings, old.courseid, input.idnumber, old.id);
	const name = input.name.trim();
	const { description } = input;
	ctx.site.groupings.update(old.id, {
		name,
		description,
		descriptionformat: input.descriptionformat ?? 1,
		...(input.idnumber === undefined ? {} : { idnumber: input.idnumber }),
		customfields: customValues(ctx, 'grouping', input.customfields, old.customfields),
	});
}

function updateGroupings(ctx: Ctx, params: { groupings: GroupingInput[] }): null {
	ctx.atomic(() => params.groupings.forEach((input) => updateOne(ctx, withTrimmedNumber(input))));
	return null;
}

function deleteGroupings(ctx: Ctx, params: { groupingids: number[] }): null {
	ctx.atomic(() => {
		for (const id of new Set(params.groupingids)) {
			const grouping = ctx.site.groupings.get(id);
			if (!grouping) continue;
			needManageGroups(ctx, grouping.courseid);
			for (const row of ctx.site.groupingGroups.find('grouping', id))
				ctx.site.groupingGroups.remove(row.id);
			ctx.site.groupings.remove(id);
		}
	});
	return null;
}

function describe(ctx: Ctx, grouping: Grouping): Record<string, unknown> {
	const { id, courseid, description, descriptionformat, idnumber } = grouping;
	return {
		id,
		courseid,
		name: formatName(ctx, grouping.name),
		description,
		descriptionformat,
		idnumber,
	};
}

function groupsIn(ctx: Ctx, groupingid: number): unknown[] {
	return ctx.site.groupingGroups
		.find('grouping', groupingid)
		.map((row) => ctx.site.groups.get(row.groupid))
		.filter((group) => group !== undefined)
		.map((group) => ({
			...describeGroup(ctx, group),
			...(ctx.modern ? { customfields: describeCustom(ctx, 'group', group.customfields) } : {}),
		}));
}

function getGroupings(ctx: Ctx, params: { groupingids: number[]; returngroups: boolean }): unknown {
	return params.groupingids.map((id) => {
		const grouping = groupingOf(ctx, id);
		needManageGroups(ctx, grouping.courseid);
		const custom = ctx.modern
			? { customfields: describeCustom(ctx, 'grouping', grouping.customfields) }
			: {};
		const groups = params.returngroups ? groupsIn(ctx, id) : [];
		return { ...describe(ctx, grouping), ...custom, ...(groups.length > 0 ? { groups } : {}) };
	});
}

function getCourseGroupings(ctx: Ctx, params: { courseid: number }): unknown {
	if (!courseContext(ctx.site, params.courseid)) throw ctx.missing('course');
	needManageGroups(ctx, params.courseid);
	return ctx.site.groupings
		.find('course', params.courseid)
		.sort((a, b) => byText(ctx.site, a.name, b.name))
		.map((grouping) => describe(ctx, grouping));
}

interface PairInput {
	groupingid: number;
	groupid: number;
}

/** A group of another course is taken without a word, as Moodle does. */
function assign(ctx: Ctx, params: { assignments: PairInput[] }): null {
	ctx.atomic(() => {
		for (const { groupingid, groupid } of params.assignments) {
			const grouping = groupingOf(ctx, groupingid);
			groupOf(ctx, groupid);
			if (ctx.site.groupingGroups.count('place', `${groupingid}:${groupid}`) > 0) continue;
			needManageGroups(ctx, grouping.courseid);
			ctx.site.groupingGroups.insert({ groupingid, groupid });
		}
	});
	return null;
}

function unassign(ctx: Ctx, params: { unassignments: PairInput[] }): null {
	ctx.atomic(() => {
		for (const { groupingid, groupid } of params.unassignments) {
			const grouping = groupingOf(ctx, groupingid);
			groupOf(ctx, groupid);
			const row = ctx.site.groupingGroups.first('place', `${groupingid}:${groupid}`);
			if (!row) continue;
			needManageGroups(ctx, grouping.courseid);
			ctx.site.groupingGroups.remove(row.id);
		}
	});
	return null;
}

export const groupingFunctions: Handlers = {
	core_group_create_groupings: createGroupings,
	core_group_update_groupings: updateGroupings,
	core_group_delete_groupings: deleteGroupings,
	core_group_get_groupings: getGroupings,
	core_group_get_course_groupings: getCourseGroupings,
	core_group_assign_grouping: assign,
	core_group_unassign_grouping: unassign,
};
