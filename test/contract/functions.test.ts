/**
 * An operation calls the functions it names, and no others: Check Setup, the role preset and the documents are made from
 * those names.
 */
import { NAME_READS } from '../../nodes/Moodle/lookup/facts';
import type { ReferenceKind } from '../../nodes/Moodle/lookup/reference';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { NetworkFailure } from '../../nodes/Moodle/moodle/client';
import { READS } from '../../nodes/Moodle/moodle/reads';
import { functionOf } from '../support/inProcess';
import { nameOf, operations, parametersOf, runOne, type Send } from './support/runOne';
import type { Values } from './support/samples';
import { everyScenario, workable } from './support/scenarios';
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

type Between = (send: Send) => Send;

const refused = (errorcode: string) => ({
	status: 200,
	headers: {},
	text: JSON.stringify({ exception: 'moodle_exception', errorcode, message: errorcode }),
});

/** Loses the answer to the first writing request. */
const losing =
	(calls: readonly string[]): Between =>
	(send) => {
		let isLost = false;
		return async (body) => {
			const reply = await send(body);
			if (isLost || !calls.includes(functionOf(body))) return reply;
			isLost = true;
			throw new NetworkFailure('ECONNRESET');
		};
	};

const refusing =
	(names: readonly string[], code: string): Between =>
	(send) =>
	async (body) =>
		names.includes(functionOf(body)) ? refused(code) : await send(body);

/** What may go wrong for an operation: answers are lost, functions are refused, and both. */
function troublesOf({ calls, reads }: Operation): Between[] {
	const writes = calls.map((call) => call.function);
	const lost = losing(writes);
	const refusals = reads.flatMap((facts) =>
		['nopermissions', 'invalidresponse'].map((code) => refusing([facts.function], code)),
	);
	return [
		lost,
		refusing(writes, 'nopermissions'),
		...refusals.map(
			(refusal): Between =>
				(send) =>
					lost(refusal(send)),
		),
	];
}

async function calledBy(operation: Operation, own: string[]): Promise<Set<string>> {
	const called = new Set<string>();
	const look = async (values: Values, site: ReturnType<typeof sitesOf>[number], more: object) => {
		const { calls } = await runOne({ operation, values, version: '5.1', ...site, ...more });
		for (const call of calls) called.add(call.function);
	};
	for (const site of sitesOf(operation))
		for (const { values } of everyScenario(operation, '5.1'))
			for (const dryRun of operation.writes ? [false, true] : [false])
				await look(values, site, { dryRun });
	const { onFailure = [] } = specialOf(operation);
	const isDone = () =>
		own.every((name) => called.has(name) || name.includes('.php') || onFailure.includes(name));
	for (const between of troublesOf(operation))
		for (const site of sitesOf(operation))
			if (!isDone()) await look(workable(operation), site, { between });
	return called;
}

/** Functions that are named and never called, each as what to do about it. */
function idle(operation: Operation, own: string[], called: Set<string>): string[] {
	const { onFailure = [] } = specialOf(operation);
	const file = `nodes/Moodle/actions/${operation.resource}/${operation.value}.ts`;
	return own
		.filter((name) => !called.has(name) && !name.includes('.php') && !onFailure.includes(name))
		.map(
			(name) =>
				`${nameOf(operation)} (${file} or its calls.ts): ${name} is named and never called, whatever the fields hold, also where answers are lost and functions refused. Take its record out of reads and calls; or, where it is called on a site that is not tried here, name it under '${nameOf(operation)}' in test/contract/support/special.ts: onFailure: ['${name}'], with the reason as why`,
		);
}

const unnamed = (operation: Operation, name: string) =>
	`${nameOf(operation)} (nodes/Moodle/actions/${operation.resource}/${operation.value}.ts): ${name} is called and not named. Add its record to reads or calls: without it the role preset and Check Setup are too small`;

const named = operations.map((operation) => ({ name: nameOf(operation), operation }));
const ownOf = ({ calls, reads }: Operation) => [...calls, ...reads].map((facts) => facts.function);

test.each(named.filter(({ operation }) => !operation.mixed))(
	'$name calls what it names',
	async ({ operation }) => {
		const own = ownOf(operation);
		const called = await calledBy(operation, own);
		const allowed = new Set([...ALWAYS, ...own, ...lookupsOf(operation)]);
		const strange = [...called].filter((name) => !allowed.has(name));
		expect([
			...strange.map((name) => unnamed(operation, name)),
			...idle(operation, own, called),
		]).toEqual([]);
	},
);

test('what is not called, or not named, is told with its file and its remedy', async () => {
	const { operation } = named.find(({ name }) => name === 'note/create')!;
	const idling = { ...operation, reads: [...operation.reads, READS.core_group_get_groups] };
	const called = await calledBy(idling, ownOf(idling));
	expect(idle(idling, ownOf(idling), called).join()).toContain(
		'note/create (nodes/Moodle/actions/note/create.ts or its calls.ts): core_group_get_groups is named and never called',
	);
	expect(unnamed(operation, 'core_group_get_groups')).toContain('Add its record to reads or calls');
});
