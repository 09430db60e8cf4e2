/** A small college: what the stand-in holds when people try the node in n8n's editor, and when pictures are made of it. */
import {
	addManualGrade,
	addModule,
	addReport,
	completeCourse,
	setCriteria,
	type Sandbox,
} from '../sandbox';

type Fields = { [name: string]: string | number | Fields | Array<string | Fields> };

const PEOPLE =
	'Amara Okafor|Anna Lindqvist|Ben Whitaker|Carlos Mendes|Chiara Rossi|Daniel Weiss|Elif Demir|Emma Clarke|' +
	'Farid Haddad|Grace Mwangi|Hanna Kowalska|Ian McLeod|Isabel Torres|Jonas Berg|Kavya Nair|Lars Jensen|' +
	'Leila Karimi|Lucas Martin|Maya Goldberg|Mei Lin|Nadia Petrova|Oliver Hughes|Priya Sharma|Quentin Dubois|' +
	'Rosa Alvarez|Samuel Adeyemi|Sofia Costa|Tomas Novak|Yuki Tanaka|Zoe Papadaki';

/** Name, short name, category, ID number. */
const COURSES = [
	['Introduction to Project Management', 'PM-101', 'business', 'C-2001'],
	['Business Writing', 'BW-110', 'business', 'C-2002'],
	['Accounting Basics', 'AC-101', 'business', 'C-2003'],
	['Data Protection Essentials', 'DP-100', 'compliance', 'C-3001'],
	['Fire Safety at Work', 'FS-100', 'compliance', 'C-3002'],
	['First Aid Refresher', 'FA-120', 'compliance', 'C-3003'],
	['Spreadsheets for Everybody', 'IT-101', 'it', 'C-4001'],
	['Python for Beginners', 'IT-201', 'it', 'C-4002'],
	['Spanish A1', 'ES-A1', 'languages', 'C-5001'],
	['Spanish A2', 'ES-A2', 'languages', 'C-5002'],
];

const CATEGORIES = [
	['Business', 'business'],
	['Compliance', 'compliance'],
	['Information Technology', 'it'],
	['Languages', 'languages'],
];

const COHORTS = [
	['Apprentices 2026', 'apprentices-2026'],
	['Members of OneMembership', 'OneMembership'],
	['Line Managers', 'managers'],
];

function flat(value: Fields[string], name: string, form: URLSearchParams): URLSearchParams {
	if (typeof value !== 'object') form.append(name, String(value));
	else
		for (const [key, inner] of Object.entries(value))
			flat(inner as Fields[string], name ? `${name}[${key}]` : key, form);
	return form;
}

const asUsername = (name: string) => name.toLowerCase().replace(' ', '.');

/** Fills the stand-in, as its administrator through its web services; what has none comes from the builders. */
export async function openCollege(sandbox: Sandbox): Promise<void> {
	async function moodle<T = Array<{ id: number }>>(wsfunction: string, fields: Fields): Promise<T> {
		const body = flat(
			{ wstoken: sandbox.adminToken, wsfunction, moodlewsrestformat: 'json', ...fields },
			'',
			new URLSearchParams(),
		);
		const reply = await fetch(`${sandbox.url}/webservice/rest/server.php`, {
			method: 'POST',
			body,
		});
		const answer = (await reply.json()) as T & { exception?: string; message?: string };
		if (answer?.exception) throw new Error(`${wsfunction}: ${answer.message}`);
		return answer;
	}
	const { site } = sandbox;
	const names = PEOPLE.split('|');
	const users = await moodle('core_user_create_users', {
		users: names.map((name) => ({
			username: asUsername(name),
			password: 'College-2026!',
			firstname: name.split(' ')[0],
			lastname: name.split(' ')[1],
			email: `${asUsername(name)}@college.example`,
		})),
	});
	const categories = await moodle('core_course_create_categories', {
		categories: CATEGORIES.map(([name, idnumber]) => ({ name, idnumber })),
	});
	const category = new Map(CATEGORIES.map(([, key], index) => [key, categories[index].id]));
	const courses = await moodle('core_course_create_courses', {
		courses: COURSES.map(([fullname, shortname, key, idnumber]) => ({
			fullname,
			shortname,
			categoryid: category.get(key) as number,
			idnumber,
		})),
	});
	await moodle<unknown>('enrol_manual_enrol_users', {
		enrolments: courses.flatMap((course, turn) =>
			users
				.filter((_, index) => (index + turn) % 3 === 0 || index % 10 === turn)
				.map((user, index) => ({
					roleid: index === 0 ? 3 : 5,
					userid: user.id,
					courseid: course.id,
				})),
		),
	});
	const cohorts = await moodle('core_cohort_create_cohorts', {
		cohorts: COHORTS.map(([name, idnumber]) => ({
			categorytype: { type: 'system', value: '' },
			name,
			idnumber,
		})),
	});
	await moodle<unknown>('core_cohort_add_cohort_members', {
		members: users.slice(0, 8).map((user) => ({
			cohorttype: { type: 'id', value: cohorts[0].id },
			usertype: { type: 'id', value: user.id },
		})),
	});
	const groups = ['Mondays', 'Thursdays'].map((name) => ({ name, description: '' }));
	for (const course of courses.slice(0, 4)) {
		await moodle('core_group_create_groups', {
			groups: groups.map((group) => ({ courseid: course.id, ...group })),
		});
		const quiz = addModule(site, course.id, 'assign', 'Final assignment', { completion: 1 });
		setCriteria(site, course.id, [quiz.id], false);
	}
	for (const [index, user] of users.slice(0, 9).entries()) {
		addManualGrade(site, {
			courseid: courses[0].id,
			name: 'Oral exam',
			idnumber: `oral-${index}`,
			userid: user.id,
			grade: 61 + index * 4,
		});
		if (index % 3 === 0) completeCourse(site, courses[0].id, user.id);
	}
	const rows = users
		.slice(0, 12)
		.map((_, index) => [
			names[index],
			COURSES[index % COURSES.length][0],
			index % 2 ? 'No' : 'Yes',
		]);
	addReport(
		site,
		'Completion this month',
		['Full name', 'Course full name', 'Completed'],
		() => rows,
	);
}
