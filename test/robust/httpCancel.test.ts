import { scenarios } from './scenarios';
import { closeWorld, firstWrite, openWorld, prepare, shoot, startStranger, toldBy, writes, type Plan, type Stranger } from './httpStrike';
let stranger: Stranger;
beforeAll(async () => { stranger = await startStranger(); });
afterAll(async () => await stranger.close());
test.each(['create','enrol','message','read'])('%s', async (name) => {
	const scenario = scenarios.find((s) => s.name === name)!;
	for (const execute of [true, false, 'later'] as const) {
	const world = await openWorld(stranger);
	const stop = new AbortController();
	const plan: Plan = { scenario, mode: 'continueErrorOutput', count: 12, signal: stop.signal };
	const items = prepare(world, plan);
	let n = 0;
	world.sandbox.switches.fault = (r) => {
		const isHit = name === 'read' ? true : writes(r.function);
		if (!isHit || n++ !== (name === 'read' ? 0 : 1)) return null;
		setTimeout(() => stop.abort(), 100);
		return { execute, laterMs: 300, delayMs: 500 };
	};
	const run = await shoot(world, items, plan);
	const at = world.proxy.connections;
	await new Promise((r) => setTimeout(r, 1500));
	console.log(name, execute, run.status, at, world.proxy.connections, JSON.stringify(run.run.data.resultData.runData.Moodle?.[0]?.executionStatus), run.success.length, run.failed.map((f) => f.json.error), run.error?.message,
		items.map((_, i) => scenario.done(world.moodle, i)), [...toldBy(run, plan.mode).done]);
	await closeWorld(world);
	}
});
