/** core_cohort_* */
import {
	categoryContext,
	courseContext,
	moduleContext,
	SYSTEM,
	type Ctx,
	type Handlers,
} from '../access';
import { codingError, invalidParameter, noPermission, writeError } from '../errors';
import { intval } from '../php';
import type { Cohort, Context } from '../rows';
import { customValues, describeCustom, type CustomInput } from './custom-fields';
import { byText } from './group-tools';
import { checkFormat, formatName } from './text-tools';

interface CohortInput {
	id?: number;
	categorytype: { type: string; value: string };
	name: string;
	idnumber: string;
	description?: string;
	descriptionformat?: number;
	visible?: boolean;
	theme?: string;
	customfields?: CustomInput[];
}

/** The context that `categorytype` names. */
function contextOf(ctx: Ctx, { type, value }: CohortInput['categorytype']): number {
	if (type === 'system') return SYSTEM;
	const category =
		type === 'id'
			? ctx.site.categories.get(intval(value))
			: type === 'idnumber'
				? ctx.site.categories.first('idnumber', ctx.site.texts.key(value))
				: undefined;
	if (type !== 'id' && type !== 'idnumber')
		throw invalidParameter(`category type not supported: ${type}`);
	const context = category && categoryContext(ctx.site, category.id);
	if (!context) throw invalidParameter(`category not exists: category ${type} = ${value}`);
	return context.id;
}

function checkName(name: string): void {
	if ([...name].length > 254) throw writeError("Data too long for column 'name'");
}

function createOne(ctx: Ctx, input: CohortInput): unknown {
	if (ctx.site.cohorts.first('idnumber', ctx.site.texts.key(input.idnumber)))
		throw invalidParameter(`record already exists: idnumber=${input.idnumber}`);
	const contextid = contextOf(ctx, input.categorytype);
	ctx.enter(contextid);
	ctx.need('moodle/cohort:manage', contextid);
	checkFormat(input.descriptionformat);
	checkName(input.name);
	const now = ctx.now();
	const cohort = ctx.site.cohorts.insert({
		contextid,
		name: input.name,
		idnumber: input.idnumber,
		description: input.description ?? '',
		descriptionformat: input.descriptionformat ?? 1,
		visible: input.visible === false ? 0 : 1,
		component: '',
		theme: (ctx.site.config.allowThemes ? input.theme : undefined) ?? '',
		timecreated: now,
		timemodified: now,
		customfields: customValues(ctx, 'cohort', input.customfields, {}),
	});
	return describe(ctx, cohort, false);
}

function createCohorts(ctx: Ctx, params: { cohorts: CohortInput[] }): unknown {
	return ctx.atomic(() => params.cohorts.map((input) => createOne(ctx, input)));
}

function describe(ctx: Ctx, cohort: Cohort, withCustom: boolean): Record<string, unknown> {
	const basic = {
		id: cohort.id,
		name: formatName(ctx, cohort.name),
		idnumber: cohort.idnumber,
		description: cohort.description,
		descriptionformat: cohort.descriptionformat,
		visible: cohort.visible === 1,
		theme: cohort.theme,
	};
	return withCustom && ctx.modern
		? { ...basic, customfields: describeCustom(ctx, 'cohort', cohort.customfields) }
		: basic;
}

function cohortOf(ctx: Ctx, id: number): Cohort {
	const cohort = ctx.site.cohorts.get(id);
	if (!cohort) throw ctx.missing('cohort');
	return cohort;
}

function updateOne(ctx: Ctx, input: CohortInput): void {
	const old = cohortOf(ctx, Number(input.id));
	if (input.name.trim() === '') throw invalidParameter('Invalid cohort name');
	ctx.enter(old.contextid);
	ctx.need('moodle/cohort:manage', old.contextid);
	const contextid = contextOf(ctx, input.categorytype);
	if (contextid !== old.contextid) {
		ctx.enter(contextid);
		ctx.need('moodle/cohort:manage', contextid);
	}
	checkFormat(input.descriptionformat);
	checkName(input.name);
	ctx.site.cohorts.update(old.id, {
		contextid,
		name: input.name,
		idnumber: input.idnumber,
		...(input.description === undefined
			? {}
			: { description: input.description, descriptionformat: input.descriptionformat ?? 1 }),
		...(input.visible === undefined ? {} : { visible: input.visible ? 1 : 0 }),
		...(input.theme === undefined || !ctx.site.config.allowThemes ? {} : { theme: input.theme }),
		customfields: customValues(ctx, 'cohort', input.customfields, old.customfields),
		timemodified: ctx.now(),
	});
}

function updateCohorts(ctx: Ctx, params: { cohorts: CohortInput[] }): null {
	ctx.atomic(() => params.cohorts.forEach((input) => updateOne(ctx, input)));
	return null;
}

function deleteOne(ctx: Ctx, id: number): void {
	const cohort = cohortOf(ctx, id);
	ctx.enter(cohort.contextid);
	ctx.need('moodle/cohort:manage', cohort.contextid);
	for (const member of ctx.site.cohortMembers.find('cohort', id))
		ctx.site.cohortMembers.remove(member.id);
	ctx.site.cohorts.remove(id);
}

function deleteCohorts(ctx: Ctx, params: { cohortids: number[] }): null {
	ctx.atomic(() => params.cohortids.forEach((id) => deleteOne(ctx, id)));
	return null;
}

function needView(ctx: Ctx, contextid: number): void {
	ctx.enter(contextid);
	if (!mayView(ctx, contextid)) throw noPermission('View site-wide cohorts');
}

function getCohorts(ctx: Ctx, params: { cohortids?: number[] }): unknown {
	const ids = params.cohortids ?? [];
	const cohorts =
		ids.length === 0
			? ctx.site.cohorts.all()
			: [...new Set(ids)]
					.sort((a, b) => a - b)
					.map((id) => ctx.site.cohorts.get(id))
					.filter((c) => c !== undefined);
	return cohorts.map((cohort) => {
		needView(ctx, cohort.contextid);
		return describe(ctx, cohort, true);
	});
}

interface SearchInput {
	query: string;
	context: { contextid?: number; contextlevel?: string; instanceid?: number };
	includes: string;
	limitfrom: number;
	limitnum: number;
}

/** get_context_from_params, for the levels that matter here. */
export function contextFrom(
	ctx: Ctx,
	given: { contextid?: number; contextlevel?: string; instanceid?: number },
): Context {
	let context: Context | undefined;
	if (given.contextid) context = ctx.site.contexts.get(given.contextid);
	else if (given.contextlevel && given.instanceid !== undefined) {
		const id = given.instanceid;
		const levels: Record<string, () => Context | undefined> = {
			system: () => ctx.site.contexts.get(SYSTEM),
			user: () => ctx.site.contexts.first('instance', `30:${id}`),
			coursecat: () => categoryContext(ctx.site, id),
			course: () => courseContext(ctx.site, id),
			module: () => moduleContext(ctx.site, id),
		};
		const find = levels[given.contextlevel];
		if (!find) throw invalidParameter(`Invalid context level = ${given.contextlevel}`);
		context = find();
	} else
		throw invalidParameter(
			'Missing parameters, please provide either context level with instance id or contextid',
		);
	if (!context) throw invalidParameter('Context does not exist');
	return context;
}

function bySearch(ctx: Ctx, query: string): (cohort: Cohort) => boolean {
	const fits = ctx.site.texts.like(`%${query.replace(/[\\%_]/g, '\\$&')}%`);
	return (c) => query === '' || [c.name, c.idnumber, c.description].some(fits);
}

function sorted(ctx: Ctx, cohorts: Cohort[]): Cohort[] {
	return cohorts.sort(
		(a, b) => byText(ctx.site, a.name, b.name) || byText(ctx.site, a.idnumber, b.idnumber),
	);
}

function searchCohorts(ctx: Ctx, params: SearchInput): unknown {
	const context = contextFrom(ctx, params.context);
	ctx.enter(context.id);
	if (!['self', 'parents', 'all'].includes(params.includes))
		throw codingError("Invalid parameter value for 'includes'.");
	if (!mayView(ctx, context.id)) throw noPermission('View site-wide cohorts');
	const fits = bySearch(ctx, params.query);
	const here = (id: number): Cohort[] => ctx.site.cohorts.find('context', id).filter(fits);
	const parents = context.path.filter((id) => id !== context.id);
	const { limitfrom, limitnum } = params;
	const own =
		params.includes === 'all'
			? sorted(ctx, ctx.site.cohorts.all().filter(fits))
			: sorted(ctx, here(context.id));
	// Moodle hands limitfrom on as the number of a page.
	const first = cut(own, limitfrom * limitnum, limitnum).map((c) => describe(ctx, c, true));
	if (params.includes !== 'parents' || parents.length === 0) return { cohorts: first };
	// Cohorts of the contexts above come from another query, with a real offset and without texts.
	const above = sorted(
		ctx,
		parents.flatMap(here).filter((c) => c.visible === 1 || mayView(ctx, c.contextid)),
	);
	return {
		cohorts: [...first, ...cut(above, limitfrom, limitnum).map((c) => inheritedView(ctx, c))],
	};
}

function cut(cohorts: Cohort[], from: number, number: number): Cohort[] {
	return cohorts.slice(from, number ? from + number : undefined);
}

function mayView(ctx: Ctx, contextid: number): boolean {
	return ctx.can('moodle/cohort:manage', contextid) || ctx.can('moodle/cohort:view', contextid);
}

function inheritedView(ctx: Ctx, cohort: Cohort): unknown {
	return {
		...describe(ctx, cohort, true),
		theme: undefined,
		description: '',
		descriptionformat: ctx.modern ? 2 : 1,
	};
}

export const cohortFunctions: Handlers = {
	core_cohort_create_cohorts: createCohorts,
	core_cohort_update_cohorts: updateCohorts,
	core_cohort_delete_cohorts: deleteCohorts,
	core_cohort_get_cohorts: getCohorts,
	core_cohort_search_cohorts: searchCohorts,
};
