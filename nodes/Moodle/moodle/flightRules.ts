/** By which numbers the flight decides. */

/** Requests under way at once while nothing is known of the site. */
export const START = 2;

/** Most requests under way at once, unless the user wants fewer. */
export const MOST_IN_FLIGHT = 16;

/** Records of the first requests, while nothing is known of the site. */
export const LEAST = 5;

/** How many times more requests are tried after a round in which none waited for another one. */
export const LEAP = 4;

/** A site that has borne so many requests at once bears twice as many full ones for a round. */
export const BROAD = 8;

/** Answers that take so much longer than usual are those of a site that is slowing down. */
export const SLOWER = 2;

/** A number in between is tried where so many times as much came; up to the other, more requests have brought nothing. */
export const [LIKELY, NOTHING] = [1.2, 1.05];

/** Rounds after which more requests are tried again; doubled each time that it does not help. */
export const PATIENCE = 4;

/** A function with so many times as many open requests as the one that is measured is what counts from then on. */
export const MANY_MORE = 2;
