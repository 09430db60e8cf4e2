import type { CallFacts, RecordResult } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { warningRows } from '../../moodle/replies';
import { warningsOf } from '../../moodle/settle';
import type { Value } from '../../moodle/values';

/** The two lists of the function run side by side; a request has one entry in each. */
export type Extension = { assignmentid: number; userids: [number]; dates: [number] };

const notGranted = (userid: number) =>
	new Problem({
		message: `Moodle did not extend the due date for the user with the ID ${userid}`,
		mend: 'The user must be enrolled in the course and be allowed to submit there, and the new date must not lie before the due date of the assignment or the day on which submissions begin.',
		code: 'notextended',
	});

/** Warnings stand alone, not in an object; whatever was wrong, the warning is the same (4.1 to 5.1 measured). */
function settle(reply: unknown, records: Value[]): RecordResult[] {
	const isRefused = warningsOf(reply).length > 0;
	const [userid] = (records[0] as Extension).userids;
	return [isRefused ? { problem: notGranted(userid) } : { reply: null }];
}

/**
 * Gives a user until later to submit. It takes two lists that belong together, which a request of several records cannot
 * make, so it carries one. The same again sets the same date (4.1 to 5.1 measured).
 */
export const saveExtension: CallFacts = {
	function: 'mod_assign_save_user_extensions',
	atomic: 'each',
	repeat: 'safe',
	capabilities: ['mod/assign:grantextension', 'mod/assign:view'],
	reply: warningRows,
	settle,
	subject: (record) => {
		const { assignmentid, userids } = record as Extension;
		return `extension in assignment ${assignmentid} of ${userids[0]}`;
	},
	context: (record) => `assignment ${(record as Extension).assignmentid}`,
};
