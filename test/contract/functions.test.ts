/**
 * An operation calls the functions it names, and no others: Check Setup, the role preset and the documents are made from
 * those names.
 */
import { NAME_READS } from '../../nodes/Moodle/lookup/facts';
import type { ReferenceKind } from '../../nodes/Moodle/lookup/reference';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { nameOf, operations, parametersOf, runOne } from './support/runOne';
import { everyScenario } from './support/scenarios';
import { sitesOf, specialOf } from './support/special';
import { within } from './support/words';

/**
 * What every run may ask: the version of the site, which functions the token has, and by the account's own address
 * whether the site tells capitals apart. Runs go on without an answer.
 */
const ALWAYS = ['core_webservice_get_site_info', 'core_user_get_users_by_field'];

const KINDS: Record<string, ReferenceKind> = {
	searchUsers: 'user',
	searchCourses: 'course',
	searchCategories: 'category',
	searchCohorts: 'cohort',
	searchGroups: 'group',
	searchGroupings: 'grouping',
};

/** Functions that turn the names in an operation's fields into ids. */
function lookupsOf(operation: Operation): string[] {
	const modes = parametersOf(operation)
		.flatMap((property) => within(property))
		.flatMap(({ property }) => property.modes ?? []);
	const kinds = modes
		.map(({ typeOptions }) => KINDS[typeOptions?.searchListMethod ?? ''])
		.filter((kind) => kind !== undefined);
	return kinds.flatMap((kind) => NAME_READS[kind]).map((facts) => facts.function);
}

async function calledBy(operation: Operation): Promise<Set<string>> {
	const called = new Set<string>();
	for (const site of sitesOf(operation)) {
		for (const { values } of everyScenario(operation, '5.1')) {
			for (const dryRun of operation.writes ? [false, true] : [false]) {
				const { calls } = await runOne({ operation, values, version: '5.1', dryRun, ...site });
				for (const call of calls) called.add(call.function);
			}
		}
	}
	return called;
}

const named = operations.map((operation) => ({ name: nameOf(operation), operation }));

test.each(named.filter(({ operation }) => !operation.mixed))(
	'$name calls what it names',
	async ({ operation }) => {
		const called = await calledBy(operation);
		const own = [...operation.calls, ...operation.reads].map((facts) => facts.function);
		const allowed = new Set([...ALWAYS, ...own, ...lookupsOf(operation)]);
		const { onFailure = [] } = specialOf(operation);
		expect({
			calledButNotNamed: [...called].filter((name) => !allowed.has(name)),
			namedButNotCalled: own.filter(
				(name) => !called.has(name) && !name.includes('.php') && !onFailure.includes(name),
			),
		}).toEqual({ calledButNotNamed: [], namedButNotCalled: [] });
	},
);
