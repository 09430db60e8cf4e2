/** The fault classes of `faults.test.ts` over real HTTP, through n8n-core: every On Error setting, every class of operation. */
import type { Sandbox } from '../sandbox';
import type { Scenario } from './scenarios';
import { scenarios } from './scenarios';
import {
	attack,
	closeWorld,
	firstWrite,
	isPassing,
	MODES,
	openWorld,
	pooled,
	prepare,
	shoot,
	startStranger,
	STRIKING,
	type Arrange,
	type FaultName,
	type Mode,
	type Plan,
	type Stranger,
	type Told,
} from './httpStrike';

const COUNT = 10;

const chosen = ['create', 'upsert', 'enrol', 'member', 'message', 'read'].map(
	(name) => scenarios.find((scenario) => scenario.name === name)!,
);

const neverRepeated = (scenario: Scenario) => scenario.operation.calls[0]?.repeat === 'never';

/** Faults with which the request certainly was not carried out: even what may not be repeated is sent again. */
const HARMLESS: FaultName[] = [
	'refused',
	'http429',
	'http429Wait',
	'http503Wait',
	'xml',
	'noise',
	'deadlock',
];

const heals = (scenario: Scenario, fault: FaultName) =>
	isPassing(fault) && (!neverRepeated(scenario) || HARMLESS.includes(fault));

/** What a site refuses by size; the run must come through. */
const LIMITS = {
	...Object.fromEntries(
		[100, 300, 1000, 5000].map((most) => [
			`max_input_vars ${most}`,
			sized(({ switches }) => (switches.maxInputVars = most)),
		]),
	),
	'status 413': sized(({ switches }) => (switches.clientMaxBodySize = 800)),
	post_max_size: sized(({ switches }) => (switches.postMaxSize = 150_000)),
};

/** The faults that strike here. */

function sized(change: (sandbox: Sandbox) => void): Arrange {
	return (world) => {
		change(world.sandbox);
		world.struck++;
	};
}

/** Records of which a dozen fill more than `post_max_size`. */
const wordy = (scenario: Scenario): Scenario => ({
	...scenario,
	item: (index, moodle) => ({
		...scenario.item(index, moodle),
		additionalFields: { description: 'Long. '.repeat(2000) },
	}),
	bad: (index, moodle) => ({
		...scenario.bad(index, moodle),
		additionalFields: { description: 'Long. '.repeat(2000) },
	}),
});

interface Case {
	key: string;
	fault: FaultName | Arrange;
	plan: Plan;
	at: number;
}

let stranger: Stranger;

/** What went wrong, by case. */
const verdicts = new Map<string, string>();

/** What may not be repeated is told as open, and nothing beside it; on a busy machine more requests can run out of time. */
function expectOneOpen({ problems }: Told, fault: FaultName): void {
	const open = [...problems.values()].filter((words) =>
		words.includes('may have been carried out'),
	);
	if (open.length === 0 || (open.length > 1 && !fault.startsWith('timeout')))
		throw new Error(`${open.length} items are open: ${JSON.stringify([...problems])}`);
}

async function judge({ key, fault, plan, at }: Case): Promise<void> {
	try {
		const { told } = await attack(plan, fault, at, stranger);
		const bad = [...(plan.bad ?? [])];
		if (typeof fault !== 'string' || heals(plan.scenario, fault)) {
			const expected = plan.mode === 'stopWorkflow' ? bad.slice(0, 1) : bad;
			if ([...told.problems.keys()].join() !== expected.join())
				throw new Error(`did not heal: ${JSON.stringify([...told.problems])}`);
		} else if (isPassing(fault) && plan.mode !== 'stopWorkflow') expectOneOpen(told, fault);
		if (typeof fault === 'string' && !isPassing(fault) && told.problems.size === 0)
			throw new Error('nobody was told');
		verdicts.set(key, 'true');
	} catch (caught) {
		verdicts.set(key, caught instanceof Error ? caught.message : String(caught));
	}
}

const keyOf = (fault: string, scenario: Scenario, mode: Mode, where: string) =>
	`${fault}, ${scenario.name}, ${mode}, ${where}`;

/** A server that stays away is waited for at length, so that one setting must do. */
const modesOf = (fault: FaultName): readonly Mode[] =>
	fault === 'lasting503' ? ['continueErrorOutput'] : MODES;

function expectTrue(keys: string[]): void {
	expect(keys.map((key) => `${key}: ${verdicts.get(key)}`)).toEqual(
		keys.map((key) => `${key}: true`),
	);
}

/** The longest first, so that nobody waits for them; last those with a short time-out, when there is less to do beside them. */
function order({ fault }: Case): number {
	if (fault === 'lasting503') return 0;
	return typeof fault === 'string' && fault.startsWith('timeout') ? 2 : 1;
}

/** All runs at once, a few dozen at a time: most of their time is waiting. */
beforeAll(async () => {
	stranger = await startStranger();
	const cases: Case[] = [];
	for (const scenario of chosen) {
		const world = await openWorld(stranger);
		const plan: Plan = { scenario, mode: 'continueErrorOutput', count: COUNT };
		await shoot(world, prepare(world, plan), plan);
		const at = firstWrite(world);
		await closeWorld(world);
		for (const fault of STRIKING) {
			for (const mode of modesOf(fault))
				cases.push({
					key: keyOf(fault, scenario, mode, 'at the write'),
					fault,
					at,
					plan: { ...plan, mode },
				});
			if (fault === 'lasting503') continue;
			// The refused record stands in the second request that writes.
			cases.push({
				key: keyOf(fault, scenario, 'continueErrorOutput', 'at the start'),
				fault,
				at: 0,
				plan: { ...plan, bad: new Set([6]) },
			});
		}
		for (const [limit, fault] of Object.entries(LIMITS)) {
			if (limit === 'post_max_size' && !['create', 'upsert'].includes(scenario.name)) continue;
			const subject = limit === 'post_max_size' ? wordy(scenario) : scenario;
			for (const mode of MODES)
				cases.push({
					key: keyOf(limit, scenario, mode, 'throughout'),
					fault,
					at: 0,
					plan: {
						scenario: subject,
						mode,
						count: 30,
						bad: new Set([17]),
						options: { recordsPerRequest: 200 },
					},
				});
		}
	}
	cases.sort((a, b) => order(a) - order(b));
	await pooled(cases, 56, judge);
}, 600_000);

afterAll(async () => await stranger.close());

describe.each(STRIKING)('%s', (fault) => {
	test.each(chosen.map((scenario) => [scenario.name, scenario] as const))(
		'%s',
		(_name, scenario) => {
			expectTrue([
				...modesOf(fault).map((mode) => keyOf(fault, scenario, mode, 'at the write')),
				...(fault === 'lasting503'
					? []
					: [keyOf(fault, scenario, 'continueErrorOutput', 'at the start')]),
			]);
		},
	);
});

describe.each(Object.keys(LIMITS))('%s', (limit) => {
	const subjects = chosen.filter(
		(scenario) => limit !== 'post_max_size' || ['create', 'upsert'].includes(scenario.name),
	);
	test.each(subjects.map((scenario) => [scenario.name, scenario] as const))(
		'%s',
		(_name, scenario) => {
			expectTrue(MODES.map((mode) => keyOf(limit, scenario, mode, 'throughout')));
		},
	);
});

test('no request left for another address', () => {
	expect(stranger.seen).toEqual([]);
});
