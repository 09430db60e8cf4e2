import { asIs } from '../../common/asIs';
import type { Read } from '../../moodle/calls';
import { toIso } from '../../moodle/dates';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { isObject, objectsOf, type Json } from '../../moodle/values';
import { notSeen } from '../activities';
import { reading } from '../build';
import { field, required, returnAllAndLimit, simplify } from '../fields';
import { VIEW_DISCUSSION } from './calls';

const discussion = field('discussionid', 'Discussion ID', 'integer', {
	min: 1,
	default: '',
	description: 'The number after d= in the address of the discussion; Get Discussions has it as ID',
});

function unknownDiscussion(id: number): Problem {
	return new Problem({
		message: `Moodle can give no posts of a discussion with the number ${id}`,
		mend: 'Use the number after d= in the address of the discussion. It may have been deleted.',
		code: 'notfound',
	});
}

/** Moodle breaks down over a number that belongs to no discussion (4.1 to 5.1 measured). */
async function postsOf(read: Read, discussionid: number): Promise<Json[]> {
	try {
		const reply = await read(READS.mod_forum_get_discussion_posts, {
			discussionid,
			sortby: 'created',
			sortdirection: 'ASC',
		});
		const posts = objectsOf(reply.posts);
		// every discussion has a first post: none are shown to those who may not see them (4.1 to 5.1 measured)
		if (posts.length === 0)
			throw notSeen(`posts of the discussion ${discussionid}`, VIEW_DISCUSSION);
		return posts;
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.code === 'Error')
			throw unknownDiscussion(discussionid);
		throw asIs(caught);
	}
}

function simplified(row: Json): Json {
	const author = isObject(row.author) ? row.author : {};
	return {
		id: row.id,
		discussionid: row.discussionid,
		parentid: row.parentid ?? null,
		subject: row.subject,
		message: row.message,
		// absent where the author is not shown
		userid: author.id ?? null,
		userfullname: author.fullname ?? null,
		timecreated: toIso(row.timecreated),
		isdeleted: row.isdeleted,
		isprivatereply: row.isprivatereply,
	};
}

export const operation = reading({
	resource: 'forum',
	value: 'getPosts',
	name: 'Get Posts',
	action: 'Get posts of discussion',
	description: 'Retrieve the posts of a discussion, the oldest first',
	reads: [READS.mod_forum_get_discussion_posts],
	fields: [required(discussion), ...returnAllAndLimit, simplify],
	input: (p) => ({
		discussionid: Number(p.need(discussion)),
		limit: p.limit(),
		simple: p.flag('simplify'),
	}),
	steps: async (inputs, { read, each }) =>
		await each(inputs, async ({ discussionid, limit, simple }) => {
			const rows = (await postsOf(read, discussionid)).slice(0, limit);
			return { done: simple ? rows.map(simplified) : rows };
		}),
});
