import { Problem } from '../../moodle/problem';
import { warningsOf } from '../../moodle/settle';
import { objectsOf, type Json } from '../../moodle/values';
import type { Activity } from '../../lookup/activities';

/**
 * The rows of one assignment in a reply on several.
 *
 * @param key under which the rows are: `grades`, `submissions`
 * @throws Problem where the account may not see them: a warning 1. That there are none is a warning 3 (4.1 to 5.1 measured)
 */
export function rowsOf(reply: Json, activity: Activity, key: string): Json[] {
	const rows = objectsOf(reply.assignments).flatMap((entry) => objectsOf(entry[key]));
	const refusal = warningsOf(reply).find(({ warningcode }) => warningcode !== '3');
	if (rows.length > 0 || !refusal) return rows;
	throw new Problem({
		message: `The account behind the token may not see the grades and submissions of '${activity.name}'`,
		mend: "Its role needs 'View grades' (mod/assign:viewgrades) there, and 'Access all groups' (moodle/site:accessallgroups) where it has separate groups.",
		code: 'nopermissions',
	});
}
