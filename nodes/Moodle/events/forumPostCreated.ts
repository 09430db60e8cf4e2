import { pick } from '../actions/build';
import { enrolledUsersFacts } from '../actions/enrolment/reads';
import { simplify } from '../actions/fields';
import { activityLocator } from '../actions/locators';
import { inParallel, READ_WIDTH } from '../common/parallel';
import { readActivity } from '../lookup/activities';
import type { Read } from '../moodle/calls';
import { toIso } from '../moodle/dates';
import { plain } from '../moodle/decode';
import { Problem } from '../moodle/problem';
import { READS } from '../moodle/reads';
import { isObject, objectsOf, type Json } from '../moodle/values';
import { needAtMost } from './comings';
import { needAllGroups } from './groups';
import { event, type Row, type Sight } from './types';

/** Seconds. What a slow transaction wrote shows later than its time says. */
const OVERLAP = 600;

/** Discussions of one request. */
const PAGE = 100;

/** Most discussions with answers that are read in one poll. */
const MOST_DISCUSSIONS = 500;

/** By the newest post, newest first; pinned and starred ones come before all others (vault discussion_list, 4.1 to 5.1). */
const NEWEST_FIRST = 1;

const timeOf = (discussion: Json) =>
	Math.max(Number(discussion.timemodified ?? 0), Number(discussion.timestart ?? 0));

/** The time of the newest post, which is never in the future; a 'Display start' can be. */
const newestPost = (rows: Json[]) =>
	Math.max(0, ...rows.map((row) => Number(row.timemodified ?? 0)));

const isInOrder = (discussion: Json) => discussion.pinned !== true && discussion.starred !== true;

/** Discussions with a post from `floor` on. Without a floor only as far back as the newest post needs. */
async function discussions(read: Read, forumid: number, floor: number): Promise<Json[]> {
	const found: Json[] = [];
	for (let page = 0; ; page++) {
		const asked = { forumid, sortorder: NEWEST_FIRST, page, perpage: PAGE };
		const rows = objectsOf((await read(READS.mod_forum_get_forum_discussions, asked)).discussions);
		for (const row of rows) found.push(row);
		const last = rows.at(-1);
		const least = floor > 0 ? floor : newestPost(found) - OVERLAP;
		if (rows.length < PAGE || (last && isInOrder(last) && timeOf(last) < least))
			return found.filter((row) => timeOf(row) >= least);
	}
}

/** The first post of a discussion stands in the list: without answers it need not be read. */
const firstPost = (discussion: Json): Json => ({
	id: discussion.id,
	discussionid: discussion.discussion,
	parentid: null,
	subject: discussion.subject,
	message: discussion.message,
	author: { id: discussion.userid, fullname: discussion.userfullname },
	timecreated: discussion.created,
	timemodified: discussion.modified,
});

async function postsOf(read: Read, discussion: Json): Promise<Json[]> {
	if (Number(discussion.numreplies) === 0) return [firstPost(discussion)];
	const asked = { discussionid: Number(discussion.discussion) };
	return objectsOf((await read(READS.mod_forum_get_discussion_posts, asked)).posts);
}

async function look({ cmid }: { cmid: number }, { read, purpose, floor, seen }: Sight) {
	const activity = await readActivity(read, cmid);
	const { module, instance, courseid } = activity;
	if (module !== 'forum')
		throw new Problem({
			message: `The activity with the ID ${cmid} is no forum`,
			mend: 'Give the address of a forum.',
			code: 'badvalue',
		});
	if (purpose === 'base') await needAllGroups(read, activity);
	const changed = await discussions(read, instance, floor);
	needAtMost(
		changed.filter((row) => Number(row.numreplies) > 0).length,
		MOST_DISCUSSIONS,
		'discussions with new posts',
		'Rename the node, so that n8n forgets what it knew and it begins anew, and poll more often.',
	);
	// Who sees discussions before their 'Display start' must not lose what is written until then.
	const latest = Math.max(floor + OVERLAP, newestPost(changed));
	const posts = await inParallel(changed, READ_WIDTH, async (row) => await postsOf(read, row));
	const rows = posts.flatMap((list, index) =>
		list.map((post): Row => {
			const key = Number(post.id);
			const start = Math.min(Number(changed[index].timestart ?? 0), latest);
			// Another 'Display start' does not make a known post a new one.
			const at = seen.get(key) ?? Math.max(Number(post.timecreated), start);
			return { key, version: at, at, data: { courseid, forumid: instance, ...post } };
		}),
	);
	return { rows };
}

function simplified(post: Json): Json {
	const author = isObject(post.author) ? post.author : {};
	return {
		...pick(post, ['id', 'discussionid', 'parentid', 'forumid', 'courseid', 'subject']),
		message: plain(String(post.message ?? '')),
		userid: author.id ?? null,
		userfullname: author.fullname ?? null,
		timecreated: toIso(post.timecreated),
	};
}

export const polled = event({
	value: 'forumPostCreated',
	name: 'Forum Post Created',
	description: 'Somebody started a discussion in a forum or answered in one',
	reads: [
		READS.mod_forum_get_forum_discussions,
		READS.mod_forum_get_discussion_posts,
		READS.core_course_get_course_module,
		enrolledUsersFacts,
	],
	fields: [
		activityLocator({ description: 'The address of the forum, or the number after id= in it' }),
		simplify,
	],
	about: {
		asks: 'The discussions of the chosen forum, those with the newest posts first, and the posts of those that changed since the newest one told and the 10 minutes before',
		knows: 'A post that is not known, from that time on',
		misses:
			"Changes of posts, also of the 'Display start' of a discussion whose posts were told (the newest 5,000 are remembered; older ones, and those from before the activation, count as new at that time); posts that keep an older time, such as restored ones or those written while the clock of the server is set back by more than 10 minutes; what question-and-answer forums hide from the account",
		cost: '2, and 1 for each discussion with answers that changed in that time',
	},
	tells: 'rows',
	overlap: OVERLAP,
	remembers: true,
	most: 5000,
	input: (p) => ({ cmid: p.activity() }),
	look,
	items: async (_input, rows, _read, { simple }) =>
		await Promise.resolve(rows.map(({ data }) => (simple ? simplified(data) : data))),
});
