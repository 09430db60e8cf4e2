import type { CallFacts, RecordResult } from '../../moodle/calls';
import { Problem, shown } from '../../moodle/problem';
import { holding } from '../../moodle/replies';
import { isObject, objectsOf, type Value } from '../../moodle/values';

type Preference = { userid: number; name: string; value: string };

const notSaved = ({ userid, name }: Preference) =>
	new Problem({
		message: `Moodle did not set the preference ${shown(name)} of the user with the ID ${userid}`,
		mend: 'Check its name. Many preferences can be set by their own user only, and others need rights that the role of the account behind the token lacks.',
		code: 'nopreference',
	});

/** What was saved is listed by name and user; two with both the same never share a request (4.1 to 5.1 measured). */
function settle(reply: unknown, records: Value[]): RecordResult[] {
	const saved = new Set(
		objectsOf(isObject(reply) ? reply.saved : []).map(({ name, userid }) => `${userid} ${name}`),
	);
	return (records as Preference[]).map((record) =>
		saved.has(`${record.userid} ${record.name}`) ? { reply: null } : { problem: notSaved(record) },
	);
}

/** Sets preferences of users. Good ones are set beside refused ones; the same again changes nothing (4.1 to 5.1 measured). */
export const setPreferences: CallFacts = {
	function: 'core_user_set_user_preferences',
	list: 'preferences',
	atomic: 'each',
	repeat: 'safe',
	capabilities: ['moodle/user:editprofile', 'moodle/user:update'],
	reply: holding('saved'),
	settle,
	subject: (record) => {
		const { userid, name } = record as Preference;
		return `preference ${name} of ${userid}`;
	},
	order: (record) => [(record as Preference).userid],
};
