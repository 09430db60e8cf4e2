import { toIso } from '../../moodle/dates';
import { Problem } from '../../moodle/problem';
import { isObject } from '../../moodle/values';
import { writing } from '../build';
import { field, property, required } from '../fields';
import { locator } from '../locators';
import { sendMessages } from './calls';

/** Most bytes of a message, counted before it is formatted (`MESSAGE_MAX_LENGTH`, all versions). */
const MOST_BYTES = 4096;

const text = field('text', 'Message', 'multiline', {
	description: 'At most 4096 bytes, which is as many plain letters',
});
const textformat = field('textformat', 'Format', 'choice', {
	default: 2,
	options: [
		{ name: 'HTML', value: 1 },
		{ name: 'Markdown', value: 4 },
		{ name: 'Plain Text', value: 2 },
	],
});

/** UTF-8 bytes. A text that is too long is refused by Moodle as well, but only after everything was looked up. */
function checkedLength(message: string): string {
	const bytes = new TextEncoder().encode(message).length;
	if (bytes <= MOST_BYTES) return message;
	throw new Problem({
		message: `'Message' takes ${bytes} bytes, and Moodle sends at most ${MOST_BYTES}`,
		mend: 'Shorten it. Letters with accents take two bytes, Asian ones three, emoji four.',
		code: 'toolong',
	});
}

export const operation = writing({
	resource: 'message',
	value: 'send',
	name: 'Send',
	action: 'Send message to user',
	description: 'Send a personal message to a user, from the account behind the token',
	batched: false,
	calls: [sendMessages],
	fields: [locator('user'), required(text), property(textformat)],
	input: (p) => ({
		userId: p.ref('user', 'User'),
		text: checkedLength(String(p.need(text))),
		textformat: p.need(textformat),
	}),
	record: ({ userId, text: message, textformat: format }) => ({
		touserid: userId,
		text: message,
		textformat: format,
	}),
	output: ({ userId }, reply) => {
		const row = isObject(reply) ? reply : {};
		return {
			id: row.msgid,
			userid: userId,
			useridfrom: row.useridfrom ?? null,
			conversationid: row.conversationid ?? null,
			timesent: toIso(row.timecreated),
		};
	},
});
