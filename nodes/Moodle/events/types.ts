import type { INodeProperties } from 'n8n-workflow';
import type { Parameters } from '../actions/parameters';
import type { Resolved } from '../lookup/reference';
import type { Read } from '../moodle/calls';
import type { ReadFacts } from '../moodle/reads';
import type { Json } from '../moodle/values';
import type { SiteInfo } from '../moodle/version';

/** Something in Moodle that an event is about, as a look found it. */
export interface Row {
	/** What makes it the same thing at the next look: a safe integer above zero. */
	key: number;
	/** What makes it new again, e.g. `timemodified`; 0 for what only comes and goes. A safe integer, not negative. */
	version: number;
	/** Place in time: the server's seconds, or an id. The smallest is told first. */
	at: number;
	/** What the output needs of it. */
	data: Json;
}

/** What a look gave. */
export interface Look {
	rows: Row[];
	/** Things that were there at the last look and certainly are not any more. */
	gone?: number[];
	/** Where the next look goes on, for events that look at a part each time. */
	place?: number;
}

/**
 * - `base`: activation. All that is there now is known from then on; nothing is told.
 * - `news`: a poll.
 * - `sample`: somebody tries the node. A few rows are enough.
 */
export type Purpose = 'base' | 'news' | 'sample';

/** What an event may use when it looks. */
export interface Sight {
	read: Read;
	/** What the site tells about itself; undefined when the token may not ask. */
	site: () => Promise<SiteInfo | undefined>;
	purpose: Purpose;
	/** Keys that are known, with the version they had. */
	seen: ReadonlyMap<number, number>;
	/** For `window` events: nothing before it in time is told any more. */
	floor: number;
	place: number;
}

/** What the documentation says of an event. One sentence each, without a final period. */
export interface About {
	/** What it asks Moodle. */
	asks: string;
	/** How it knows what is new. */
	knows: string;
	/** What it cannot see. */
	misses: string;
	/** Requests of a poll. */
	cost: string;
}

/** An event of the trigger: what the user sees, and how Moodle is looked at. Everything else follows from it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface PollEvent<I extends object = any> {
	/** Value of the parameter, public: `userCreated`. */
	value: string;
	/** Title Case, e.g. `User Created`. */
	name: string;
	description: string;
	/** Functions that every poll needs. The first one is the event's own. */
	reads: ReadFacts[];
	/** Fields in the order they are shown, without display conditions. */
	fields: INodeProperties[];
	about: About;
	/** Whether things that came are told, or things that went. */
	tells: 'rows' | 'gone';
	/**
	 * For things in the order of time: how far back before the newest one told a look goes again, in the unit of `at`.
	 * What was written by a slow transaction shows late. Without it all that is there is remembered.
	 */
	overlap?: number;
	/** With an overlap: what lies before it stays known as well, because its place in time can rise. */
	remembers?: boolean;
	/** Most things that are remembered. */
	most: number;
	/**
	 * What is chosen, as far as it decides what is told: a change of it sets a new base line.
	 * @throws Problem naming field and value
	 */
	input: (parameters: Parameters) => I;
	/** @throws Problem, MoodleFailure: then the poll changes nothing */
	look: (input: Resolved<I>, sight: Sight) => Promise<Look>;
	/** The output items of rows that are to be told, one each, in their order. `rows` of things that went hold no data. */
	items: (input: Resolved<I>, rows: Row[], read: Read, show: Show) => Promise<Json[]>;
}

/** How the output is wanted. */
export interface Show {
	simple: boolean;
	/** Whether users are looked up. */
	users: boolean;
}

/** An event as its file writes it down, so that the input of its functions is known. */
export function event<I extends object>(spec: PollEvent<I>): PollEvent<I> {
	return spec;
}
