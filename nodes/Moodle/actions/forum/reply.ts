import { isObject } from '../../moodle/values';
import { writing } from '../build';
import { field, required } from '../fields';
import { addPost } from './calls';

const parent = field('postid', 'Post ID', 'integer', {
	min: 1,
	default: '',
	description: "The post to which to reply: ID of 'Get Posts', or Post ID of 'Get Discussions'",
});
const subject = field('subject', 'Subject', 'text', { max: 255, placeholder: 'e.g. Re: Welcome' });
const message = field('message', 'Message', 'multiline', { description: 'May hold HTML' });

export const operation = writing({
	resource: 'forum',
	value: 'reply',
	name: 'Reply',
	action: 'Reply to post in forum',
	description: 'Reply to a post in a discussion',
	batched: false,
	calls: [addPost],
	fields: [required(parent), required(subject), required(message)],
	input: (p) => ({
		postid: Number(p.need(parent)),
		subject: p.text(subject),
		message: p.text(message),
	}),
	record: ({ postid, subject: title, message: text }) => ({
		postid,
		subject: title,
		message: text,
		messageformat: 1,
	}),
	output: ({ postid, subject: title }, reply) => {
		const { postid: id, post } = isObject(reply) ? reply : {};
		return {
			id: id ?? null,
			parentid: postid,
			discussionid: isObject(post) ? post.discussionid : null,
			subject: title,
		};
	},
});
