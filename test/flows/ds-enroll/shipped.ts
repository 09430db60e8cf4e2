/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** The contact list that is shipped with the examples, and how it is written. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeContacts, SEED, type ContactList } from './contacts';
import { EXAMPLES } from '../support/example';

/** How many contacts the shipped list holds. */
export const SHIPPED = 300;

export const SHIPPED_FILE = join(EXAMPLES, 'data', `contacts-${SHIPPED}.json`);

const ABOUT = [
	'Made-up contacts as they come out of a CRM, for examples/ds-enroll.json. Written by test/flows/ds-enroll/make-contacts.ts, always the same.',
	'existing: accounts that the site has before the list arrives.',
	'entries: the contact; dirt: what is odd about it; expect: what must become of it (created, updated, unchanged, failed); field, value: what the reason of a failure must name.',
];

/** The text of the file: one entry a line. */
export function shippedText(list: ContactList = makeContacts(SHIPPED, SEED)): string {
	const rows = (values: object[]): string =>
		values.map((value) => `\t\t${JSON.stringify(value)}`).join(',\n');
	const about = ABOUT.map((line) => `\t\t${JSON.stringify(line)}`).join(',\n');
	return `{\n\t"about": [\n${about}\n\t],\n\t"seed": ${list.seed},\n\t"existing": [\n${rows(list.existing)}\n\t],\n\t"entries": [\n${rows(list.entries)}\n\t]\n}\n`;
}

/** The shipped list for its own number of contacts, a generated one for any other. */
export function contactList(count: number): ContactList {
	return count === SHIPPED
		? (JSON.parse(readFileSync(SHIPPED_FILE, 'utf8')) as ContactList)
		: makeContacts(count);
}
