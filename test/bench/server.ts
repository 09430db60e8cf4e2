/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/** The stand-in in a process of its own, with the cost of a real Moodle: `server.ts <latency in ms>`. Ends with its parent. */
import { startSandbox } from '../sandbox';

async function main(): Promise<void> {
	// n8n opens a connection for each request: one round trip for that, one for the request itself.
	const latencyMs = 2 * Number(process.argv[2] ?? 0);
	const sandbox = await startSandbox({ latencyMs, costModel: true });
	sandbox.switches.keepForms = false;
	process.send?.({ url: sandbox.url, token: sandbox.token });
	process.on('message', (isMeasured) => {
		Object.assign(sandbox.switches, {
			costModel: isMeasured === true,
			latencyMs: isMeasured === true ? latencyMs : 0,
		});
		process.send?.('switched');
	});
	process.on('disconnect', () => process.exit(0));
}

void main();
