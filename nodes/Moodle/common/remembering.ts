/** Asks once for each key; whoever asks again gets the same answer, or the same failure. */
export function remembering<K, T>(ask: (key: K) => Promise<T>): (key: K) => Promise<T> {
	const known = new Map<K, Promise<T>>();
	return async (key) => {
		const answer = known.get(key) ?? ask(key);
		known.set(key, answer);
		return await answer;
	};
}
