import { isBlank } from '../actions/convert';
import type { Parameters } from '../actions/parameters';
import { isObject } from '../moodle/values';

/** The course module named by an activity locator that may be empty. */
export function maybeActivity(p: Parameters): number | undefined {
	const raw = p.raw('activityId');
	return isBlank(isObject(raw) ? raw.value : raw) ? undefined : p.activity();
}
