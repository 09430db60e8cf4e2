import type { Output } from '../actions/types';
import type { Json } from '../moodle/values';

function isOutput(done: Json | Output): done is Output {
	return 'binary' in done && 'json' in done;
}

/** What an operation gives for an input, as output items. */
export function outputsOf(done: Json | Json[] | Output): Output[] {
	if (Array.isArray(done)) return done.map((json) => ({ json }));
	return isOutput(done) ? [done] : [{ json: done }];
}
