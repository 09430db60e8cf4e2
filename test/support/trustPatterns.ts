import { setSafeRegexEngine } from 'n8n-workflow';

/**
 * n8n gives each pattern of a field 250 ms by the clock, to protect itself from patterns of others. On a machine that is
 * busy with other things that time can pass before a simple pattern has had its turn, and the whole run fails ("Regular
 * expression execution timed out"). The patterns here are our own: they need no guard.
 */
export function trustPatterns(): void {
	setSafeRegexEngine({
		exec: (pattern, input, flags) => new RegExp(pattern, flags).exec(input),
		test: (pattern, input, flags) => new RegExp(pattern, flags).test(input),
		replace: (pattern, input, flags, replacement) =>
			input.replace(new RegExp(pattern, flags), replacement),
		matchAll: (pattern, input, flags = '') => [
			...input.matchAll(new RegExp(pattern, flags.includes('g') ? flags : `${flags}g`)),
		],
		split: (pattern, input, flags) => input.split(new RegExp(pattern, flags)),
	});
}
