import type { INodeProperties } from 'n8n-workflow';
import type { CallFacts, RecordResult } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { warningsOf } from '../../moodle/settle';
import { shaped } from '../../moodle/replies';
import { isObject } from '../../moodle/values';
import { writing } from '../build';
import { required } from '../fields';
import { email, username } from './userFields';
import { z } from '../../schemas/zod';

/** Statuses that say that nothing was sent. Sites that protect user names never give them. */
const NOT_SENT = new Set(['emailpasswordconfirmnotsent', 'emailpasswordconfirmnoemail']);

function settle(reply: unknown): RecordResult[] {
	const status = isObject(reply) ? String(reply.status) : '';
	if (status === 'dataerror') {
		const reasons = warningsOf(reply)
			.map((warning) => warning.message)
			.join('; ');
		return [
			{
				problem: new Problem({
					message: `Moodle sends no mail: ${reasons === '' ? 'it does not accept the value' : reasons}`,
					mend: 'Check the value.',
					code: 'fielderror',
				}),
			},
		];
	}
	if (NOT_SENT.has(status))
		return [
			{
				problem: new Problem({
					message: 'Moodle has sent no mail',
					mend: 'Check the value, and that the account has a password in Moodle.',
					code: 'notsent',
				}),
			},
		];
	return [{ reply: status }];
}

/** Asks for the mail by which users choose a new password. A repeat may send it again; after two Moodle waits half an hour. */
const requestReset: CallFacts = {
	function: 'core_auth_request_password_reset',
	serial: true,
	atomic: 'all',
	repeat: 'safe',
	capabilities: [],
	reply: shaped({ status: z.string() }),
	settle,
};

const only = (by: string) => ({ displayOptions: { show: { by: [by] } } });

const findBy: INodeProperties = {
	displayName: 'Find User By',
	name: 'by',
	type: 'options',
	options: [
		{ name: 'Email', value: 'email' },
		{ name: 'Username', value: 'username' },
	],
	default: 'email',
};

export const operation = writing({
	resource: 'user',
	value: 'requestPasswordReset',
	name: 'Request Password Reset',
	action: 'Request password reset for user',
	description:
		'Mail a link by which the user chooses a new password. Most sites do not tell whether there is such an account, so success does not mean that a mail was sent.',
	batched: false,
	calls: [requestReset],
	fields: [
		findBy,
		{ ...required(email), ...only('email') },
		{ ...required(username), ...only('username') },
	],
	input: (p) =>
		p.choice(findBy) === 'username'
			? { username: p.text(username).toLowerCase() }
			: { email: p.text(email) },
	keys: (input) => Object.values(input).map((value) => `user reset ${value.toLowerCase()}`),
	record: (input) => ({ ...input }),
	output: (input, status) => ({ success: true, ...input, status }),
	verb: 'requestPasswordReset',
});
