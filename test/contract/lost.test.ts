/**
 * docs/guarantees.md says of every writing operation what is done when an answer is lost; that page is made from `repeat`.
 * Here each operation loses the answer to its first writing request, which Moodle has carried out.
 */
import { NetworkFailure } from '../../nodes/Moodle/moodle/client';
import type { CallFacts } from '../../nodes/Moodle/moodle/calls';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { functionOf } from '../support/inProcess';
import { nameOf, operations, runOne } from './support/runOne';
import { everyScenario } from './support/scenarios';
import { sitesOf } from './support/special';

/** The requests of a run whose first writing request lost its answer, from that one on. */
interface Lost {
	call: CallFacts;
	bodies: string[];
	problems: string[];
}

async function losing(operation: Operation): Promise<Lost[]> {
	const seen: Lost[] = [];
	const wanted = new Set(operation.calls.map((call) => call.function));
	for (const site of sitesOf(operation)) {
		for (const { values } of everyScenario(operation, '5.1')) {
			const bodies: string[] = [];
			const { problems } = await runOne({
				operation,
				values,
				version: '5.1',
				...site,
				between: (send) => async (body) => {
					const isFirst = bodies.length === 0 && wanted.has(functionOf(body));
					if (isFirst || bodies.length > 0) bodies.push(body);
					const reply = await send(body);
					if (isFirst) throw new NetworkFailure('ECONNRESET');
					return reply;
				},
			});
			const call = operation.calls.find((entry) => entry.function === functionOf(bodies[0] ?? ''));
			if (call) seen.push({ call, bodies, problems: problems.map(({ code }) => code) });
		}
	}
	return seen;
}

const writing = operations.filter(({ calls }) => calls.length > 0);

test.each(writing.map((operation) => ({ name: nameOf(operation), operation })))(
	'$name: does after a lost answer what docs/guarantees.md says',
	async ({ operation }) => {
		const seen = await losing(operation);
		expect(seen.length).toBeGreaterThan(0);
		for (const { call, bodies, problems } of seen) {
			const [first, ...later] = bodies;
			const again = later.findIndex((body) => functionOf(body) === functionOf(first));
			const told = { function: call.function, repeat: call.repeat, again, problems };
			if (call.repeat === 'safe') expect(told).toMatchObject({ again: 0 });
			else if (call.repeat === 'never')
				expect(told).toMatchObject({ again: -1, problems: [expect.any(String)] });
			else {
				// looked first: whatever is sent again, a question came before it. What has no key is told as open.
				expect(again).not.toBe(0);
				const isClear = later.length > 0 || problems.length === 1;
				expect({ ...told, isClear }).toMatchObject({ isClear: true });
			}
		}
	},
);
