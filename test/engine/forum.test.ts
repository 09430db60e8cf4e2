import type { Sandbox } from '../sandbox';
import { addDiscussion, addModule } from '../sandbox/builders';
import type { CourseModule } from '../sandbox/rows';
import { addBiology } from '../support/biology';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
let ada: number;
let course: number;
let talk: CourseModule;
let page: CourseModule;
onStandIn((standIn) => (sandbox = standIn));
beforeEach(() => {
	const { site } = sandbox;
	({ course, ada } = addBiology(site));
	talk = addModule(site, course, 'forum', 'Talk');
	page = addModule(site, course, 'page', 'Page');
});

const forum = nodeOn('forum', () => sandbox);
const sent = sentTo(() => sandbox);
const inTalk = () => ({ activityId: by('id', talk.id) });

test('getAll: forums of a course; an unknown course is an error, and not an empty list', async () => {
	const asked = { courseId: by('id', '={{ $json.id }}') };
	const { json, errors } = await forum('getAll', asked, [{ id: course }, { id: 9999 }], split);
	expect(json.map(({ name }) => name)).toEqual(['Announcements', 'Talk']);
	expect(json[1]).toMatchObject({ activityid: talk.id, courseid: course, numdiscussions: 0 });
	expect(errors).toEqual([expect.stringMatching(/no course with the ID '9999'/)]);
});

test('getDiscussions: over several pages, at most as many as the limit says', async () => {
	for (let at = 0; at < 120; at++) addDiscussion(sandbox.site, talk, ada, `S ${at}`, 'Text');
	const { json } = await forum('getDiscussions', { ...inTalk(), returnAll: true });
	expect(new Set(json.map(({ id }) => id)).size).toBe(120);
	expect(json[0]).toMatchObject({ activityid: talk.id, userid: ada, userfullname: 'Ada Byron' });
	expect(sent('mod_forum_get_forum_discussions')).toBe(2);
	expect((await forum('getDiscussions', { ...inTalk(), limit: 7 })).json).toHaveLength(7);
	const other = await forum('getDiscussions', { activityId: by('id', page.id) }, [{}], split);
	expect(other.errors).toEqual([expect.stringMatching(/'Page', is not a forum/)]);
});

describe('writing', () => {
	const starting = {
		activityId: by('id', '={{ $json.id }}'),
		subject: '={{ $json.subject }}',
		message: '<p>Hi</p>',
	};

	test('createDiscussion, reply, getPosts; one bad item among good ones', async () => {
		const items = [talk.id, 9999, talk.id].map((id) => ({ id, subject: 'Same' }));
		const { json, errors } = await forum('createDiscussion', starting, items, split);
		expect(json).toHaveLength(2);
		expect(json[0]).toEqual({
			id: expect.any(Number),
			activityid: talk.id,
			courseid: course,
			subject: 'Same',
		});
		expect(errors).toEqual([expect.stringMatching(/no activity with the number 9999/)]);
		const [{ id: discussionid, postid }] = (await forum('getDiscussions', inTalk())).json;
		const answer = { postid: '={{ $json.id }}', subject: 'Re: Same', message: 'Yes' };
		const replies = await forum('reply', answer, [{ id: postid }, { id: 9999 }], split);
		expect(replies.json).toMatchObject([{ parentid: postid, discussionid, subject: 'Re: Same' }]);
		expect(replies.errors).toEqual([expect.stringMatching(/no post with the number 9999/)]);
		const posts = await forum('getPosts', { discussionid: discussionid as number });
		expect(posts.json).toMatchObject([
			{ id: postid, parentid: null, message: '<p>Hi</p>' },
			{ id: replies.json[0].id, parentid: postid, message: 'Yes' },
		]);
	});

	test('what the account may not start is told with the right it needs; a blank text is not sent', async () => {
		const token = sandbox.tokenWith(['moodle/course:view']);
		const { errors } = await forum(
			'createDiscussion',
			starting,
			[
				{ id: talk.id, subject: 'A' },
				{ id: talk.id, subject: ' ' },
			],
			{ ...split, token },
		);
		expect(errors).toEqual([
			expect.stringMatching(/may not start a discussion.*mod\/forum:startdiscussion/),
			expect.stringMatching(/'Subject' is empty/),
		]);
		const { id: discussion } = addDiscussion(sandbox.site, talk, ada, 'S', 'Text');
		const postid = sandbox.site.posts.first('discussion', discussion)?.id ?? 0;
		const reader = sandbox.tokenWith(['moodle/course:view', 'mod/forum:viewdiscussion']);
		const answer = { postid, subject: 'Re: S', message: 'Yes' };
		const refused = await forum('reply', answer, [{}], { ...split, token: reader });
		expect(refused.errors).toEqual([expect.stringMatching(/may not reply.*mod\/forum:replypost/)]);
	});

	test('is not sent while Retry On Fail is on: a discussion would be there twice', async () => {
		const more = { ...split, retryOnFail: true };
		await forum('createDiscussion', starting, [{ id: talk.id, subject: 'A' }], more);
		expect(sent('mod_forum_add_discussion')).toBe(0);
	});
});

describe('an account that may enter the course, and see nothing in its forums', () => {
	const poor = () => ({ ...split, token: sandbox.tokenWith(['moodle/course:view']) });

	test('is told so, and not that there are no posts', async () => {
		const { id } = addDiscussion(sandbox.site, talk, ada, 'First', 'Text');
		const { json, errors } = await forum('getPosts', { discussionid: id }, [{}], poor());
		expect(json).toEqual([]);
		expect(errors).toEqual([expect.stringMatching(/may not see the posts.*viewdiscussion/s)]);
	});

	test('is told so, and not that there are no forums', async () => {
		const { json, errors } = await forum('getAll', { courseId: by('id', course) }, [{}], poor());
		expect(json).toEqual([]);
		expect(errors).toEqual([expect.stringMatching(/may not see the forums.*viewdiscussion/s)]);
	});
});

test('getPosts: a number that belongs to no discussion is told as such', async () => {
	const { errors } = await forum('getPosts', { discussionid: 9999 }, [{}], split);
	expect(errors).toEqual([expect.stringMatching(/no posts of a discussion with the number 9999/)]);
});
