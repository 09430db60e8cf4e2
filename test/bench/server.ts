/* eslint-disable @n8n/community-nodes/no-restricted-globals */
/** The stand-in in a process of its own, with the cost of a real Moodle: `server.ts <latency in ms>`. Ends with its parent. */
import { startSandbox } from '../sandbox';

async function main(): Promise<void> {
	const sandbox = await startSandbox({ latencyMs: Number(process.argv[2] ?? 0), costModel: true });
	sandbox.switches.keepForms = false;
	process.send?.({ url: sandbox.url, token: sandbox.token });
	process.on('disconnect', () => process.exit(0));
}

void main();
