/* eslint-disable @n8n/community-nodes/no-restricted-globals -- lets all that is ready to leave do so */
import type { SendRequest } from '../../nodes/Moodle/moodle/client';
import { functionOf } from './inProcess';

/** Functions that were asked at the same time, one time after the other: each wave is a round trip for which the run waits. */
export type Waves = string[][];

/**
 * A way to Moodle on which nothing is answered before all that can leave without an answer has left.
 *
 * @param waves what has left, to be filled
 */
export function inWaves(send: SendRequest, waves: Waves): SendRequest {
	let waiting: Array<{ wsfunction: string; go: () => void }> = [];
	const release = () => {
		const wave = waiting;
		waiting = [];
		waves.push(wave.map(({ wsfunction }) => wsfunction));
		for (const { go } of wave) go();
	};
	return async (body) => {
		await new Promise<void>((go) => {
			if (waiting.length === 0) setImmediate(release);
			waiting.push({ wsfunction: functionOf(body), go });
		});
		return await send(body);
	};
}
