/** Something with keys that may not meet inside one request. */
export interface Keyed {
	keys: string[];
}

/**
 * Segments for a run that stops at the first failure: in the order of the items, cut wherever an item shares a key with
 * an earlier one of the same segment. Pure.
 */
export function inOrder<T extends Keyed>(entries: T[]): T[][] {
	const segments: T[][] = [];
	let seen = new Set<string>();
	let current: T[] = [];
	for (const entry of entries) {
		if (entry.keys.some((key) => seen.has(key))) {
			segments.push(current);
			current = [];
			seen = new Set();
		}
		entry.keys.forEach((key) => seen.add(key));
		current.push(entry);
	}
	if (current.length > 0) segments.push(current);
	return segments;
}

/**
 * Segments for a run that goes on after failures: an entry comes into the round after the last one with which it shares
 * a key. So what items do to the same record happens in their order, and all others share as few requests as possible. Pure.
 */
export function inRounds<T extends Keyed>(entries: T[]): T[][] {
	const rounds: T[][] = [];
	const lastRound = new Map<string, number>();
	for (const entry of entries) {
		const round = entry.keys.reduce(
			(latest, key) => Math.max(latest, (lastRound.get(key) ?? -1) + 1),
			0,
		);
		entry.keys.forEach((key) => lastRound.set(key, round));
		(rounds[round] ??= []).push(entry);
	}
	return rounds;
}
