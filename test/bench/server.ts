/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/** The stand-in in a process of its own, with the cost of a real Moodle: `server.ts <model as JSON>`. Ends with its parent. */
import { startSandbox } from '../sandbox';
import { setCost } from '../sandbox/cost';
import type { Model } from './site';

/** Cores that work on calls in the order of their arrival. Work is waiting: the machine's own cores stay free. */
class Cores {
	/** When each core is free. */
	private readonly free: number[];

	/** Milliseconds of work done. */
	spent = 0;

	constructor(count: number) {
		this.free = new Array<number>(count).fill(0);
	}

	work = async (ms: number, from: number): Promise<void> => {
		const core = this.free.indexOf(Math.min(...this.free));
		const end = Math.max(from, this.free[core]) + ms;
		this.free[core] = end;
		this.spent += ms;
		await new Promise((resolve) => setTimeout(resolve, end - performance.now()));
	};
}

async function main(): Promise<void> {
	const model = JSON.parse(process.argv[2]) as Model;
	const cores = new Cores(model.cores);
	setCost('core_user_create_users', 14, model.costPerRecordMs);
	// n8n opens a connection for each request: one round trip for that, one for the request itself.
	const latencyMs = 2 * model.latencyMs;
	const sandbox = await startSandbox({ latencyMs, costModel: true });
	Object.assign(sandbox.switches, { keepForms: false, work: cores.work });
	process.send?.({ url: sandbox.url, token: sandbox.token });
	process.on('message', (isMeasured) => {
		const { spent } = cores;
		cores.spent = 0;
		Object.assign(sandbox.switches, {
			costModel: isMeasured === true,
			latencyMs: isMeasured === true ? latencyMs : 0,
		});
		process.send?.(spent);
	});
	process.on('disconnect', () => process.exit(0));
}

void main();
