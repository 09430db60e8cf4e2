/**
 * Every event of the trigger in an active workflow of a real n8n: one workflow with a trigger for each event, polling every
 * minute, which is n8n's shortest. Everything happens once, by the scenarios that test/live/events has too.
 */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { TYPE, helper } from '../../tools/n8n/n8n.mjs';

const WORKFLOW = 'Every Event';
const MINUTE = 60_000;

function node(name, type, parameters, at, more = {}) {
	const position = [0, 0].map((_, axis) => at[axis] * 200);
	return { id: name, name, type, typeVersion: 1, position, parameters, ...more };
}

function workflow(triggers, credential) {
	const start = ({ event, parameters }, index) =>
		node(
			event,
			`${TYPE}Trigger`,
			{
				event,
				...parameters,
				pollTimes: { item: [{ mode: 'everyMinute' }] },
				options: {},
			},
			[0, index],
			{ credentials: { moodleApi: credential } },
		);
	const next = { main: [[{ node: 'Next', type: 'main', index: 0 }]] };
	return {
		name: WORKFLOW,
		nodes: [...triggers.map(start), node('Next', 'n8n-nodes-base.noOp', {}, [1, 0])],
		connections: Object.fromEntries(triggers.map(({ event }) => [event, next])),
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	};
}

/** n8n answers before it activates, and what happens until a trigger has its base line belongs to it: its log tells when. */
async function allActive(server, triggers) {
	/** n8n 1 tells it of the whole workflow. */
	const older = new RegExp(
		`Workflow "${WORKFLOW}".* activated|Added triggers and pollers for workflow "${WORKFLOW}"`,
	);
	const isActive = ({ event }) =>
		server.log().includes(`Activated trigger node "${event}" for workflow "${WORKFLOW}"`) ||
		older.test(server.log());
	for (const from = Date.now(); !triggers.every(isActive); await wait(500)) {
		const [problem] =
			/There was a problem activating the workflow: [^\n]*/.exec(server.log()) ?? [];
		assert(!problem, problem);
		assert(Date.now() - from < 3 * MINUTE, 'not activated within three minutes');
	}
}

/** Whether an item holds what it must. */
function isIt(item, { fields, text = '' }) {
	try {
		const own = Object.fromEntries(Object.keys(fields).map((name) => [name, item[name]]));
		assert.deepEqual(own, fields);
		return JSON.stringify(item).includes(text);
	} catch {
		return false;
	}
}

/** Activates the workflow and lets everything happen; gives what looks later whether each was told, once. */
export async function watchEvents({ api, server, check, notTried, secrets }) {
	const site = await helper('events.ts');
	for (const secret of [site.token, site.adminToken]) if (secret) secrets.add(secret);
	const { triggers } = site;
	const name = 'Site of the events';
	const data = { siteUrl: site.url, token: site.token };
	const credential = { name, id: await api.credential(name, data) };
	const id = await api.workflow(workflow(triggers, credential));
	let expected;
	let happened;
	await check(`${triggers.length} triggers are activated in one workflow`, async () => {
		await api.activate(id);
		await allActive(server, triggers);
		({ expected } = await site.ask('happen'));
		happened = Date.now();
	});
	/** What each trigger has told so far, by its name. */
	const seen = new Map();
	async function look() {
		for (const { id: execution, status } of await api.executions(id)) {
			if (seen.has(execution) || !['success', 'error', 'crashed'].includes(status)) continue;
			seen.set(execution, { status, data: await api.data(execution) });
		}
		const told = Object.fromEntries(triggers.map(({ event }) => [event, []]));
		for (const { status, data: run } of seen.values()) {
			assert.equal(status, 'success', run?.resultData?.error?.message);
			for (const { event } of triggers)
				for (const entry of run.resultData.runData[event] ?? [])
					told[event].push(...(entry.data?.main?.[0] ?? []).map(({ json }) => json));
		}
		return told;
	}
	return async () => {
		if (expected) {
			const isThere = (told) =>
				triggers.every(({ event }) => told[event].some((item) => isIt(item, expected[event])));
			let told;
			for (const until = Date.now() + 2.5 * MINUTE; ; await wait(2000)) {
				told = await look();
				if (isThere(told) || Date.now() > until) break;
			}
			// what is told twice is told by the next poll
			await wait(Math.max(MINUTE / 12, happened + 2.2 * MINUTE - Date.now()));
			told = await look();
			for (const { event } of triggers)
				await check(`${event} is told, once`, () => {
					const items = told[event];
					assert.equal(items.filter((item) => isIt(item, expected[event])).length, 1, show(items));
					const texts = items.map((item) => JSON.stringify(item));
					assert.equal(new Set(texts).size, texts.length, show(items));
					return Object.keys(items[0]).join(', ');
				});
		}
		const { json: types } = await api.rest('GET', '/types/nodes.json');
		const { properties } = types.find((type) => type.name === `${TYPE}Trigger`);
		const all = properties.find((property) => property.name === 'event').options;
		for (const { value } of all)
			if (!triggers.some(({ event }) => event === value))
				notTried(value, 'what it needs is not given (test/live/eventScenarios.ts)');
		await api.deactivate(id);
		await site.close();
	};
}

const show = (items) => `${items.length} items: ${JSON.stringify(items).slice(0, 600)}`;
