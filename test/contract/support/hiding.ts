/** A site that hides a field from the account behind the token, and loses the answer to the first request that writes. */
import { catalogue } from '../../sandbox/catalogue';
import type { Description } from '../../sandbox/types';
import type { Operation } from '../../../nodes/Moodle/actions/types';
import { NetworkFailure } from '../../../nodes/Moodle/moodle/client';
import { GUEST } from '../../support/answering';
import { functionOf } from '../../support/inProcess';
import type { Mood } from './fakeMoodle';
import { parametersOf, runOne, type Ran, type Send } from './runOne';
import { full, workable } from './scenarios';
import type { Values } from './samples';
import { specialOf } from './special';

type Plain = Record<string, unknown>;

const VERSION = '5.1';

/** What becomes of the request that is lost: Moodle has done it, or never got it. */
export type Loss = 'done' | 'notDone';

export interface Situation {
	operation: Operation;
	/** The fields that are left out of every row; EVERYTHING: nobody is seen at all. */
	hidden?: string[];
	/** Absent: no answer is lost. */
	loss?: Loss;
	/** What Moodle answers to every question after the loss, but to who is asking. */
	refusal?: Plain;
	/** Whether the records are there before; by default they are where the operation does not make them. */
	begins?: Mood;
}

/** What a run came to, and the writing requests: those that Moodle got or would have got, and those it carried out. */
export interface Hidden extends Ran {
	sent: number;
	accepted: string[];
}

export const EVERYTHING = 'everything';

/** Fields by which records are recognised. */
export const KEYS = ['name', 'shortname', 'idnumber', 'username', 'email'];

const isMaking = ({ value }: Operation) => ['create', 'upsert', 'duplicate'].includes(value);

const REFUSED = JSON.stringify({
	exception: 'invalid_parameter_exception',
	errorcode: 'invalidparameter',
	message: 'Invalid parameter value detected',
});

const MISSING = {
	exception: 'dml_missing_record_exception',
	errorcode: 'invalidrecordunknown',
	message: "Can't find data record in database.",
};

/** The values of a form body by the last part of their names: `users[0][city]` is `city`. */
const flat = (body: string): Plain =>
	Object.fromEntries(
		[...new URLSearchParams(body)].map(([name, value]) => [
			/([^[\]]+)\]?$/.exec(name)?.[1] ?? name,
			value,
		]),
	);

const ROW = {
	id: 42,
	username: 'stored',
	firstname: 'Stored',
	lastname: 'Person',
	email: 'stored@example.org',
	idnumber: 'S-1',
	city: 'Stored',
	department: 'Stored',
	profileimageurl: '',
	profileimageurlsmall: '',
};
const CATEGORY = {
	description: '',
	descriptionformat: 1,
	parent: 0,
	sortorder: 1,
	coursecount: 0,
	visible: 1,
	depth: 1,
	path: '/1',
};

/** The rows of a site, as far as they cannot be made from the descriptions alone. */
class Rows {
	/** The record that was written, or is there from the start. */
	readonly there: Plain = {};

	constructor(
		private readonly resource: string,
		private readonly mood: () => Mood,
	) {}

	readonly replies = {
		core_user_get_users_by_field: ({ field, values }: Plain) => {
			const one = { ...ROW, ...this.there };
			const users = [
				GUEST,
				...(this.mood() === 'found'
					? [{ ...one, fullname: `${one.firstname} ${one.lastname}`, id: 42 }]
					: []),
			];
			const wanted = (values as unknown[]).map((value) => String(value).toLowerCase());
			return users.filter((user) =>
				wanted.includes(String((user as Plain)[String(field)]).toLowerCase()),
			);
		},
		/** An activity that is gone is told from one that may not be seen. */
		core_course_get_course_module: () =>
			this.resource === 'activity' && this.mood() === 'none' ? MISSING : undefined,
		core_calendar_get_calendar_events: ({ events }: Plain) => {
			const { eventids = [] } = events as { eventids?: number[] };
			const there = this.mood() === 'none' ? [] : eventids;
			return { events: there.map((id) => ({ id })), warnings: [] };
		},
		core_course_get_categories: ({ criteria }: Plain) => {
			const rows = [{ ...CATEGORY, id: 43, name: 'Another', idnumber: 'O-2' }];
			const own = {
				name: String(this.there.name ?? 'Other'),
				idnumber: String(this.there.idnumber ?? 'O-1'),
			};
			if (this.resource !== 'category')
				rows.push({ ...CATEGORY, id: 42, name: 'Other', idnumber: 'O-1' });
			else if (this.mood() === 'found') rows.push({ ...CATEGORY, id: 42, ...own });
			const ids = (criteria as Plain[] | undefined)?.find(({ key }) => key === 'ids')?.value;
			return ids === undefined
				? rows
				: rows.filter((row) => String(ids).split(',').includes(String(row.id)));
		},
	};
}

/** Takes fields out of every row. */
function without(value: unknown, hidden: string[]): unknown {
	if (Array.isArray(value)) return value.map((entry) => without(entry, hidden));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => !hidden.includes(key))
			.map(([key, inner]) => [key, without(inner, hidden)]),
	);
}

/** An answer as the account gets it. Nobody is found by a field that is hidden; an administrator would see more. */
function veiled(body: string, text: string, hidden: string[]): string {
	const name = functionOf(body);
	const reply: unknown = JSON.parse(text);
	if (name === 'core_webservice_get_site_info')
		return JSON.stringify({ ...(reply as Plain), userissiteadmin: false });
	const isUsers = name === 'core_user_get_users_by_field';
	if (
		isUsers &&
		(hidden.includes(EVERYTHING) || hidden.includes(String(new URLSearchParams(body).get('field'))))
	)
		return '[]';
	const mayHide = optionalKeys(name).filter((key) => hidden.includes(key));
	return mayHide.length === 0 ? text : JSON.stringify(without(reply, mayHide));
}

/** The keys that Moodle may leave out of the rows of a function's answer. */
export function optionalKeys(name: string): string[] {
	const walk = (description: Description | null): string[] => {
		if (description === null) return [];
		if ('items' in description) return walk(description.items);
		if (!('keys' in description)) return [];
		return Object.entries(description.keys).flatMap(([key, inner]) =>
			key === 'warnings' ? [] : [...((inner.required ?? 1) === 1 ? [] : [key]), ...walk(inner)],
		);
	};
	return [...new Set(walk(catalogue(VERSION).functions[name]?.returns ?? null))];
}

/** Runs an operation for one item, everything filled in. */
export async function runHidden({
	operation,
	hidden = [],
	loss,
	refusal,
	begins = operation.value === 'upsert' ? 'none' : 'found',
}: Situation): Promise<Hidden> {
	let mood = begins;
	let isLost = loss === undefined;
	const rows = new Rows(operation.resource, () => mood);
	const accepted: string[] = [];
	let sent = 0;
	const own = new Set(operation.calls.map((call) => call.function));
	const carryOut = (body: string) => {
		accepted.push(body);
		if (!isMaking(operation)) return void (mood = 'none');
		if (begins === 'none' || operation.value !== 'upsert') Object.assign(rows.there, flat(body));
		mood = 'found';
	};
	const between =
		(send: Send): Send =>
		async (body) => {
			if (!own.has(functionOf(body))) {
				if (refusal && sent > 0 && functionOf(body) !== 'core_webservice_get_site_info')
					return { status: 200, headers: {}, text: JSON.stringify(refusal) };
				const reply = await send(body);
				return { ...reply, text: veiled(body, reply.text, hidden) };
			}
			sent++;
			const isFirst = !isLost;
			isLost = true;
			// What is there cannot be made again, what is gone cannot be deleted.
			const isTwice =
				accepted.length > 0 ||
				(begins === 'found' &&
					operation.value === 'upsert' &&
					functionOf(body) === operation.calls[0].function);
			if (isTwice) return { status: 200, headers: {}, text: REFUSED };
			if (!isFirst || loss === 'done') carryOut(body);
			if (isFirst) throw new NetworkFailure('ECONNRESET');
			return await send(body);
		};
	const matchBy = parametersOf(operation).find(({ name }) => name === 'matchBy');
	const values: Values = {
		...workable(operation),
		...full(operation, VERSION)[0].values,
		...(matchBy ? { matchBy: matchBy.default } : {}),
	};
	if (begins === 'found' && operation.value === 'upsert')
		for (const key of KEYS) if (key in values) rows.there[key] = values[key];
	const { keys } = specialOf(operation);
	const ran = await runOne({
		operation,
		values,
		version: VERSION,
		mood: () => mood,
		keys,
		there: rows.there,
		replies: rows.replies,
		between,
	});
	return { ...ran, sent, accepted };
}
