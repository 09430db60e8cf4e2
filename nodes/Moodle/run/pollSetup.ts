import type { PollEvent, Sight } from '../events/types';
import { Problem } from '../moodle/problem';

/** @throws Problem naming the functions that the token's service lacks for an event */
export async function needFunctions(
	{ name, reads }: Pick<PollEvent, 'name' | 'reads'>,
	site: Sight['site'],
): Promise<void> {
	const info = await site();
	if (!info || info.functions.size === 0) return;
	const missing = [...new Set(reads.map((facts) => facts.function))].filter(
		(wanted) => !info.functions.has(wanted),
	);
	if (missing.length === 0) return;
	throw new Problem({
		message: `The token may not use what '${name}' needs`,
		mend: `Add to its service under Site administration > Server > Web services > External services > Functions: ${missing.join(', ')}.`,
		code: 'functionmissing',
		general: true,
	});
}
