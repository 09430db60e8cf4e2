import type { Step } from '../actions/types';
import { asIs } from '../common/asIs';
import { inParallel, READ_WIDTH } from '../common/parallel';
import { MoodleFailure } from '../moodle/failure';
import type { Problem } from '../moodle/problem';

/** How inputs are done that are decided one by one. */
interface How {
	/** The problem that a caught failure is. */
	words: (caught: unknown) => Problem;
	/** One after the other, and none after the first problem. */
	oneByOne: boolean;
}

/**
 * Does one thing per input, a few at a time, order kept; a failure becomes the step of its input.
 *
 * @throws MoodleFailure that reaches everybody
 */
export async function doEach<I>(
	inputs: I[],
	work: (input: I) => Promise<Step>,
	{ words, oneByOne }: How,
): Promise<Step[]> {
	const one = async (input: I): Promise<Step> => {
		try {
			return await work(input);
		} catch (caught) {
			if (caught instanceof MoodleFailure && caught.reach === 'everybody') throw asIs(caught);
			return { problem: words(caught) };
		}
	};
	if (!oneByOne) return await inParallel(inputs, READ_WIDTH, one);
	const steps: Step[] = [];
	for (const input of inputs) {
		steps.push(await one(input));
		if ('problem' in steps[steps.length - 1]) break;
	}
	return steps;
}
