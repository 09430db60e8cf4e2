/** Nights of Create or Update: what the items hold, the site they meet, and what one night came to. */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { Operation } from '../../../nodes/Moodle/actions/types';
import { hasReached } from '../../../nodes/Moodle/moodle/version';
import type { Database, MoodleVersion } from '../../sandbox/types';
import { runEngine } from '../../support/engineRun';
import { functionOf, InProcessMoodle } from '../../support/inProcess';
import { nameOf, nodeParameters, parametersOf } from './runOne';
import { entriesOf, sample, sinceOf, type Values } from './samples';

/** A site that nights are run on. */
export interface Place {
	version: MoodleVersion;
	database: Database;
}

/** Texts that CRMs hold. No two are the same to MariaDB or PostgreSQL, so that each can be a name of its own. */
export const TEXTS = [
	'CAPITALS and small',
	'école',
	'Герой',
	'Герои',
	'Straße',
	'party 🎉',
	'0',
	'R&amp;D',
	'&lt;b&gt; & < c',
	' outer spaces  ',
	'か',
	'zero\u200dwidth',
	'two  spaces',
];

/** Further texts, for fields that need not differ: MariaDB takes some of them for some of those above. */
const MORE = ['Ecole', 'E\u0301COLE', 'が', 'STRASSE', '😀', '007', '   ', 'line\nbreak'];
const FIELD_TEXTS = [...TEXTS, ...MORE];

/** Text fields that take codes and not any text. Every item gets the same. */
const CODES: Values = {
	auth: 'manual',
	calendartype: 'gregorian',
	country: 'de',
	createpassword: false,
	forcetheme: 'boost',
	format: 'topics',
	lang: 'en',
	password: 'Abcd-1234!',
	theme: 'boost',
	timezone: 'Europe/Berlin',
	courseformatoptions: { values: [{ name: 'hiddensections', value: '1' }] },
	preferences: { values: [{ name: 'htmleditor', value: 'tiny' }] },
};

/** Parameters that stand alone and name a record: what the item with this number holds. Others that take text get odd texts. */
const NAMES: Record<string, (at: number) => string> = {
	username: (at) => `Night.Name_${at}`,
	email: (at) => `Night.Mail+${at}@Example.org`,
	id: () => '',
};

/** Entries that are left out everywhere: what they say belongs to a record that is not there. */
const LEFT_OUT = ['defaultgroupingid', 'maxbytes'];

const CUSTOM = 'odd';

const texts = (entry: INodeProperties) => entry.type === 'string' && !(entry.name in CODES);

const customFields = (value: string) => ({ values: [{ name: CUSTOM, value }] });

/** What an entry of a collection holds in the item with this number. */
function entryValue(entry: INodeProperties, at: number, nth: number): unknown {
	if (entry.name in CODES) return CODES[entry.name];
	// Off where the members of the group are hidden, which are the first two of four visibilities.
	if (entry.name === 'participation') return at % 4 > 1;
	// Interests are tags of the whole site: MariaDB refuses a second one that it takes for another.
	const all = entry.name === 'interests' ? TEXTS : FIELD_TEXTS;
	const text = all[(at + nth) % all.length];
	if (entry.name === 'customfields') return customFields(text);
	// Matching by another field, an ID number is still one of its record.
	if (entry.name === 'idnumber')
		return TEXTS[at % TEXTS.length] + (at < TEXTS.length ? '' : String(at));
	return texts(entry) ? text : sample(entry, at);
}

/** Entries of a collection that this version has. */
export function entriesFor(
	operation: Operation,
	matchBy: string | undefined,
	version: string,
): INodeProperties[] {
	const shown = parametersOf(operation).filter(
		(property) => isShown(property, matchBy) && property.name === 'additionalFields',
	);
	return shown
		.flatMap(entriesOf)
		.filter(
			(entry) => hasReached(version, sinceOf(entry) ?? '4.1') && !LEFT_OUT.includes(entry.name),
		);
}

function isShown(property: INodeProperties, matchBy: string | undefined): boolean {
	const wanted = property.displayOptions?.show?.matchBy;
	return wanted === undefined || (wanted as unknown[]).includes(matchBy);
}

/** The ways an operation finds records. */
export function waysOf(operation: Operation): Array<string | undefined> {
	const matchBy = parametersOf(operation).find(({ name }) => name === 'matchBy');
	return matchBy
		? ((matchBy.options ?? []) as INodePropertyOptions[]).map(({ value }) => String(value))
		: [undefined];
}

/** What stands alone in the item with this number: a place for the record, its names. */
function plainValue(
	operation: Operation,
	property: INodeProperties,
	at: number,
	courseid: number,
): unknown {
	if (property.name in NAMES) return NAMES[property.name](at);
	if (property.type === 'string')
		return TEXTS[at % TEXTS.length] + (at < TEXTS.length ? '' : String(at));
	if (property.name === 'courseId') return { __rl: true, mode: 'id', value: String(courseid) };
	if (['categoryId', 'parentId'].includes(property.name))
		return { __rl: true, mode: 'id', value: '1' };
	throw new Error(
		`test/contract/support/nights.ts: '${property.name}' of ${nameOf(operation)} is no text. Say in plainValue what it holds in a night.`,
	);
}

/** A text of a field that is left out of an item. */
export type Omit = (entry: INodeProperties, text: unknown) => boolean;

/** The items of a night: as many as it takes for each field to hold each text. */
export function itemsOf(
	operation: Operation,
	matchBy: string | undefined,
	version: string,
	courseid: number,
	omit: Omit,
): Values[] {
	const entries = entriesFor(operation, matchBy, version);
	return FIELD_TEXTS.map((_, at) => {
		const fields = entries
			.map((entry, nth) => [entry, entryValue(entry, at, nth)] as const)
			.filter(([entry, value]) => !omit(entry, value));
		return itemOf(
			operation,
			matchBy,
			at,
			courseid,
			Object.fromEntries(fields.map(([entry, value]) => [entry.name, value])),
		);
	});
}

/** One item with these additional fields. */
export function itemOf(
	operation: Operation,
	matchBy: string | undefined,
	at: number,
	courseid: number,
	additionalFields: Values,
): Values {
	const alone = parametersOf(operation).filter(
		(property) =>
			!['additionalFields', 'options', 'matchBy'].includes(property.name) &&
			isShown(property, matchBy),
	);
	const plain = Object.fromEntries(
		alone.map((property) => [property.name, plainValue(operation, property, at, courseid)]),
	);
	return { ...(matchBy === undefined ? {} : { matchBy }), ...plain, additionalFields };
}

/** What became of one item of a night. */
export interface Told {
	id?: number;
	created?: boolean;
	updated?: boolean;
	refused?: string;
}

/** What a night came to: what was told of each item, and the writing requests as they went out. */
export interface Night {
	told: Told[];
	sent: string[];
}

/** The site of all nights of one operation. */
export class Nights {
	readonly moodle: InProcessMoodle;

	readonly courseid: number;

	constructor(
		private readonly operation: Operation,
		place: Place,
	) {
		this.moodle = new InProcessMoodle({ ...place, account: 'role' });
		const { site, adminToken } = this.moodle;
		site.config.allowThemes = true;
		site.profileFields.insert({
			shortname: CUSTOM,
			name: 'Odd',
			datatype: 'text',
			param1: '',
			defaultdata: '',
		});
		for (const area of ['course', 'group', 'grouping', 'cohort'] as const)
			site.customFields.insert({ area, shortname: CUSTOM, name: 'Odd', type: 'text', options: [] });
		// Moodle lists every field at every course (4.1, 4.5 and 5.1 measured); the stand-in those with a value.
		site.courses.update(1, {
			customfields: Object.fromEntries(
				site.customFields.find('area', 'course').map(({ id }) => [id, '']),
			),
		});
		const made = this.moodle.answer(
			'wsfunction=core_course_create_courses&moodlewsrestformat=json&courses[0][fullname]=Home&courses[0][shortname]=HOME&courses[0][categoryid]=1',
			adminToken,
		);
		this.courseid = (JSON.parse(made.text) as Array<{ id: number }>)[0].id;
	}

	/** One night: all items in one run. */
	async night(items: Values[]): Promise<Night> {
		const writing = new Set(this.operation.calls.map((call) => call.function));
		const sent: string[] = [];
		const { units } = await runEngine({
			operation: this.operation,
			items: items.map((values) => nodeParameters(this.operation, values)),
			send: async (body) => {
				if (writing.has(functionOf(body))) sent.push(body);
				return this.moodle.answer(body);
			},
		});
		const told = units.map(({ outcome }): Told => {
			if (outcome === undefined) return { refused: 'nothing was told' };
			if ('problem' in outcome) return { refused: outcome.problem.message };
			const { id, created, updated } = outcome.outputs[0].json as Told;
			return { id, created, updated };
		});
		return { told, sent };
	}
}

/** The fields that a writing request holds, IDs and formats that go with a change aside. */
export function fieldsOf(body: string): string[] {
	const names = [...new URLSearchParams(body)].map(
		([name]) => /\[\d+\]\[([a-z0-9]+)\]/.exec(name)?.[1],
	);
	return [
		...new Set(
			names.filter(
				(name): name is string => name !== undefined && !['id', 'descriptionformat'].includes(name),
			),
		),
	].sort();
}
