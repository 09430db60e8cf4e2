import { uncertain } from '../moodle/explain';
import { Problem } from '../moodle/problem';

/** Of an item that was not sent before the execution was cancelled. */
export const notSent = new Problem({
	message: 'The execution was cancelled before this item was sent',
	code: 'cancelled',
});

/** Of an item whose request was under way when the execution was cancelled. */
export const interrupted = new Problem({
	message: 'The execution was cancelled while this item was under way',
	code: 'cancelled',
});

/** Of an item that n8n could make the node send twice. */
export const retried = new Problem({
	message: "Not sent, because 'Retry On Fail' is on in the settings of this node",
	mend: 'n8n would run the node again for all items when one fails, and what has been sent would be sent once more. Switch it off: the node itself repeats whatever can be repeated safely.',
	code: 'retryonfail',
});

/** A defect of ours, or of n8n: only its name is told, because its text could hold anything. */
export function unexpected(caught: unknown): Problem {
	const problem = new Problem({
		message: `The node met something unexpected (${caught instanceof Error ? caught.name : typeof caught})`,
		mend: 'Please report it to the maintainers of this node, with the operation you used.',
		code: 'unexpected',
	});
	return uncertain(problem);
}
