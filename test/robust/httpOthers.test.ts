/** Operations beside those of `scenarios.ts` under a lost answer, over real HTTP: what is looked for, repeated, or told as open. */
import { operation as createCategory } from '../../nodes/Moodle/actions/category/create';
import { operation as createCohort } from '../../nodes/Moodle/actions/cohort/create';
import { operation as createCourse } from '../../nodes/Moodle/actions/course/create';
import { operation as duplicateCourse } from '../../nodes/Moodle/actions/course/duplicate';
import { operation as deleteGroup } from '../../nodes/Moodle/actions/group/delete';
import { operation as callFunction } from '../../nodes/Moodle/actions/webService/callFunction';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { formBody } from '../../nodes/Moodle/moodle/encode';
import type { Params } from '../../nodes/Moodle/moodle/values';
import type { InProcessMoodle } from '../support/inProcess';
import {
	attack,
	closeWorld,
	firstWrite,
	MODES,
	openWorld,
	pooled,
	prepare,
	shoot,
	startStranger,
	type Arrange,
	type FaultName,
	type Plan,
	type Stranger,
} from './httpStrike';
import { scenarios, type Scenario } from './scenarios';

const COUNT = 3;

const ask = (moodle: InProcessMoodle, wsfunction: string, params: Params): unknown => {
	const { text } = moodle.answer(formBody(wsfunction, params), moodle.adminToken);
	if (text.includes('"exception"')) throw new Error(`${wsfunction}: ${text}`);
	return JSON.parse(text) as unknown;
};
const byId = (value: unknown) => ({ mode: 'id', value: String(value) });
const courses = ({ site }: InProcessMoodle, shortname: string) =>
	[...site.courses.all()].filter((course) => course.shortname === shortname).length;
const refusedNowhere = () => ({});

const scenario = (
	name: string,
	operation: Operation,
	more: Omit<Scenario, 'name' | 'operation' | 'bad'>,
): Scenario => ({ name, operation, bad: refusedNowhere, ...more });

const LOST: FaultName[] = [
	'cutBefore',
	'cutAfter',
	'timeoutLate',
	'http504Late',
	'emptyAfter',
	'http502',
];

const healing = [
	scenario('course', createCourse, {
		prepare: () => undefined,
		item: (index) => ({
			fullname: `Fire ${index}`,
			shortname: `fire${index}`,
			categoryId: byId(1),
			additionalFields: {},
		}),
		done: (moodle, index) => courses(moodle, `fire${index}`),
	}),
	scenario('copy of a course', duplicateCourse, {
		prepare: (moodle) =>
			void ask(moodle, 'core_course_create_courses', {
				courses: [{ fullname: 'Fire', shortname: 'FIRE', categoryid: 1 }],
			}),
		item: (index, moodle) => ({
			courseId: byId(
				[...moodle.site.courses.all()].find((course) => course.shortname === 'FIRE')?.id,
			),
			fullname: `Copy ${index}`,
			shortname: `copy${index}`,
			categoryId: byId(1),
			additionalFields: {},
		}),
		done: (moodle, index) => courses(moodle, `copy${index}`),
	}),
	scenario('category with ID number', createCategory, {
		prepare: () => undefined,
		item: (index) => ({ name: `Fire ${index}`, additionalFields: { idnumber: `FIRE${index}` } }),
		done: ({ site }, index) =>
			[...site.categories.all()].filter((category) => category.name === `Fire ${index}`).length,
	}),
	scenario('cohort', createCohort, {
		prepare: () => undefined,
		item: (index) => ({ name: `Fire ${index}`, idnumber: `FIRE${index}`, additionalFields: {} }),
		done: ({ site }, index) =>
			[...site.cohorts.all()].filter((cohort) => cohort.name === `Fire ${index}`).length,
	}),
	scenario('deletion of a group', deleteGroup, {
		prepare: (moodle, count) => {
			const [{ id: courseid }] = ask(moodle, 'core_course_create_courses', {
				courses: [{ fullname: 'Fire', shortname: 'FIRE', categoryid: 1 }],
			}) as Array<{ id: number }>;
			const groups = Array.from({ length: count }, (_, index) => ({
				courseid,
				name: `Fire ${index}`,
				description: '',
			}));
			ask(moodle, 'core_group_create_groups', { groups });
		},
		item: (index, { site }) => ({
			groupId: byId([...site.groups.all()].find((group) => group.name === `Fire ${index}`)?.id),
		}),
		done: ({ site }, index) =>
			[...site.groups.all()].some((group) => group.name === `Fire ${index}`) ? 0 : 1,
	}),
];

const open = [
	scenario('category without ID number', createCategory, {
		prepare: () => undefined,
		item: (index) => ({ name: `Fire ${index}`, additionalFields: {} }),
		done: ({ site }, index) =>
			[...site.categories.all()].filter((category) => category.name === `Fire ${index}`).length,
	}),
	scenario('a function that may write', callFunction, {
		prepare: () => undefined,
		item: (index) => ({
			functionName: { mode: 'name', value: 'core_course_create_categories' },
			parameters: JSON.stringify({ categories: [{ name: `Fire ${index}` }] }),
			options: {},
		}),
		done: ({ site }, index) =>
			[...site.categories.all()].filter((category) => category.name === `Fire ${index}`).length,
	}),
];

let stranger: Stranger;
/** Index of the first request that writes, by scenario. */
const at = new Map<Scenario, number>();
beforeAll(async () => {
	stranger = await startStranger();
	for (const subject of [...healing, ...open]) {
		const world = await openWorld(stranger);
		const plan: Plan = { scenario: subject, mode: 'stopWorkflow', count: COUNT };
		const run = await shoot(world, prepare(world, plan), plan);
		expect([subject.name, run.error?.message, run.success.length]).toEqual([
			subject.name,
			undefined,
			COUNT,
		]);
		at.set(subject, firstWrite(world));
		await closeWorld(world);
	}
});
afterAll(async () => await stranger.close());

const cases = LOST.flatMap((fault) => MODES.map((mode) => ({ fault, mode })));

test.each(healing.map((subject) => [subject.name, subject] as const))(
	'%s: comes through, done once',
	async (_name, subject) => {
		await pooled(cases, 18, async ({ fault, mode }) => {
			const { told } = await attack(
				{ scenario: subject, mode, count: COUNT },
				fault,
				at.get(subject) ?? 0,
				stranger,
			);
			expect([fault, mode, ...told.problems.values()]).toEqual([fault, mode]);
		});
	},
);

test.each(open.map((subject) => [subject.name, subject] as const))(
	'%s: told as open, never sent again',
	async (_name, subject) => {
		await pooled(cases, 18, async ({ fault, mode }) => {
			const { told, world } = await attack(
				{ scenario: subject, mode, count: COUNT, options: { recordsPerRequest: 1 } },
				fault,
				at.get(subject) ?? 0,
				stranger,
			);
			expect([fault, mode, [...told.problems.keys()]]).toEqual([fault, mode, [0]]);
			expect(told.problems.get(0)).toContain('may have been carried out');
			const created = world.sandbox.requests.filter(
				({ function: name, form }) =>
					name === 'core_course_create_categories' && form.some(([, value]) => value === 'Fire 0'),
			);
			expect(created.length).toBeLessThanOrEqual(1);
		});
	},
);

test.each(MODES)(
	'a page in place of every answer, although Moodle has done it: told as open (%s)',
	async (mode) => {
		const create = scenarios.find(({ name }) => name === 'create')!;
		const { told } = await attack({ scenario: create, mode, count: 1 }, pages, 0, stranger);
		expect([...told.problems.values()]).toEqual([
			expect.stringMatching(/web page.*may have been carried out/),
		]);
	},
);

/** Every answer is a page; what Moodle was asked to do it does. */
const pages: Arrange = (world) => {
	world.struck++;
	world.sandbox.switches.fault = () => ({
		execute: true,
		status: 200,
		body: '<!DOCTYPE html><html><body>A page</body></html>',
		headers: { 'Content-Type': 'text/html' },
	});
};
