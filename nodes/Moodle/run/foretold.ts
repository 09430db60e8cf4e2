import type { Foretold } from '../actions/types';
import { trimmed } from '../moodle/spelling';
import { objectsOf, type Json } from '../moodle/values';
import type { Entry } from './inputs';

/** Stands for the id that a record will have. */
const NO_ID = 0;

/** A record as Moodle shows it once it is created: custom fields by their short names. */
function asShown(record: Json): Json {
	const fields = objectsOf(record.customfields).map(({ type, shortname, value }) => ({
		shortname: shortname ?? type,
		value,
		valueraw: value,
	}));
	return { ...record, id: NO_ID, ...(fields.length > 0 ? { customfields: fields } : {}) };
}

/** Fields by which Moodle tells records of one kind apart. */
const NAMES = ['username', 'email', 'idnumber', 'shortname', 'name'];

/** Whether two records share a name, spelt exactly so: keys take more for the same than databases do. */
function sharesName(a: Json, b: Json): boolean {
	return NAMES.some((name) => trimmed(a[name]) !== '' && trimmed(a[name]) === trimmed(b[name]));
}

/** What a dry run remembers of the records it has announced, by the keys of the items. */
export function foretelling(entries: Entry[]): Foretold {
	const keys = new Map(entries.map((entry) => [entry.item, entry.keys]));
	const records = new Map<string, Json>();
	return {
		record: (item, wanted) =>
			keys
				.get(item)
				?.map((key) => records.get(key))
				.find((record) => record !== undefined && sharesName(record, wanted)),
		created: (item, record) => keys.get(item)?.forEach((key) => records.set(key, asShown(record))),
	};
}
