import type { CallFacts } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { shaped } from '../../moodle/replies';
import { settleWhole } from '../../moodle/settle';
import { z } from '../../schemas/zod';

/** What reading in forums needs, in words. */
export const VIEW_DISCUSSION = "'View discussions' (mod/forum:viewdiscussion)";

const noDiscussion = () =>
	new Problem({
		message: 'The account behind the token may not start a discussion in this forum',
		mend: "Its role needs 'Start new discussions' (mod/forum:startdiscussion), for announcements 'Add announcements' (mod/forum:addnews). A forum for a single discussion takes no other.",
		code: 'cannotcreatediscussion',
	});

const unknownPost = (id: number) =>
	new Problem({
		message: `There is no post with the number ${id} to which the account behind the token can reply`,
		mend: "Use the ID of a post from 'Get Posts', or the post ID of a discussion from 'Get Discussions'.",
		code: 'notfound',
	});

const noReply = () =>
	new Problem({
		message: 'The account behind the token may not reply in this forum',
		mend: "Its role needs 'Reply to posts' (mod/forum:replypost), for announcements 'Reply to announcements' (mod/forum:replynews). The discussion may also be locked.",
		code: 'nopostforum',
	});

/** Starts a discussion. Nothing tells it from another one of the same subject: sent once, never again (4.1 to 5.1 measured). */
export const addDiscussion: CallFacts = {
	function: 'mod_forum_add_discussion',
	serial: true,
	atomic: 'all',
	repeat: 'never',
	capabilities: ['mod/forum:viewdiscussion', 'mod/forum:startdiscussion', 'mod/forum:addnews'],
	reply: shaped({ discussionid: z.number().int().positive() }),
	settle: settleWhole,
	context: (record) => `forum ${(record as { forumid: number }).forumid}`,
	words: ({ code }) => (code === 'cannotcreatediscussion' ? noDiscussion() : undefined),
};

/** Replies to a post: sent once, never again, as a discussion. */
export const addPost: CallFacts = {
	function: 'mod_forum_add_discussion_post',
	serial: true,
	atomic: 'all',
	repeat: 'never',
	capabilities: ['mod/forum:viewdiscussion', 'mod/forum:replypost', 'mod/forum:replynews'],
	reply: shaped({ postid: z.number().int().positive() }),
	settle: settleWhole,
	words: ({ code }, record) => {
		if (code === 'nopostforum') return noReply();
		return code === 'invalidparentpostid'
			? unknownPost((record as { postid: number }).postid)
			: undefined;
	},
};
