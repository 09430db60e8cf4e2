import { READS } from '../../moodle/reads';
import { isObject, namedValues } from '../../moodle/values';
import { FORUM, writingIn } from '../activities';
import { collection, field, required } from '../fields';
import { activityLocator } from '../locators';
import { addDiscussion } from './calls';

const subject = field('subject', 'Subject', 'text', { max: 255 });
const message = field('message', 'Message', 'multiline', { description: 'May hold HTML' });
const subscribe = field('discussionsubscribe', 'Subscribe', 'boolean', {
	default: true,
	description: 'Whether the account behind the token is told of replies',
});

export const operation = writingIn({
	resource: 'forum',
	value: 'createDiscussion',
	verb: 'create',
	name: 'Create Discussion',
	action: 'Create discussion in forum',
	description: 'Start a new discussion in a forum, for all who take part in it',
	batched: false,
	kind: FORUM,
	calls: [addDiscussion],
	reads: [READS.core_course_get_course_module],
	fields: [
		activityLocator({ displayName: 'Forum' }),
		required(subject),
		required(message),
		collection('additionalFields', [subscribe]),
	],
	input: (p) => ({
		cmid: p.activity('Forum'),
		subject: p.text(subject),
		message: p.text(message),
		subscribes: p.fields('additionalFields', [subscribe]).discussionsubscribe === true,
	}),
	record: ({ subject: title, message: text, subscribes }, { instance }) => ({
		forumid: instance,
		subject: title,
		message: text,
		// Moodle subscribes unless it is told not to.
		options: namedValues({ discussionsubscribe: subscribes ? 1 : 0 }),
	}),
	output: ({ cmid, subject: title }, { courseid }, reply) => ({
		id: isObject(reply) ? reply.discussionid : null,
		activityid: cmid,
		courseid,
		subject: title,
	}),
});
