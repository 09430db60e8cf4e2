import type { CallFacts, RecordResult } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { asList, isObject } from '../../moodle/values';
import { unknownIds } from '../user/diagnose';
import { z } from '../../schemas/zod';

/** A refused message comes back with the number -1 and a sentence in the language of the token's account. */
function settleMessage(reply: unknown): RecordResult[] {
	const [row] = asList(reply);
	if (isObject(row) && Number(row.msgid) > 0) return [{ reply: row }];
	const reason =
		isObject(row) && typeof row.errormessage === 'string'
			? `: ${row.errormessage.replace(/\.$/, '')}`
			: '';
	return [
		{
			problem: new Problem({
				message: `Moodle did not send the message${reason}`,
				mend: "Check the user. To write to people who are not contacts, the role of the account behind the token needs 'Send a message to any user' (moodle/site:messageanyuser).",
				code: 'notsent',
			}),
		},
	];
}

/**
 * Sends a message. Each travels alone: of several in one call the good ones are sent and then the reply fails because of
 * a refused one (all versions). A repeat would send it again.
 */
export const sendMessages: CallFacts = {
	function: 'core_message_send_instant_messages',
	list: 'messages',
	perRequest: 1,
	atomic: 'none',
	repeat: 'never',
	capabilities: ['moodle/site:sendmessage', 'moodle/site:messageanyuser'],
	reply: z.array(z.object({ msgid: z.number() }).passthrough()).length(1),
	settle: settleMessage,
	context: () => 'system',
	diagnose: async (records, _shared, read) =>
		await unknownIds(
			read,
			records.map((record) => (isObject(record) ? String(record.touserid) : '')),
		),
};
