/* eslint-disable @n8n/community-nodes/no-restricted-globals, @n8n/community-nodes/no-restricted-imports, no-console */
/**
 * A site in which every event of the trigger can happen, for events.mjs: the stand-in, or the one of MOODLE_URL and
 * MOODLE_TOKEN. Prints one line of JSON with the address, the token and what each trigger is to be set to, lets everything
 * happen when a line comes in, prints a line with what must be told, and cleans up when its standard input ends.
 */
import { createInterface } from 'node:readline';
import { openScene } from '../live/eventScenarios';
import { openSite } from '../live/site';

async function main() {
	const site = await openSite();
	const { scenarios, clear } = await openScene(site);
	const { url, token, sandbox } = site;
	const triggers = scenarios.map(({ event, parameters }) => ({ event, parameters }));
	console.log(JSON.stringify({ url, token, adminToken: sandbox?.adminToken, triggers }));
	for await (const line of createInterface({ input: process.stdin })) {
		if (line !== 'happen') continue;
		const expected: Record<string, unknown> = {};
		for (const { event, happen } of scenarios) expected[event] = await happen();
		console.log(JSON.stringify({ expected }));
	}
	await clear();
	await site.close();
	process.exit(0);
}

void main();
