/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/**
 * Every event of the trigger seen once, in n8n's poll context. Runs against the stand-in, and with MOODLE_URL and
 * MOODLE_TOKEN against a real Moodle; what else that needs says eventScenarios.ts.
 *
 * With MOODLE_EVENTS_COST=file a line for each event tells the requests, the records in their answers, their size and the
 * time they took: of the activation, of a poll with nothing new and of one with one new thing.
 */
import { appendFileSync } from 'node:fs';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { events } from '../../nodes/Moodle/events/registry';
import { MoodleTrigger } from '../../nodes/Moodle/MoodleTrigger.node';
import { counted } from '../support/counted';
import { createPoller } from '../support/harness';
import { lackingFor, openScene, type Scene } from './eventScenarios';
import { openSite, type LiveSite } from './site';

const { MOODLE_EVENTS_COST } = process.env;

/** Polls after the first one in which an event may be told: enough for 8,000 IDs of courses. */
const MORE = 20;

/** Sites that run on the machine of the test are slow. */
jest.setTimeout(180_000);

let site: LiveSite;
let scene: Scene;

beforeAll(async () => {
	site = await openSite();
	scene = await openScene(site);
});
afterAll(async () => {
	await scene.clear();
	await site.close();
});

for (const { value, name } of events)
	(lackingFor(value).length > 0 ? test.skip : test)(name, async () => {
		const { parameters, happen } = scene.scenarios.find(({ event }) => event === value)!;
		const poller = createPoller(new MoodleTrigger(), {
			parameters: { event: value, simplify: true, includeUsers: true, ...parameters },
			credentialTypes: { moodleApi: new MoodleApi() },
			credentials: { moodleApi: { siteUrl: site.url, token: site.token } },
		});
		const poll = async () => await counted(async () => await poller.poll());
		const base = await poll();
		expect(base.result).toBeNull();
		const nothing = await poll();
		expect(nothing.result).toBeNull();
		const { fields, text = '' } = await happen();
		// on a large site a change of a course shows when its turn comes
		let told = await poll();
		for (let more = 0; !told.result && more < MORE; more++) told = await poll();
		expect(told.result?.[0].map(({ json }) => json)).toMatchObject([fields]);
		expect(JSON.stringify(told.result)).toContain(text);
		expect(await poller.poll()).toBeNull();
		expect(JSON.stringify([told.result, poller.staticData])).not.toContain(site.token);
		if (MOODLE_EVENTS_COST)
			appendFileSync(
				MOODLE_EVENTS_COST,
				`| ${[
					name,
					...[base, nothing, told].map(
						({ requests, rows, bytes, milliseconds }) =>
							`${requests} / ${rows} / ${Math.round(bytes / 1024)} kB / ${milliseconds} ms`,
					),
				].join(' | ')} |\n`,
			);
	});
