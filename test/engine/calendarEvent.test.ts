import type { INodeParameters } from 'n8n-workflow';
import type { Sandbox } from '../sandbox';
import { addCourse } from '../sandbox/functions/course-tools';
import { by, entries, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
let course: number;
onStandIn((standIn) => (sandbox = standIn));
beforeEach(() => {
	course = addCourse(sandbox.site, { fullname: 'Biology', shortname: 'BIO', category: 1 }).id;
});

const calendarEvent = nodeOn('calendarEvent', () => sandbox);
const sent = sentTo(() => sandbox);
const FUNCTION = 'core_calendar_create_calendar_events';
const START = '2027-01-15T08:00:00.000Z';

const creating: INodeParameters = {
	eventtype: '={{ $json.type ?? "course" }}',
	courseId: by('shortname', '={{ $json.course ?? "BIO" }}'),
	name: '={{ $json.name }}',
	timestart: START,
	additionalFields: entries('more', 'description', 'timeduration'),
};

test('events of a course, the site and the account travel together', async () => {
	const { json } = await calendarEvent(
		'create',
		creating,
		[
			{ name: 'Exam', more: { description: '<p>Room 1</p>', timeduration: 5400 } },
			{ name: 'Holiday', type: 'site' },
			{ name: 'Report', type: 'user' },
		],
		split,
	);
	expect(json).toEqual([
		{
			id: expect.any(Number),
			courseid: course,
			name: 'Exam',
			eventtype: 'course',
			timestart: START,
		},
		{
			id: expect.any(Number),
			courseid: null,
			name: 'Holiday',
			eventtype: 'site',
			timestart: START,
		},
		{ id: expect.any(Number), courseid: null, name: 'Report', eventtype: 'user', timestart: START },
	]);
	expect(sent(FUNCTION)).toBe(1);
	expect(
		sandbox.site.events.all().map(({ id, courseid, timestart, timeduration }) => ({
			id,
			courseid,
			timestart,
			timeduration,
		})),
	).toEqual([
		{ id: json[0].id, courseid: course, timestart: Date.parse(START) / 1000, timeduration: 5400 },
		{ id: json[1].id, courseid: 1, timestart: Date.parse(START) / 1000, timeduration: 0 },
		{ id: json[2].id, courseid: 0, timestart: Date.parse(START) / 1000, timeduration: 0 },
	]);
});

test('events that Call Function collects are told apart, also where they share a name or are repeated', async () => {
	const token = sandbox.tokenWith(['moodle/calendar:manageownentries']);
	const { json, errors } = await nodeOn('webService', () => sandbox)(
		'callFunction',
		{
			functionName: by('name', FUNCTION),
			specifyParameters: 'json',
			parameters: '={{ JSON.stringify({ events: [$json] }) }}',
			options: { collectItems: true },
		},
		[
			{ name: 'Exam', eventtype: 'user', repeats: 2 },
			{ name: 'Exam', eventtype: 'site', courseid: 1 },
			{ name: 'Party', eventtype: 'user' },
			{ name: 'Exam', eventtype: 'user' },
		],
		{ ...split, token },
	);
	const made = sandbox.site.events.all().map((event) => [event.id, event.name]);
	expect(made.map(([, name]) => name)).toEqual(['Exam', 'Exam', 'Party', 'Exam']);
	expect(json.map((row) => [row.id, row.name])).toEqual(made);
	expect(errors).toEqual([expect.stringMatching(/may not create the event 'Exam'/)]);
	expect(sent(FUNCTION)).toBe(1);
});

test('what the account may not create is refused alone, and ids stay with their events', async () => {
	const token = sandbox.tokenWith(['moodle/course:view', 'moodle/calendar:manageownentries']);
	const { json, errors } = await calendarEvent(
		'create',
		creating,
		[
			{ name: 'A', type: 'user' },
			{ name: 'B', type: 'site' },
			{ name: 'C', type: 'user' },
		],
		{ ...split, token },
	);
	expect(json.map(({ name }) => name)).toEqual(['A', 'C']);
	expect(json.map((row) => sandbox.site.events.get(Number(row.id))?.name)).toEqual(['A', 'C']);
	expect(errors).toEqual([expect.stringMatching(/may not create the event 'B'.*manageentries/)]);
});

test('an unknown course undoes the request in Moodle, and costs its item only', async () => {
	const { json, errors } = await calendarEvent(
		'create',
		{ ...creating, courseId: by('id', '={{ $json.id }}') },
		[
			{ name: 'A', id: course },
			{ name: 'B', id: 9999 },
			{ name: 'C', id: course },
		],
		split,
	);
	expect(json.map(({ name }) => name)).toEqual(['A', 'C']);
	expect(errors).toEqual([expect.stringMatching(/no course with the ID '9999'/)]);
	expect(sandbox.site.events.all().map(({ name }) => name)).toEqual(['A', 'C']);
});

test('events of one name are told apart, because each travels in a request of its own', async () => {
	const { json } = await calendarEvent('create', creating, [{ name: 'Exam' }, { name: 'Exam' }]);
	expect(new Set(json.map(({ id }) => id)).size).toBe(2);
	expect(sandbox.site.events.all()).toHaveLength(2);
});

test('a run that stops writes nothing after a refused event', async () => {
	const { error } = await calendarEvent(
		'create',
		{ ...creating, courseId: by('id', '={{ $json.id }}') },
		[
			{ name: 'A', id: course },
			{ name: 'B', id: 9999 },
			{ name: 'C', id: course },
		],
	);
	expect(error?.message).toMatch(/no course with the ID '9999'/);
	expect(sandbox.site.events.all().map(({ name }) => name)).toEqual(['A']);
});

test('is not sent while Retry On Fail is on: nobody could tell whether it was done', async () => {
	const { errors } = await calendarEvent('create', creating, [{ name: 'A' }], {
		...split,
		retryOnFail: true,
	});
	expect(errors).toHaveLength(1);
	expect(sent(FUNCTION)).toBe(0);
});

describe('getAll', () => {
	const whose = { eventtype: '={{ $json.type }}', courseId: by('id', '={{ $json.id ?? "" }}') };
	const all = [
		{ name: 'Exam' },
		{ name: 'Holiday', type: 'site' },
		{ name: 'Report', type: 'user' },
	];

	test('events of a course, of the site and of the account, each by itself; from and until', async () => {
		await calendarEvent('create', creating, all);
		const { json } = await calendarEvent('getAll', whose, [
			{ type: 'course', id: course },
			{ type: 'site' },
			{ type: 'user' },
		]);
		expect(json.map(({ name }) => name)).toEqual(['Exam', 'Holiday', 'Report']);
		expect(json[0]).toMatchObject({ courseid: course, eventtype: 'course', timestart: START });
		const filters = { timestart: '2028-01-01' };
		const later = await calendarEvent('getAll', { ...whose, filters }, [
			{ type: 'course', id: course },
		]);
		expect(later.json).toEqual([]);
	});

	test('an unknown course is an error, and not an empty list', async () => {
		const items = [{ type: 'course', id: 9999 }];
		const { errors } = await calendarEvent('getAll', whose, items, split);
		expect(errors).toEqual([expect.stringMatching(/no course with the ID '9999'/)]);
	});
});

test('delete: an unknown event undoes the request in Moodle, and costs its item only', async () => {
	const made = await calendarEvent('create', creating, [{ name: 'A' }, { name: 'B' }]);
	const [a, b] = made.json.map(({ id }) => Number(id));
	const items = [{ id: a }, { id: 9999 }, { id: b }];
	const { json, errors } = await calendarEvent(
		'delete',
		{ eventid: '={{ $json.id }}' },
		items,
		split,
	);
	expect(json).toEqual([
		{ success: true, id: a },
		{ success: true, id: b },
	]);
	expect(errors).toEqual([expect.stringMatching(/no event with the ID 9999/)]);
	expect(sandbox.site.events.all()).toEqual([]);
	const none = await calendarEvent('delete', { eventid: '={{ $json.id }}' }, [{ id: '' }], split);
	expect(none.errors).toEqual([expect.stringMatching(/'Event ID' is empty/)]);
});
