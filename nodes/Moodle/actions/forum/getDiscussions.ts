import type { Activity } from '../../lookup/activities';
import type { Read } from '../../moodle/calls';
import { toIso } from '../../moodle/dates';
import { READS } from '../../moodle/reads';
import { objectsOf, type Json } from '../../moodle/values';
import { activitiesOf, FORUM } from '../activities';
import { reading } from '../build';
import { returnAllAndLimit, simplify } from '../fields';
import { activityLocator } from '../locators';

const PAGE = 100;

async function discussions(read: Read, forumid: number, limit: number): Promise<Json[]> {
	const rows: Json[] = [];
	for (let page = 0; rows.length < limit; page++) {
		const reply = await read(READS.mod_forum_get_forum_discussions, {
			forumid,
			page,
			perpage: PAGE,
		});
		const found = objectsOf(reply.discussions);
		rows.push(...found);
		if (found.length < PAGE) break;
	}
	return rows.slice(0, limit);
}

const simplified = ({ cmid }: Activity, row: Json): Json => ({
	id: row.discussion,
	activityid: cmid,
	// the first post, to which a reply goes
	postid: row.id,
	subject: row.subject,
	message: row.message,
	userid: row.userid,
	userfullname: row.userfullname,
	timecreated: toIso(row.created),
	timemodified: toIso(row.timemodified),
	numreplies: row.numreplies,
});

export const operation = reading({
	resource: 'forum',
	value: 'getDiscussions',
	name: 'Get Discussions',
	action: 'Get discussions of forum',
	description:
		'Retrieve the discussions of a forum with their first posts: pinned ones first, then those with the latest posts',
	reads: [READS.mod_forum_get_forum_discussions, READS.core_course_get_course_module],
	fields: [activityLocator({ displayName: 'Forum' }), ...returnAllAndLimit, simplify],
	input: (p) => ({
		cmid: p.activity('Forum'),
		limit: p.limit(),
		simple: p.flag('simplify'),
	}),
	steps: async (inputs, { read, each }) => {
		const forum = activitiesOf(read, FORUM);
		return await each(inputs, async ({ cmid, limit, simple }) => {
			const found = await forum(cmid);
			const rows = await discussions(read, found.instance, limit);
			return { done: simple ? rows.map((row) => simplified(found, row)) : rows };
		});
	},
});
