/**
 * A walk through the stand-in: every operation once, by the steps that try them on real sites, with each writing request and
 * the site as it was just before it.
 */
import type { Operation } from '../../../nodes/Moodle/actions/types';
import type { CallFacts } from '../../../nodes/Moodle/moodle/calls';
import { parametersOf as stepParameters, remember, steps, type Memory } from '../../e2e/steps';
import { isObject } from '../../../nodes/Moodle/moodle/values';
import { addCourse, addModule, type Site } from '../../sandbox';
import { Table } from '../../sandbox/table';
import { runEngine } from '../../support/engineRun';
import { functionOf, InProcessMoodle } from '../../support/inProcess';
import { nameOf, nodeParameters, operations } from './runOne';

/** A writing request of an operation. */
export interface Written {
	operation: Operation;
	call: CallFacts;
	body: string;
	/** Sends requests one after the other, and takes back all that they did. */
	trying: (...bodies: string[]) => Tried[];
}

/** What came of a request that was tried. */
export interface Tried {
	/** What the site said, as JSON value. */
	reply: unknown;
	isException: boolean;
	/** All rows of the site then, without the times at which they were made or changed. */
	rows: string[];
}

const isTable = (value: unknown): value is Table<{ id: number }> => value instanceof Table;

function rowsOf(site: Site): string[] {
	const withoutTimes = (key: string, value: unknown) =>
		/^(?:time(?:created|modified|added|graded)|added|version)$/.test(key) ? undefined : value;
	return Object.entries(site).flatMap(([name, table]) =>
		isTable(table) ? table.all().map((row) => `${name} ${JSON.stringify(row, withoutTimes)}`) : [],
	);
}

function tryOn(moodle: InProcessMoodle, bodies: string[]): Tried[] {
	return moodle.site.journal.hold(() =>
		bodies.map((body) => {
			const reply = JSON.parse(moodle.answer(body, moodle.adminToken).text) as unknown;
			const isException = isObject(reply) && 'exception' in reply;
			return { reply, isException, rows: rowsOf(moodle.site) };
		}),
	).result;
}

/** A course with the activities that web services cannot make. */
function withActivities({ site }: InProcessMoodle): Memory {
	const course = addCourse(site, { category: 1, fullname: 'Activities', shortname: 'ACTIVITIES' });
	const activity = addModule(site, course.id, 'assign', 'Essay', { completion: 1 });
	const forum = addModule(site, course.id, 'forum', 'Forum', { type: 'general' });
	return {
		activity: String(activity.id),
		activityCourse: String(course.id),
		forum: String(forum.id),
	};
}

/**
 * Walks through the stand-in.
 *
 * @param look shown each writing request just before it is sent, while the site can be tried
 * @returns why steps were refused, by operation
 */
export async function walk(look: (written: Written) => void): Promise<Record<string, string>> {
	const moodle = new InProcessMoodle({ account: 'admin' });
	const memory: Memory = withActivities(moodle);
	const refusals: Record<string, string> = {};
	for (const step of steps('walk')) {
		const operation = operations.find((entry) => nameOf(entry) === step.operation);
		if (!operation || operation.resource === 'file') continue;
		if (step.needs && memory[step.needs] === undefined) continue;
		const send = async (body: string) => {
			const call = operation.calls.find((entry) => entry.function === functionOf(body));
			if (call) look({ operation, call, body, trying: (...bodies) => tryOn(moodle, bodies) });
			return await Promise.resolve(moodle.answer(body));
		};
		const items = [nodeParameters(operation, stepParameters(step, memory) as never)];
		const { units } = await runEngine({ operation, items, send });
		const [outcome] = units.map((unit) => unit.outcome);
		if (outcome && 'problem' in outcome)
			refusals[step.operation] = `${outcome.problem.message} ${outcome.problem.mend ?? ''}`;
		const json = outcome && 'outputs' in outcome ? outcome.outputs[0]?.json : undefined;
		remember(step, json, memory);
	}
	return refusals;
}
