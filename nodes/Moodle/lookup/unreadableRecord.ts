import { Problem } from '../moodle/problem';

/** The words for a record that exists and that Moodle cannot serialise. */
export function unreadableRecord(what: string): Problem {
	return new Problem({
		message: `${what} is there, but Moodle cannot read the record out`,
		mend: "Open the account in Moodle and mend what is odd: a name with '<', capitals in the user name, a removed authentication method.",
		code: 'unreadable',
	});
}
