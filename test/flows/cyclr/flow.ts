/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/**
 * Cyclr: the 25 web service functions of Cyclr's list, each used by a node of the workflow. Every team of a list gets a
 * lead, a group and a grouping in a course, is read in every way there is, and is taken apart again. On the stand-in the
 * token may use these functions only (and the one that says who it is), so nothing else can have been of help.
 */
import type { IDataObject } from 'n8n-workflow';
import { addModule } from '../../sandbox/builders';
import { accountFor, createdNothing, outcomeBy, recordCheck } from '../support/accounting';
import { accountsOf, makeMissing } from '../support/accounts';
import { courseBy, locate, type SiteCourse } from '../support/courses';
import { readExample } from '../support/example';
import { onceOrTwice, type Flow } from '../support/flow';
import type { Check, RunReport } from '../support/report';
import type { Played, Stage } from '../support/stage';
import { LEADS, TEAMS, type TeamEntry } from './teams';
import { traced } from '../support/trace';

const COURSE = 'CYCLR-TEAMS';

/** The functions of Cyclr's list, each with the node that calls it. */
export const FUNCTIONS: Record<string, string> = {
	core_group_add_group_members: 'Add Member',
	core_group_assign_grouping: 'Assign Group',
	core_group_create_groupings: 'Create Grouping',
	core_group_create_groups: 'Create Group',
	core_group_delete_group_members: 'Remove Member',
	core_group_delete_groupings: 'Delete Grouping',
	core_group_delete_groups: 'Delete Group',
	core_group_get_activity_allowed_groups: 'Get Activity Allowed Groups',
	core_group_get_activity_groupmode: 'Get Activity Group Mode',
	core_group_get_course_groupings: 'Get Groupings of Course',
	core_group_get_course_groups: 'Get Groups of Course',
	core_group_get_course_user_groups: 'Get User Groups',
	core_group_get_group_members: 'Get Members',
	core_group_get_groupings: 'Get Grouping',
	core_group_get_groups: 'Get Group',
	core_group_unassign_grouping: 'Unassign Group',
	core_group_update_groupings: 'Update Grouping',
	core_group_update_groups: 'Update Group',
	enrol_manual_enrol_users: 'Enrol Lead',
	enrol_manual_unenrol_users: 'Unenrol Lead',
	core_course_get_courses: 'Get Courses',
	core_user_create_users: 'Create User',
	core_user_get_users: 'Find Lead',
	gradereport_overview_get_course_grades: 'Get Course Grades',
	core_auth_request_password_reset: 'Request Password Reset',
};

/** Not called when nobody is new. */
const FOR_NEW_LEADS = ['core_user_create_users', 'core_auth_request_password_reset'];

/** Not called when no team has an activity. */
const FOR_ACTIVITIES = [
	'core_group_get_activity_allowed_groups',
	'core_group_get_activity_groupmode',
];

const OUTCOMES = ['done, new lead', 'done, known lead', 'failed'] as const;

/** The course of the teams, and an activity in it if there is one. */
interface Place {
	course: SiteCourse;
	activity: string;
}

/** On a real site an activity cannot be made: the one that MOODLE_CMID names is taken, together with its course. */
async function placeOfActivity(stage: Stage, cmid: string): Promise<Place> {
	const parameters = {
		resource: 'webService',
		operation: 'callFunction',
		functionName: locate('name', 'core_course_get_course_module'),
		parameters: JSON.stringify({ cmid: Number(cmid) }),
	};
	const [[answer]] = await stage.all(parameters, [{}]);
	const course = await courseBy(
		stage,
		'id',
		String((answer.cm as IDataObject | undefined)?.course),
	);
	if (!course) throw new Error(`The course of the activity ${cmid} cannot be read`);
	stage.say(`  activity ${cmid} in the course ${course.shortname}: is there`);
	return { course, activity: cmid };
}

async function placeOf(stage: Stage): Promise<Place> {
	const { standIn } = stage.site;
	const cmid = process.env.MOODLE_CMID?.trim() ?? '';
	if (!standIn && cmid !== '') return await placeOfActivity(stage, cmid);
	const found = await courseBy(stage, 'shortname', COURSE);
	stage.say(`  course ${COURSE}: ${found ? 'is there' : 'made'}`);
	if (!found) {
		await stage.all(
			{
				resource: 'category',
				operation: 'upsert',
				matchBy: 'idnumber',
				idnumber: 'cyclr',
				name: 'Cyclr',
			},
			[{}],
		);
		await stage.all(
			{
				resource: 'course',
				operation: 'create',
				shortname: COURSE,
				fullname: 'Teams',
				categoryId: locate('idnumber', 'cyclr'),
			},
			[{}],
		);
	}
	const course = found ?? (await courseBy(stage, 'shortname', COURSE))!;
	if (standIn)
		return {
			course,
			activity: String(
				addModule(standIn.site, course.id, 'assign', 'Work of the team', { groupmode: 1 }).id,
			),
		};
	stage.say(
		'  SKIPPED: the two functions for activities. No web service makes an activity; set MOODLE_CMID to the number of one (id= in its address).',
	);
	return { course, activity: '' };
}

/** Removes the leads that a run makes, so that the next one makes them again. */
async function removeLeads(stage: Stage): Promise<void> {
	const there = await accountsOf(
		stage,
		LEADS.map(({ email }) => email),
	);
	await stage.all(
		{ resource: 'user', operation: 'delete', userId: locate('id', '={{ $json.id }}') },
		[...there.values()].map(({ id }) => ({ id })),
	);
}

/** What the site holds of the course: names of its groups and groupings, and who is enrolled. */
async function leftIn(stage: Stage, courseid: number): Promise<string[]> {
	const list = async (resource: string) =>
		(
			await stage.all(
				{
					resource,
					operation: 'getAll',
					courseId: locate('id', String(courseid)),
					returnAll: true,
				},
				[{}],
			)
		)[0];
	const numbers = new Set(TEAMS.map(({ team }) => team.id));
	const addresses = new Set(TEAMS.map(({ team }) => team.email));
	const left = (kind: string, rows: IDataObject[]) =>
		rows
			.filter((row) => numbers.has(String(row.idnumber)))
			.map((row) => `${kind} '${String(row.name)}' is still there`);
	const enrolled = (await list('enrolment')).filter((row) => addresses.has(String(row.email)));
	return [
		...left('group', await list('group')),
		...left('grouping', await list('grouping')),
		...enrolled.map((row) => `${String(row.email)} is still enrolled`),
	];
}

const outcomeOf = outcomeBy((row) =>
	row.userCreated === true ? 'done, new lead' : 'done, known lead',
);

/** Functions that were called: on the stand-in those that arrived, on a real site those whose nodes gave something. */
function calledIn(stage: Stage, { run }: Played, from: number): Set<string> {
	const { standIn } = stage.site;
	if (standIn)
		return new Set(
			standIn.requests
				.slice(from)
				.filter(({ outcome }) => outcome === 'ok')
				.map((request) => request.function ?? ''),
		);
	const gave = (node: string) =>
		(run.run.data.resultData.runData[node] ?? []).some(
			({ data }) => (data?.main?.[0]?.length ?? 0) > 0,
		);
	return new Set(Object.keys(FUNCTIONS).filter((name) => gave(FUNCTIONS[name])));
}

function functionCheck(called: Set<string>, expected: string[]): Check {
	const others = Object.keys(FUNCTIONS).filter((name) => !expected.includes(name));
	const without = others.length === 0 ? '' : `, without ${others.join(', ')}`;
	return {
		what: `${expected.length} of the 25 functions were called${without}`,
		wrong: expected.filter((name) => !called.has(name)).map((name) => `${name} was not called`),
	};
}

/** What each of the reading nodes must have given for a team that went through. */
const READS: Array<{
	node: string;
	shows: (row: IDataObject, done: IDataObject, entry: TeamEntry) => boolean;
}> = [
	{
		node: 'Get Group',
		shows: (row, done, { team }) =>
			row.id === done.groupid &&
			row.name === team.name &&
			String(row.description).includes(team.lastname),
	},
	{ node: 'Get Members', shows: (row, done) => row.userid === done.userid },
	{ node: 'Get User Groups', shows: (row, done) => row.id === done.groupid },
	{
		node: 'Get Grouping',
		shows: (row, done, { team }) =>
			row.id === done.groupingid &&
			String(row.description).includes(team.name) &&
			(row.groupids as number[]).includes(Number(done.groupid)),
	},
	{ node: 'Get Course Grades', shows: (row, done) => row.userid === done.userid },
];

const ACTIVITY_READS: typeof READS = [
	{ node: 'Get Activity Group Mode', shows: (row) => typeof row.groupmode === 'number' },
	{ node: 'Get Activity Allowed Groups', shows: (row, done) => row.id === done.groupid },
];

function readCheck({ run }: Played, rows: Array<IDataObject | undefined>, activity: string): Check {
	const wrong: string[] = [];
	for (const { node, shows } of [...READS, ...(activity === '' ? [] : ACTIVITY_READS)]) {
		const put = traced(run, node, 'Teams');
		rows.forEach((done, index) => {
			if (done === undefined || done.reason !== undefined) return;
			const shown = put.filter(
				({ origin, json }) => origin === index && shows(json, done, TEAMS[index]),
			);
			if (shown.length !== 1)
				wrong.push(`'${node}' shows ${TEAMS[index].team.name} ${shown.length} times`);
		});
	}
	for (const [node, key] of [
		['Get Groups of Course', 'groupid'],
		['Get Groupings of Course', 'groupingid'],
	]) {
		const ids = traced(run, node, node).map(({ json }) => json.id);
		for (const done of rows)
			if (done?.[key] !== undefined && !ids.includes(done[key]))
				wrong.push(`'${node}' does not list ${String(done[key])}`);
	}
	return {
		what: 'all reading nodes showed group, grouping, member and grades of each team',
		wrong,
	};
}

async function accountCheck(stage: Stage): Promise<Check> {
	const there = await accountsOf(
		stage,
		LEADS.map(({ email }) => email),
	);
	const wrong = LEADS.filter(({ email }) => !there.has(email)).map(
		({ email }) => `${email} is not there`,
	);
	return { what: `the site holds the accounts of the ${LEADS.length} leads`, wrong };
}

async function runOnce(
	stage: Stage,
	limited: Stage,
	{ course, activity }: Place,
	number: number,
): Promise<RunReport> {
	const known = await accountsOf(
		stage,
		LEADS.map(({ email }) => email),
	);
	const from = stage.site.standIn?.requests.length ?? 0;
	stage.say(`  ${TEAMS.length} teams: made, read, and taken apart`);
	const data = {
		course: course.shortname,
		teams: TEAMS.map(({ team }) => ({ ...team, activity })),
	};
	const played = await limited.play(readExample('cyclr'), 'Example Data', [data]);
	const called = calledIn(stage, played, from);
	stage.say('  reading back what the site holds now');
	const teams = accountFor({
		kind: 'teams',
		names: TEAMS.map(({ team }) => `${team.id} ${team.name}`),
		put: ['Done', 'Not Done'].flatMap((node) => traced(played.run, node, 'Teams')),
		outcomeOf,
		outcomes: OUTCOMES,
		expected: TEAMS.map(({ team, ...given }) =>
			given.expect === 'failed'
				? given
				: { expect: known.has(team.email) ? 'done, known lead' : 'done, new lead' },
		),
	});
	const expected = Object.keys(FUNCTIONS).filter(
		(name) =>
			!(activity === '' && FOR_ACTIVITIES.includes(name)) &&
			!(number > 1 && FOR_NEW_LEADS.includes(name)),
	);
	const checks: Check[] = [
		functionCheck(called, expected),
		...teams.checks,
		readCheck(played, teams.rows, activity),
		{ what: 'nothing is left of the teams in the course', wrong: await leftIn(stage, course.id) },
		await accountCheck(stage),
		recordCheck(played),
	];
	if (number > 1) checks.push(createdNothing([['leads', teams.count('done, new lead')]]));
	return {
		figures: [
			...teams.figures,
			[
				'functions of the 25 called',
				Object.keys(FUNCTIONS).filter((name) => called.has(name)).length,
			],
		],
		failures: teams.failures,
		checks,
		...played.spent,
	};
}

export const cyclr: Flow = {
	name: 'cyclr',
	title: 'the 25 functions of Cyclr: teams of a course',
	async run(stage, options) {
		stage.say('prepare');
		const place = await placeOf(stage);
		await removeLeads(stage);
		await makeMissing(stage, LEADS.slice(0, 1));
		stage.say('  one of the leads has an account from before');
		const { standIn } = stage.site;
		// An account that is no administrator asks for itself by core_user_get_users_by_field, to tell nobody there from nobody to be seen.
		const functions = [
			...Object.keys(FUNCTIONS),
			'core_webservice_get_site_info',
			'core_user_get_users_by_field',
		];
		const limited = stage.withService('cyclr', functions);
		const runs = await onceOrTwice(
			stage,
			options,
			async (number) => await runOnce(stage, limited, place, number),
		);
		if (!standIn) await removeLeads(stage);
		return { flow: 'cyclr', runs };
	},
};
