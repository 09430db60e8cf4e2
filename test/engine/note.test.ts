import type { Sandbox } from '../sandbox';
import { addUser, enrol } from '../sandbox/builders';
import { addCourse } from '../sandbox/functions/course-tools';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
let ada: number;
let bob: number;
let stranger: number;
let course: number;
onStandIn((standIn) => (sandbox = standIn));
beforeEach(() => {
	const { site } = sandbox;
	[ada, bob, stranger] = ['ada', 'bob', 'eve'].map((username) => addUser(site, { username }).id);
	course = addCourse(site, { fullname: 'Biology', shortname: 'BIO', category: 1 }).id;
	enrol(site, course, [ada, bob]);
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

test('is not sent while Retry On Fail is on: the note would be there twice', async () => {
	await note('create', noting(), [{ user: ada }], { ...split, retryOnFail: true });
	expect(sent(FUNCTION)).toBe(0);
});
