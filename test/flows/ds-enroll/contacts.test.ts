/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { readFileSync } from 'node:fs';
import { judge, makeContacts, TAKEN } from './contacts';
import { contactList, SHIPPED_FILE, shippedText } from './shipped';

describe('contact lists', () => {
	it('the shipped one is what the generator makes', () => {
		expect(readFileSync(SHIPPED_FILE, 'utf8')).toBe(shippedText());
		expect(contactList(300)).toMatchObject(JSON.parse(JSON.stringify(makeContacts(300))));
	});

	it.each([1, 2, 7, 50, 300, 2500])(
		'one of %i has as many, and says of each what must become of it',
		(count) => {
			const { entries, existing } = makeContacts(count);
			expect(entries).toHaveLength(count);
			// two ways to the same answer: what the generator meant, and the list played through
			expect(judge(entries, existing).judgements.map(({ expect: what }) => what)).toEqual(
				entries.map(({ expect: what }) => what),
			);
			expect(new Set(entries.map(({ contact }) => contact.id)).size).toBe(count);
		},
	);

	it('the shipped one has every kind of dirt', () => {
		const { entries } = contactList(300);
		const kinds = new Set(entries.map(({ dirt }) => dirt));
		for (const kind of [
			'capitals',
			'emoji',
			'bad address',
			'no address',
			'no last name',
			'name too long',
			'known, as it is',
			'known, has moved',
			'twice in the list',
			TAKEN,
		]) {
			expect(kinds).toContain(kind);
		}
		expect(entries.filter(({ dirt }) => dirt === undefined).length).toBeGreaterThan(150);
		expect(entries.filter(({ expect: what, field }) => what === 'failed' && !field)).toEqual([]);
	});

	it('a second run finds everybody there', () => {
		const { entries, existing } = makeContacts(300);
		const { after } = judge(entries, existing);
		const again = judge(entries, [...after.values()]);
		expect(again.judgements.filter(({ expect: what }) => what === 'created')).toEqual([]);
		expect(again.after).toEqual(after);
	});

	it('uses reserved domains only', () => {
		for (const { contact, expect: what } of makeContacts(2500).entries) {
			if (what !== 'failed')
				expect(contact.email.trim().toLowerCase()).toMatch(/@[a-z-]+\.example$/);
		}
	});
});
