/**
 * What the example workflows need on a site, and what must have come of them: in n8n, and in Moodle afterwards, read with
 * the administrator's token past the node. Each runs on a stand-in of its own, twice, with the account of the documents.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { manualTrigger } from '../../tools/n8n/n8n.mjs';

const rows = (run, node) => run.items(node).map(({ json }) => json);
const column = (run, node, name) => rows(run, node).map((json) => json[name]);

/** Readers of the site. */
const users = async (call, emails) =>
	await call('core_user_get_users_by_field', { field: 'email', values: emails });
const courseBy = async (call, field, value) =>
	(await call('core_course_get_courses_by_field', { field, value })).courses;
const enrolled = async (call, courseid) =>
	(await call('core_enrol_get_enrolled_users', { courseid })).map(({ email }) => email).sort();
async function membersOf(call, idnumber) {
	const { cohorts } = await call('core_cohort_search_cohorts', {
		query: idnumber,
		context: { contextid: 1 },
	});
	const [cohort] = cohorts.filter((one) => one.idnumber === idnumber);
	const [{ userids }] = await call('core_cohort_get_cohort_members', { cohortids: [cohort.id] });
	return userids;
}

/** E-mail addresses of the students who have completed a course. */
async function completedIn(call, shortname) {
	const [{ id }] = await courseBy(call, 'shortname', shortname);
	const people = await call('core_enrol_get_enrolled_users', { courseid: id });
	const isStudent = ({ roles }) => roles.some((role) => role.shortname === 'student');
	const completed = [];
	for (const user of people.filter(isStudent)) {
		const { completionstatus } = await call('core_completion_get_course_completion_status', {
			courseid: id,
			userid: user.id,
		});
		if (completionstatus.completed) completed.push(user.email);
	}
	return completed;
}

const newUser = (username, email) => ({
	username,
	email,
	password: 'E2e-password, 1',
	firstname: 'Before',
	lastname: 'Before',
});
const CONTACTS = [
	'olivia.oconnor@harbour.example',
	'juergen.gross@nordwind.example',
	'sakura.sato@aozora.example',
];

/** A server that answers POST requests; what was sent to it, and its address. */
async function server(answer) {
	const seen = [];
	const listening = createServer((request, response) => {
		let text = '';
		request.on('data', (part) => (text += part));
		request.on('end', () => {
			const body = text === '' ? undefined : JSON.parse(text);
			seen.push(body);
			const given = answer(body);
			response
				.writeHead(200, {
					'content-type': typeof given === 'string' ? 'text/event-stream' : 'application/json',
				})
				.end(typeof given === 'string' ? given : JSON.stringify(given));
		});
	});
	await new Promise((done) => listening.listen(0, '127.0.0.1', done));
	const url = `http://127.0.0.1:${listening.address().port}`;
	return { url, seen, close: () => listening.close() };
}

/** A chat model that asks for one tool and then says what the tool gave; in one piece, which it streams. */
const model = (tool, args) =>
	server(({ model: name, messages }) => {
		const given = messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
		const asks = given.length === 0;
		const call = { name: tool, arguments: JSON.stringify(args) };
		const delta = asks
			? { tool_calls: [{ index: 0, id: 'c1', type: 'function', function: call }] }
			: { content: `Moodle says: ${given.join(' ')}` };
		const piece = (part) =>
			`data: ${JSON.stringify({ id: 'chat', object: 'chat.completion.chunk', created: 1, model: name, ...part })}\n\n`;
		return [
			piece({
				choices: [{ index: 0, delta: { role: 'assistant', ...delta }, finish_reason: null }],
			}),
			piece({ choices: [{ index: 0, delta: {}, finish_reason: asks ? 'tool_calls' : 'stop' }] }),
			'data: [DONE]\n\n',
		].join('');
	});

const change = (flow, name, parameters) => ({
	...flow,
	nodes: flow.nodes.map((node) =>
		node.name === name ? { ...node, parameters: { ...node.parameters, ...parameters } } : node,
	),
});

/**
 * `prepare(call)` makes what the workflow needs, `adapt(flow)` gives the workflow to run with what has to be closed and
 * the credentials of other services, and, where there are several, from which trigger each of the two runs starts; `expect(run, turn, call, help)` looks at the first or second run.
 */
export const FLOWS = {
	'ds-enroll': {
		async expect(run, turn, call) {
			assert.equal(run.items('Done').length, 3);
			const [bad, ...more] = rows(run, 'Not Done');
			assert.deepEqual(more, []);
			assert.equal(bad.contact, 'C-4');
			const there = await users(call, CONTACTS);
			assert.equal(there.length, 3, 'users in Moodle');
			const members = await membersOf(call, 'OneMembership');
			assert.deepEqual(members.sort(), there.map(({ id }) => id).sort());
			return `3 users, 3 members; ${bad.contact}: ${bad.reason}`;
		},
	},
	accessplanit: {
		async prepare(call) {
			const categories = [{ name: 'Bookings', idnumber: 'accessplanit' }];
			await call('core_course_create_categories', { categories });
		},
		async expect(run, turn, call) {
			assert.deepEqual(rows(run, 'Course Not Done'), []);
			assert.deepEqual(column(run, 'Course Done', 'created'), [turn === 1, turn === 1]);
			assert.deepEqual(column(run, 'Booking Done', 'booking'), ['B-1', 'B-2']);
			assert.deepEqual(column(run, 'Booking Not Done', 'booking'), ['B-3']);
			const [first, ...same] = await courseBy(call, 'idnumber', 'AP-1001');
			assert.deepEqual(same, []);
			assert.equal(new Date(first.startdate * 1000).toISOString(), '2027-03-08T09:00:00.000Z');
			assert.deepEqual(await enrolled(call, first.id), CONTACTS.slice(0, 2).sort());
			const [second] = await courseBy(call, 'idnumber', 'AP-1002');
			assert.deepEqual(await enrolled(call, second.id), []);
			return `2 courses, 2 places; B-3: ${rows(run, 'Booking Not Done')[0].reason}`;
		},
	},
	cyclr: {
		async prepare(call) {
			const [{ id }] = await call('core_course_create_categories', {
				categories: [{ name: 'Teams' }],
			});
			await call('core_course_create_courses', {
				courses: [{ fullname: 'Teams', shortname: 'TEAMS-2027', categoryid: id }],
			});
		},
		async expect(run, turn, call) {
			assert.deepEqual(rows(run, 'Not Done'), []);
			assert.deepEqual(column(run, 'Done', 'team'), ['T-1', 'T-2']);
			assert.deepEqual(column(run, 'Done', 'userCreated'), [turn === 1, turn === 1]);
			const [{ id }] = await courseBy(call, 'shortname', 'TEAMS-2027');
			assert.deepEqual(await call('core_group_get_course_groups', { courseid: id }), []);
			assert.deepEqual(await call('core_group_get_course_groupings', { courseid: id }), []);
			assert.deepEqual(await enrolled(call, id), []);
			return '2 teams, nothing left of them';
		},
	},
	enrollait: {
		async expect(run, turn, call) {
			for (const what of ['Category', 'Course', 'Student'])
				assert.deepEqual(rows(run, `${what} Not Done`), [], what);
			assert.deepEqual(column(run, 'Course Done', 'created'), [turn === 1, turn === 1]);
			assert.deepEqual(column(run, 'Student Done', 'wasEnrolled'), [turn === 2, turn === 2]);
			const [hidden] = await courseBy(call, 'shortname', 'FR-B1');
			assert.equal(hidden.visible, 0);
			assert.deepEqual(await enrolled(call, hidden.id), ['juergen.gross@school.example']);
			return '2 categories, 2 courses, one of them hidden, a student in each';
		},
	},
	focusteck: {
		async prepare(call) {
			await call('core_user_create_users', {
				users: [
					newUser('jurgen.gross', 'juergen.gross@focusteck.example'),
					newUser('sakura.sato', 'sakura.sato@focusteck.example'),
				],
			});
		},
		async expect(run, turn, call) {
			assert.deepEqual(column(run, 'Hired', 'outcome'), [turn === 1 ? 'created' : 'unchanged']);
			assert.deepEqual(column(run, 'Changed', 'person'), ['E-2']);
			assert.deepEqual(column(run, turn === 1 ? 'Gone' : 'Not Done', 'person'), ['E-3']);
			const left = await users(call, [
				'olivia.oconnor@focusteck.example',
				'juergen.gross@focusteck.example',
				'sakura.sato@focusteck.example',
			]);
			assert.deepEqual(left.map(({ department }) => department).sort(), ['Sales', 'Support']);
			return 'one hired, one changed, one gone';
		},
	},
	'nightly-sync': {
		async expect(run, turn, call) {
			assert.deepEqual(rows(run, 'Not Done'), []);
			const staff = await users(
				call,
				['amara.okafor', 'ben.whitaker', 'noor.haddad'].map((name) => `${name}@college.example`),
			);
			assert.equal(staff.length, 3);
			const members = await membersOf(call, 'apprentices-2026');
			assert.deepEqual(members.sort(), staff.map(({ id }) => id).sort());
			const changes = column(run, 'Done', 'change');
			const count = (word) => changes.filter((change) => change === word).length;
			assert.deepEqual([count('added'), count('removed')], turn === 1 ? [1, 6] : [0, 0]);
			return turn === 1 ? '1 added, 6 removed' : 'nothing to change';
		},
	},
	'completion-to-crm': {
		async adapt(flow) {
			const crm = await server(() => ({ ok: true }));
			return {
				flow: change(flow, 'Tell the CRM', { url: crm.url }),
				help: crm,
				// started by hand, the trigger gives a sample of those who have completed the course
				triggers: ['Course Completed', 'Those Before'],
			};
		},
		async expect(run, turn, call, crm) {
			assert.deepEqual(rows(run, 'Not Done'), []);
			const wanted = await completedIn(call, 'PM-101');
			assert(wanted.length > 0, 'nobody has completed the course');
			const told = crm.seen.splice(0);
			assert.equal(new Set(told.map(({ key }) => key)).size, told.length);
			const emails = told.map(({ email }) => email).sort();
			if (turn === 2) {
				assert.deepEqual(emails, wanted.sort());
				return `those before: ${wanted.length} of ${run.items('Students').length} students`;
			}
			assert(emails.length > 0, 'nobody is told');
			for (const email of emails) assert(wanted.includes(email), `${email} has not completed it`);
			assert.deepEqual(column(run, 'Course Completed', 'email').sort(), emails);
			return `by the trigger: ${emails.length}`;
		},
	},
	'course-completed': {
		// started by hand, the trigger gives a sample
		adapt: (flow) => ({
			flow: change(flow, 'Course Completed', {
				courseId: { __rl: true, mode: 'shortname', value: 'PM-101' },
			}),
		}),
		async expect(run, turn, call) {
			const wanted = await completedIn(call, 'PM-101');
			assert(wanted.length > 0, 'nobody has completed the course');
			const told = column(run, 'CRM', 'email');
			assert(told.length > 0, 'nobody is told');
			for (const email of told) assert(wanted.includes(email), `${email} has not completed it`);
			assert.equal(new Set(column(run, 'CRM', 'key')).size, told.length);
			assert.deepEqual(rows(run, 'Not Sent'), []);
			assert.equal(run.items('Sent').length, told.length);
			return `${told.length} congratulated and told to the CRM`;
		},
	},
	'moodle-sends-events': {
		async adapt(flow) {
			// in place of the webhook: what it would hand over when Moodle calls it
			const secret = 'e2e-'.padEnd(40, 'x');
			const type = 'n8n-nodes-base.code';
			const sent = { headers: { 'x-moodle-secret': secret }, body: { userid: 2 } };
			const nodes = flow.nodes.map((node) =>
				node.name === 'Moodle Sends an Event'
					? {
							...node,
							type,
							typeVersion: 2,
							parameters: { jsCode: `return [{ json: ${JSON.stringify(sent)} }];` },
						}
					: node,
			);
			const [assignment] = flow.nodes.find(({ name }) => name === 'Secret').parameters.assignments
				.assignments;
			const first = { main: [[{ node: 'Moodle Sends an Event', type: 'main', index: 0 }]] };
			const known = change({ ...flow, nodes }, 'Secret', {
				assignments: { assignments: [{ ...assignment, value: secret }] },
			});
			return {
				flow: {
					...known,
					nodes: [...known.nodes, manualTrigger('Start', [-560, 200])],
					connections: { ...known.connections, Start: first },
				},
				trigger: 'Start',
			};
		},
		async expect(run) {
			assert.deepEqual(rows(run, 'Turned Away'), []);
			assert.deepEqual(column(run, 'Get User', 'id'), [2]);
			return 'the user of the event is read';
		},
	},
	'report-to-sheet': {
		async expect(run) {
			assert.equal(run.items('Get Rows').length, 12);
			const [{ binary }, ...more] = run.items('Spreadsheet');
			assert.deepEqual(more, []);
			assert.equal(binary.data.fileExtension, 'xlsx');
			return `12 rows, ${binary.data.fileName}, ${binary.data.fileSize}`;
		},
	},
	assistant: {
		async adapt(flow) {
			const agent = await model('Courses_of_a_Person', {
				email: 'ben.whitaker@college.example',
			});
			const asked = change(flow, 'AI Agent', {
				promptType: 'define',
				text: 'Which courses is Ben Whitaker in?',
			});
			// the memory wants a session, which only the chat has
			const nodes = asked.nodes.filter(({ name }) => name !== 'Memory');
			const { Memory: _memory, ...connections } = asked.connections;
			const main = connections['When chat message received'];
			return {
				flow: {
					...asked,
					nodes: [...nodes, manualTrigger('Ask', [-560, 40])],
					connections: { ...connections, Ask: main },
				},
				trigger: 'Ask',
				help: agent,
				openAi: { apiKey: 'e2e-none', url: `${agent.url}/v1` },
			};
		},
		async expect(run, turn, call, agent) {
			const [answer] = rows(run, 'AI Agent');
			const [{ id }] = await users(call, ['ben.whitaker@college.example']);
			const courses = await call('core_enrol_get_users_courses', { userid: id });
			assert(courses.length > 0, 'he is in no course');
			for (const { shortname } of courses) assert(answer.output.includes(shortname), shortname);
			const tools = agent.seen[0].tools.map((tool) => tool.function.name);
			assert.equal(tools.length, 5, tools.join(', '));
			return `${tools.length} tools offered; ${answer.output.slice(0, 90)} …`;
		},
	},
};
