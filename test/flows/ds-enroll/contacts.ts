/**
 * Contact lists as they come out of a CRM: people from many countries and a realistic share of dirt. Every contact says
 * what must become of it on a site that holds nothing but the accounts of `existing`. The same number gives the same list.
 */
import type { Account } from '../support/accounts';
import { makePerson, type Person } from '../support/people';
import { Random } from '../support/random';

/** A contact as the CRM gives it. */
export interface Contact extends Person {
	/** Number in the CRM. */
	id: string;
}

/** What becomes of a contact. */
export type Outcome = 'created' | 'updated' | 'unchanged' | 'failed';

/** A contact and what must become of it. */
export interface Entry {
	contact: Contact;
	/** What is odd about it; absent for a clean one. */
	dirt?: string;
	expect: Outcome;
	/** For a contact that fails: the field its reason must name, as the node calls it. */
	field?: string;
	/** For a contact that fails: the value its reason must hold. */
	value?: string;
}

/** A list of contacts, and the accounts that the site has before the list arrives. */
export interface ContactList {
	seed: number;
	existing: Account[];
	entries: Entry[];
}

export const SEED = 20261121;

/** The user name that a new account gets: Moodle takes small letters, digits and -._@ only. */
export function usernameOf(email: string): string {
	return email
		.trim()
		.toLowerCase()
		.replace(/[^-.@_a-z0-9]/g, '_');
}

/** The account that a contact becomes. */
export function accountOf(contact: Contact): Account {
	return {
		username: usernameOf(contact.email),
		email: contact.email.trim(),
		firstname: contact.firstname.trim(),
		lastname: contact.lastname.trim(),
		institution: contact.company,
		city: contact.city,
		country: contact.country.toUpperCase(),
	};
}

type Draft = Omit<Contact, 'id'>;
type Made = { contact: Draft; expect: Outcome; field?: string; value?: string; account?: Account };

/** Spoils a person. `turn` counts the contacts with this dirt. */
type Spoil = (person: Person, turn: number) => Made;

const fails = (contact: Draft, field: string, value?: string): Made => ({
	contact,
	expect: 'failed',
	field,
	value,
});
const created = (contact: Draft): Made => ({ contact, expect: 'created' });

const BAD_ADDRESSES: Array<(address: string) => string> = [
	(address) => address.replace('@', ''),
	(address) => address.replace('@', '@@'),
	(address) => address.replace('@', ' @'),
	(address) => `${address}.`,
	(address) => address.replace('.example', ',example'),
	(address) => address.replace('.example', ''),
	() => 'n/a',
	(address) => `${address}; office@nordwind.example`,
	(address) => `<${address}>`,
	(address) => address.replace('.', '..'),
	(address) => address.replace('@', 'ü@'),
];

const withAccount = (person: Person, changes: Partial<Account>, expect: Outcome): Made => ({
	contact: person,
	expect,
	account: { ...accountOf({ id: '', ...person }), ...changes },
});

const long = (word: string, length: number): string =>
	`${word} `.repeat(length).slice(0, length - 1) + 'x';

/** The only dirt that Moodle alone can refuse. It is rare: two in any list, however long. */
export const TAKEN = 'user name taken';

/** Dirt of a contact of its own, with the number of contacts in a list of 300. */
const SPOILERS: Array<[dirt: string, in300: number, spoil: Spoil]> = [
	[
		'capitals',
		7,
		(p) =>
			created({
				...p,
				email: p.email.toUpperCase(),
				firstname: p.firstname.toUpperCase(),
				lastname: p.lastname.toUpperCase(),
			}),
	],
	[
		'outer blanks',
		6,
		(p) =>
			created({
				...p,
				email: `  ${p.email} `,
				firstname: ` ${p.firstname}`,
				lastname: `${p.lastname}  `,
			}),
	],
	['plus address', 4, (p) => created({ ...p, email: p.email.replace('@', '+news@') })],
	[
		'emoji',
		4,
		(p, turn) =>
			created({ ...p, firstname: `${p.firstname} ${['🎓', '🧑‍🚀', '🌈', '👩🏽‍🏫'][turn % 4]}` }),
	],
	['ampersand and quotes', 2, (p) => created({ ...p, lastname: `${p.lastname} "Jr." & Söhne` })],
	['longest possible name', 2, (p) => created({ ...p, lastname: long(p.lastname, 100) })],
	['small country code', 3, (p) => created({ ...p, country: p.country.toLowerCase() })],
	['name too long', 3, (p, turn) => tooLong(p, turn % 2 === 0 ? 'firstname' : 'lastname')],
	[
		'address too long',
		1,
		(p) => fails({ ...p, email: `${'very.'.repeat(20)}${p.email}` }, 'Email', 'very.very.'),
	],
	['bad address', 11, (p, turn) => badAddress(p, turn)],
	['no address', 3, (p) => fails({ ...p, email: '' }, 'Email')],
	['no first name', 2, (p) => fails({ ...p, firstname: '   ' }, 'First Name')],
	['no last name', 3, (p) => fails({ ...p, lastname: '' }, 'Last Name')],
	[
		'tags in a name',
		2,
		(p) => fails({ ...p, firstname: `<b>${p.firstname}</b>` }, 'First Name', '<b>'),
	],
	['name of a country', 2, (p) => fails({ ...p, country: 'Germany' }, 'Country Code', 'Germany')],
	[
		TAKEN,
		2,
		(p) => ({
			...withAccount(
				p,
				{ email: `info.${p.email}`, firstname: 'Front', lastname: 'Desk' },
				'failed',
			),
			field: 'Username',
			value: p.email,
		}),
	],
	['known, as it is', 8, (p) => withAccount(p, {}, 'unchanged')],
	[
		'known, in capitals',
		2,
		(p) => ({
			...withAccount(p, {}, 'unchanged'),
			contact: { ...p, email: p.email.toUpperCase() },
		}),
	],
	[
		'known, has moved',
		4,
		(p) => withAccount(p, { city: 'Oldtown', institution: 'Former Employer Inc.' }, 'updated'),
	],
	[
		'known, other last name',
		3,
		(p) => withAccount(p, { lastname: `${p.lastname.slice(0, 80)}-Formerly` }, 'updated'),
	],
	[
		'known, other user name',
		3,
		(p, turn) =>
			withAccount(p, { username: `staff.${turn}.${p.email.split('@')[0]}` }, 'unchanged'),
	],
];

function tooLong(person: Person, field: 'firstname' | 'lastname'): Made {
	const value = long(person[field], 101 + person.email.length);
	return fails(
		{ ...person, [field]: value },
		field === 'firstname' ? 'First Name' : 'Last Name',
		value.slice(0, 40),
	);
}

function badAddress(person: Person, turn: number): Made {
	const email = BAD_ADDRESSES[turn % BAD_ADDRESSES.length](person.email);
	return fails({ ...person, email }, 'Email', email.slice(0, 40));
}

/** Second entries of the same person, with their number in a list of 300. */
const REPEATS: Array<
	[dirt: string, in300: number, expect: Outcome, change: (first: Draft) => Draft]
> = [
	['twice in the list', 8, 'unchanged', (first) => first],
	[
		'twice in the list, in capitals',
		5,
		'unchanged',
		(first) => ({ ...first, email: first.email.toUpperCase() }),
	],
	[
		'twice in the list, other last name',
		4,
		'updated',
		(first) => ({ ...first, lastname: `${first.lastname}-Newlywed` }),
	],
	['twice in the list, moved', 3, 'updated', (first) => ({ ...first, city: 'Newtown' })],
];

const share = (dirt: string, in300: number, count: number): number =>
	dirt === TAKEN ? in300 : Math.max(1, Math.round((in300 * count) / 300));

/** How many contacts of each dirt go into a list; small lists get one of each, as far as there is room. */
function plan<T extends [string, number, ...unknown[]]>(
	kinds: T[],
	count: number,
	room: { left: number },
): Array<[T, number]> {
	return kinds.map((kind) => {
		const number = Math.min(share(kind[0], kind[1], count), room.left);
		room.left -= number;
		return [kind, number];
	});
}

/** Makes a list of `count` contacts. */
export function makeContacts(count = 300, seed = SEED): ContactList {
	const random = new Random(seed);
	const used = new Set<string>();
	const room = { left: Math.floor(count / 2) };
	const existing: Account[] = [];
	const singles: Array<Omit<Entry, 'contact'> & { contact: Draft }> = [];
	const repeats = plan(REPEATS, count, room);
	for (const [[dirt, , spoil], number] of plan(SPOILERS, count, room)) {
		for (let turn = 0; turn < number; turn++) {
			const { account, ...made } = spoil(makePerson(random, used), turn);
			singles.push({ dirt, ...made });
			if (account) existing.push(account);
		}
	}
	const repeated = repeats.reduce((sum, [, number]) => sum + number, 0);
	while (singles.length < count - repeated) singles.push(created(makePerson(random, used)));
	const list = random.shuffled(singles);
	insertRepeats(random, list, repeats);
	return {
		seed,
		existing,
		entries: list.map((entry, at) => ({
			...entry,
			contact: { id: `C-${String(at + 1).padStart(5, '0')}`, ...pickContact(entry.contact) },
		})),
	};
}

type Loose = Omit<Entry, 'contact'> & { contact: Draft };

/** Puts second entries somewhere after the first ones. Each clean contact is repeated once at most. */
function insertRepeats(
	random: Random,
	list: Loose[],
	repeats: Array<[(typeof REPEATS)[number], number]>,
): void {
	const clean = random.shuffled(list.filter((entry) => entry.dirt === undefined));
	for (const [[dirt, , expect, change], number] of repeats) {
		for (let turn = 0; turn < number; turn++) {
			const first = clean.pop();
			if (!first) return;
			const after = list.indexOf(first) + 1;
			const place = after + random.below(list.length - after + 1);
			list.splice(place, 0, { dirt, expect, contact: change(first.contact) });
		}
	}
}

function pickContact({ firstname, lastname, email, company, city, country }: Draft): Draft {
	return { firstname, lastname, email, company, city, country };
}

// ------------------------------------------------------------------------------------- what must become of a list

/** What must become of a contact on a certain site. */
export interface Judgement {
	expect: Outcome;
	field?: string;
	value?: string;
}

/** What must become of every contact, and what the site must hold afterwards. */
export interface Verdict {
	judgements: Judgement[];
	/** Accounts by address in small letters: those that exist before, and what the list makes of them. */
	after: Map<string, Account>;
}

const COMPARED = ['firstname', 'lastname', 'institution', 'city', 'country'] as const;

/**
 * Plays the list through, contact by contact, on a site that holds these accounts. Knows nothing of the node: an account
 * with the address is brought up to date, otherwise one is made; addresses count without regard to capitals.
 */
export function judge(entries: Entry[], accounts: Account[]): Verdict {
	const after = new Map(accounts.map((account) => [account.email.toLowerCase(), account]));
	const judgements = entries.map(({ contact, expect, field, value }): Judgement => {
		if (expect === 'failed') return { expect, field, value };
		const wanted = accountOf(contact);
		const key = wanted.email.toLowerCase();
		const known = after.get(key);
		if (!known) {
			after.set(key, wanted);
			return { expect: 'created' };
		}
		if (COMPARED.every((name) => known[name] === wanted[name])) return { expect: 'unchanged' };
		after.set(key, { ...wanted, username: known.username, email: known.email });
		return { expect: 'updated' };
	});
	return { judgements, after };
}
