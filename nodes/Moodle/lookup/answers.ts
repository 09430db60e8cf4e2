import { explain } from '../moodle/explain';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import { isStorable } from '../moodle/storable';
import { asIs } from '../common/asIs';
import { inParallel, READ_WIDTH } from '../common/parallel';
import { unreadableRecord } from './unreadableRecord';

/** What was found for each value: its records, none if there are none, or why it could not be looked up. */
export type Answers<T> = Map<string, T[] | Problem>;

/** Characters of the longest column by which records are found: ID numbers of users, short names of courses (lib/db/install.xml, 4.1 to 5.1). */
const LONGEST = 255;

/** Whether a record can have this text at all. What is longer is not sent: it could be too long for a request. */
export function canExist(value: string): boolean {
	return (
		value.trim() !== '' &&
		value.length <= 2 * LONGEST &&
		[...value].length <= LONGEST &&
		isStorable(value)
	);
}

/** The problem of a value whose request was refused; undefined when the refusal concerns other values, too. */
function ownProblem(caught: unknown, value: string): Problem | undefined {
	if (!(caught instanceof MoodleFailure)) return undefined;
	if (caught.code === 'invalidresponse') return unreadableRecord(`The record ${value}`);
	return ['record', 'context', 'tooBig'].includes(caught.reach) ? explain(caught) : undefined;
}

/**
 * Asks Moodle for each value by itself, a few at a time. A request that is refused is the problem of its value.
 *
 * @throws MoodleFailure that is not about one value
 */
export async function answerEach<T>(
	values: string[],
	ask: (value: string) => Promise<T[]>,
): Promise<Answers<T>> {
	const answers = await inParallel(
		values,
		READ_WIDTH,
		async (value): Promise<[string, T[] | Problem]> => {
			try {
				return [value, canExist(value) ? await ask(value) : []];
			} catch (caught) {
				const problem = ownProblem(caught, value);
				if (!problem) throw asIs(caught);
				return [value, problem];
			}
		},
	);
	return new Map(answers);
}

/** The same answers, with every record turned into something else. */
export function mapAnswers<T, R>(answers: Answers<T>, change: (record: T) => R): Answers<R> {
	return new Map(
		[...answers].map(([value, found]) => [
			value,
			found instanceof Problem ? found : found.map(change),
		]),
	);
}
