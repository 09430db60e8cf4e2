import type { Read } from '../moodle/calls';
import type { Json } from '../moodle/values';
import type { SiteInfo } from '../moodle/version';
import type { Answers } from './answers';

/** A record found: its id, a label for messages, and all that was read of it where that is worth keeping. */
export interface Found {
	id: number;
	/** For messages about several hits, e.g. `Ada Byron (ID 42)`. */
	label: string;
	/** The text by which it was found, as Moodle has it: databases differ in what they take for the same. */
	key: string;
	/** It is there, but Moodle cannot put it into words, so that its id is not known. */
	unreadable?: boolean;
}

/** What a finder needs. */
export interface FinderContext {
	read: Read;
	site: () => Promise<SiteInfo | undefined>;
}

/** Looks many distinct values up together, each spelling by itself. */
export type Finder = (
	context: FinderContext,
	mode: string,
	values: string[],
	scope?: number,
) => Promise<Answers<Found>>;

/** The row of a list as found by `key`. */
export function foundRow(row: Json, key: string, label: string): Found {
	const found: Found = {
		id: Number(row.id),
		key: String(row[key] ?? ''),
		label: `${label} (ID ${String(row.id)})`,
	};
	return row.unreadable === true ? { ...found, unreadable: true } : found;
}
