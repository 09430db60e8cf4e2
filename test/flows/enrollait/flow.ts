/**
 * Enrollait: the connection is checked, categories and courses of a catalogue are synchronised again and again, students are
 * enrolled, also into hidden courses. Then the site is spoilt in the ways that support knows, and the node must say which.
 */
import type { IDataObject } from 'n8n-workflow';
import {
	accountFor,
	createdNothing,
	enrolmentOutcome,
	recordCheck,
	recordOutcome,
} from '../support/accounting';
import { accountsOf, isSearchable } from '../support/accounts';
import { CATALOGUE, type Given } from './catalogue';
import { locate } from '../support/courses';
import { diagnose } from './diagnosis';
import { readExample } from '../support/example';
import { onceOrTwice, type Flow } from '../support/flow';
import type { Check, RunReport } from '../support/report';
import type { Stage } from '../support/stage';
import { traced } from '../support/trace';

const RECORDS = ['created', 'updated', 'unchanged', 'failed'] as const;
const STUDENTS = ['enrolled', 'enrolled before', 'failed'] as const;

/** What the site holds of the catalogue, by number. */
interface State {
	categories: Map<string, IDataObject>;
	courses: Map<string, IDataObject>;
	/** `address course` of those who are enrolled, with their roles. */
	enrolled: Map<string, string[]>;
	users: Set<string>;
}

/** Records of the site by their ID number; those that are not there are left out. */
async function byNumber(
	stage: Stage,
	resource: 'category' | 'course',
	numbers: string[],
): Promise<Map<string, IDataObject>> {
	const parameters = {
		resource,
		operation: 'get',
		[`${resource}Id`]: locate('idnumber', '={{ $json.id }}'),
		simplify: false,
	};
	const answers = await stage.each(
		parameters,
		numbers.map((id) => ({ id })),
	);
	return new Map(
		answers.flatMap((answer, index) =>
			'rows' in answer && answer.rows.length > 0 ? [[numbers[index], answer.rows[0]]] : [],
		),
	);
}

async function stateOf(stage: Stage): Promise<State> {
	const numbers = (list: Array<Given<{ id: string }>>) => list.map(({ item }) => item.id);
	const categories = await byNumber(stage, 'category', numbers(CATALOGUE.categories));
	const courses = await byNumber(stage, 'course', numbers(CATALOGUE.courses));
	const enrolled = new Map<string, string[]>();
	for (const [number, { id }] of courses) {
		const [users] = await stage.all(
			{
				resource: 'enrolment',
				operation: 'getAll',
				courseId: locate('id', String(id)),
				returnAll: true,
			},
			[{}],
		);
		for (const user of users)
			enrolled.set(
				`${String(user.email).toLowerCase()} ${number}`,
				(user.roles as string[] | undefined) ?? [],
			);
	}
	const users = new Set(
		(
			await accountsOf(stage, CATALOGUE.students.map(({ item }) => item.email).filter(isSearchable))
		).keys(),
	);
	return { categories, courses, enrolled, users };
}

/** Whether categories and courses are there as the catalogue has them, in the right places, hidden or not. */
function siteCheck({ categories, courses }: State): Check {
	const wrong: string[] = [];
	const differ = (who: string, found: IDataObject | undefined, wanted: IDataObject) => {
		if (!found) wrong.push(`${who} is not there`);
		else
			for (const [key, value] of Object.entries(wanted))
				if (found[key] !== value)
					wrong.push(`${who}: ${key} '${String(found[key])}', not '${String(value)}'`);
	};
	for (const { item, fails } of CATALOGUE.categories) {
		if (!fails)
			differ(item.id, categories.get(item.id), {
				name: item.name,
				parent: item.parent === '' ? 0 : categories.get(item.parent)?.id,
			});
		else if (categories.has(item.id)) wrong.push(`${item.id} failed, and is there all the same`);
	}
	for (const { item, fails } of CATALOGUE.courses) {
		const wanted = {
			fullname: item.title,
			shortname: item.shortname,
			categoryid: categories.get(item.category)?.id,
			visible: Number(item.visible),
		};
		if (!fails) differ(item.id, courses.get(item.id), wanted);
		else if (courses.has(item.id)) wrong.push(`${item.id} failed, and is there all the same`);
	}
	return {
		what: 'categories and courses are on the site as the catalogue has them, the hidden course too',
		wrong,
	};
}

function enrolmentCheck({ enrolled }: State): Check {
	const wanted = new Set(
		CATALOGUE.students
			.filter(({ fails }) => !fails)
			.map(({ item }) => `${item.email} ${item.course}`),
	);
	const missing = [...wanted]
		.filter((key) => enrolled.get(key)?.includes('student') !== true)
		.map((key) => `${key}: no student`);
	const extra = [...enrolled.keys()]
		.filter((key) => !wanted.has(key))
		.map((key) => `${key}: enrolled, and should not be`);
	return {
		what: 'exactly those who should be are enrolled, in the hidden course too',
		wrong: [...missing, ...extra],
	};
}

/** The node that asks who the site is, and the one that checks its setup, must both have answered. */
function connectionCheck(info: IDataObject | undefined, setup: IDataObject | undefined): Check {
	const wrong: string[] = [];
	if (info?.userid === undefined || info.release === undefined)
		wrong.push("'Get Site Info' does not say who and what the site is");
	const usable = (setup?.usable as string[] | undefined) ?? [];
	const partly = (setup?.partlyUsable as string[] | undefined) ?? [];
	for (const title of [
		'Category: Create or Update',
		'Course: Create or Update',
		'User: Create or Update',
		'Enrolment: Enrol User',
	]) {
		if (!usable.includes(title) && !partly.includes(title))
			wrong.push(`'Check Setup' does not list '${title}' as usable`);
	}
	return { what: 'the connection was checked before anything was written', wrong };
}

async function runOnce(stage: Stage, number: number): Promise<RunReport> {
	const before = await stateOf(stage);
	const { categories, courses, students } = CATALOGUE;
	stage.say(
		`  ${categories.length} categories, ${courses.length} courses, ${students.length} students`,
	);
	const data = {
		categories: categories.map(({ item }) => ({ ...item })),
		courses: courses.map(({ item }) => ({ ...item })),
		students: students.map(({ item }) => ({ ...item })),
	};
	const played = await stage.play(readExample('enrollait'), 'Example Data', [data]);
	stage.say('  reading back what the site holds now');
	const after = await stateOf(stage);
	const put = (source: string, kind: string) =>
		[`${kind} Done`, `${kind} Not Done`].flatMap((node) => traced(played.run, node, source));
	const accounts = [
		accountFor({
			kind: 'categories',
			names: categories.map(({ item }) => `${item.id} ${item.name}`),
			put: put('Categories', 'Category'),
			outcomeOf: recordOutcome,
			outcomes: RECORDS,
			expected: categories.map(
				({ item, fails }) =>
					fails ?? { expect: before.categories.has(item.id) ? 'unchanged' : 'created' },
			),
		}),
		accountFor({
			kind: 'courses',
			names: courses.map(({ item }) => `${item.id} ${item.title}`),
			put: put('Courses', 'Course'),
			outcomeOf: recordOutcome,
			outcomes: RECORDS,
			expected: courses.map(
				({ item, fails }) =>
					fails ?? { expect: before.courses.has(item.id) ? 'unchanged' : 'created' },
			),
		}),
		accountFor({
			kind: 'students',
			names: students.map(({ item }) => `${item.id} ${item.email} in ${item.course}`),
			put: put('Students', 'Student'),
			outcomeOf: enrolmentOutcome,
			outcomes: STUDENTS,
			expected: students.map(
				({ item, fails }) =>
					fails ?? {
						expect: before.enrolled.has(`${item.email} ${item.course}`)
							? 'enrolled before'
							: 'enrolled',
					},
			),
		}),
	];
	const [info, setup] = ['Get Site Info', 'Check Setup'].map(
		(node) => traced(played.run, node, node)[0]?.json,
	);
	const newUsers = [...after.users].filter((email) => !before.users.has(email)).length;
	const checks: Check[] = [
		connectionCheck(info, setup),
		...accounts.flatMap((account) => account.checks),
		siteCheck(after),
		enrolmentCheck(after),
		recordCheck(played),
	];
	if (number > 1) {
		const [ofCategories, ofCourses, ofStudents] = accounts;
		checks.push(
			createdNothing([
				['categories', ofCategories.count('created')],
				['courses', ofCourses.count('created')],
				['users', newUsers],
				['enrolments', ofStudents.count('enrolled')],
			]),
		);
	}
	return {
		figures: [...accounts.flatMap(({ figures }) => figures), ['new users', newUsers]],
		failures: accounts.flatMap(({ failures }) => failures),
		checks,
		...played.spent,
	};
}

export const enrollait: Flow = {
	name: 'enrollait',
	title: 'a catalogue and its students, and what goes wrong',
	async run(stage, options) {
		const runs = await onceOrTwice(stage, options, async (number) => await runOnce(stage, number));
		stage.say('diagnosis');
		runs[runs.length - 1].checks.push(...(await diagnose(stage)));
		return { flow: 'enrollait', runs };
	},
};
