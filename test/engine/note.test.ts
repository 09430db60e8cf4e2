import type { Sandbox } from '../sandbox';
import { addBiology } from '../support/biology';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
let ada: number;
let bob: number;
let stranger: number;
let course: number;
onStandIn((standIn) => (sandbox = standIn));
beforeEach(() => {
	const { site } = sandbox;
	({ course, ada, bob, eve: stranger } = addBiology(site));
});

const note = nodeOn('note', () => sandbox);
const sent = sentTo(() => sandbox);
const FUNCTION = 'core_notes_create_notes';
const noting = () => ({
	userId: by('id', '={{ $json.user }}'),
	courseId: by('id', course),
	text: 'Works well',
});

test('create: one bad user among good ones; people outside of the course are refused, too', async () => {
	const users = [ada, 9999, bob, stranger].map((user) => ({ user }));
	const { json, errors } = await note('create', noting(), users, split);
	expect(json).toEqual(
		[ada, bob].map((userid) => ({
			id: expect.any(Number),
			userid,
			courseid: course,
			publishstate: 'course',
		})),
	);
	expect(errors).toHaveLength(2);
	expect(errors[1]).toMatch(/takes no part in the course/);
	expect(sandbox.site.notes.all().map(({ userid }) => userid)).toEqual([ada, bob]);
});

test('create: somebody who is enrolled without a role is not told to be outside of the course', async () => {
	const { roleAssignments } = sandbox.site;
	for (const { id, userid } of roleAssignments.all())
		if (userid === ada) roleAssignments.remove(id);
	const { errors } = await note('create', noting(), [{ user: ada }], split);
	expect(errors).toEqual([
		expect.stringMatching(
			/takes no part in the course .*, or has no role there\. Enrol .* with a role/,
		),
	]);
});

test('is not sent while Retry On Fail is on: the note would be there twice', async () => {
	await note('create', noting(), [{ user: ada }], { ...split, retryOnFail: true });
	expect(sent(FUNCTION)).toBe(0);
});

/** Notes of the site itself: their texts and states. */
const kept = () => sandbox.site.notes.all().map(({ text, publishstate }) => [text, publishstate]);
const notedOn = (userid: number, publishstate: string, text: string, author = 2) =>
	sandbox.site.notes.insert({
		userid,
		courseid: publishstate === 'site' ? 1 : course,
		publishstate,
		text,
		author,
		timecreated: 1_700_000_000,
	}).id;

describe('getAll', () => {
	const listing = (more = {}) => ({ userId: by('id', ada), courseId: by('id', course), ...more });

	test('the three lists of one user, in the words of Create; personal notes of others are not among them', async () => {
		const site = notedOn(ada, 'site', 'For all');
		const shared = notedOn(ada, 'course', 'For teachers');
		notedOn(ada, 'personal', 'Of somebody else');
		notedOn(bob, 'course', 'On somebody else');
		const { json } = await note('getAll', listing());
		expect(json).toMatchObject([
			{ id: site, userid: ada, courseid: 1, publishstate: 'site', text: 'For all' },
			{ id: shared, courseid: course, publishstate: 'course', created: '2023-11-14T22:13:20.000Z' },
		]);
	});

	test('the front page and an unknown course are refused beside a good one', async () => {
		notedOn(ada, 'course', 'Good');
		const places = [1, 9999, course].map((place) => ({ place }));
		const parameters = listing({ courseId: by('id', '={{ $json.place }}') });
		const { json, errors } = await note('getAll', parameters, places, split);
		expect(json).toMatchObject([{ text: 'Good' }]);
		expect(errors).toHaveLength(2);
		expect(errors[0]).toMatch(/is the front page of the site/);
	});
});

describe('delete', () => {
	const deleting = { noteId: '={{ $json.note }}' };

	test('an unknown note among good ones; each travels alone, and one that is named twice is gone once', async () => {
		const [first, second] = ['One', 'Two'].map((text) => notedOn(ada, 'course', text));
		const notes = [first, 9999, second, first].map((id) => ({ note: id }));
		const { json, errors } = await note('delete', deleting, notes, split);
		expect(json).toEqual([first, second].map((id) => ({ success: true, id })));
		expect(errors).toHaveLength(2);
		for (const error of errors) expect(error).toMatch(/There is no note with the ID/);
		expect(kept()).toEqual([]);
		expect(sent('core_notes_delete_notes')).toBe(4);
	});

	test.each([true, false])(
		'an answer is lost, carried out: %s; it is told as done, once',
		async (execute) => {
			const id = notedOn(ada, 'course', 'One');
			let isLost = false;
			sandbox.switches.fault = ({ function: name }) => {
				if (isLost || name !== 'core_notes_delete_notes') return null;
				isLost = true;
				return { execute, cut: 'before' };
			};
			const { json, errors } = await note(
				'delete',
				{ ...deleting, options: { recoverySeconds: 1 } },
				[{ note: id }],
				split,
			);
			expect([json, errors, kept()]).toEqual([[{ success: true, id }], [], []]);
			expect(sent('core_notes_delete_notes')).toBe(execute ? 1 : 2);
		},
	);
});
