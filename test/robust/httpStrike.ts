/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/** Runs of the node under fire over real HTTP: n8n-core in front, a faulty way in the middle, the stand-in behind. */
import * as http from 'node:http';
import type { IDataObject, INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { signatureOf } from '../../nodes/Moodle/moodle/signature';
import { startSandbox, type Fault, type Sandbox } from '../sandbox';
import { handlers } from '../sandbox/functions';
import { listening } from '../sandbox/listening';
import { RestServer } from '../sandbox/rest';
import { startFaultyProxy, type FaultyProxy } from '../support/faultyProxy';
import { startTlsProxy, type TlsFault, type TlsProxy } from '../support/tlsProxy';
import { runNode, serialise, type NodeRun } from '../support/harness';
import { InProcessMoodle } from '../support/inProcess';
import type { Scenario } from './scenarios';

/** n8n's three settings of On Error. */
export const MODES = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const;
export type Mode = (typeof MODES)[number];

/** A server that nobody may talk to. */
export interface Stranger {
	url: string;
	/** What came all the same. */
	seen: string[];
	close(): Promise<void>;
}

/** Where a run happens. */
export interface World {
	sandbox: Sandbox;
	proxy: FaultyProxy;
	/** TLS in front of the site, where a fault asks for it. Nobody vouches for its certificate. */
	tls?: TlsProxy;
	stranger: Stranger;
	/** The same site without a network, as the scenarios take it. */
	moodle: InProcessMoodle;
	/** When everything late will have happened. */
	settled: number;
	/** How often a fault has struck. */
	struck: number;
}

const page = '<!DOCTYPE html><html><body>A page</body></html>';
const html = { 'Content-Type': 'text/html' };
const json = { 'Content-Type': 'application/json' };
const xml =
	'<?xml version="1.0" encoding="UTF-8" ?>\n<EXCEPTION class="core\\exception\\moodle_exception"><ERRORCODE>invalidtoken</ERRORCODE></EXCEPTION>';
const deadlock = JSON.stringify({
	exception: 'core\\exception\\dml_write_exception',
	errorcode: 'dmlwriteexception',
	message: 'Error writing to database',
});

const maintenance = JSON.stringify({
	exception: 'core\\exception\\moodle_exception',
	errorcode: 'sitemaintenance',
	message: 'The site is undergoing maintenance',
});

/** Arranges for something to go wrong with request number `at`. */
export type Arrange = (world: World, at: number) => Promise<void> | void;

const answering =
	(fault: Fault): Arrange =>
	(world, at) => {
		let number = 0;
		world.sandbox.switches.fault = () => {
			if (number++ !== at) return null;
			world.struck++;
			world.settled = Date.now() + (fault.execute === 'later' ? (fault.laterMs ?? 1000) + 100 : 0);
			return fault;
		};
	};

/** A state of the site from request `at` on. */
const fromThenOn =
	(change: (world: World) => void, fault?: (world: World) => Fault): Arrange =>
	(world, at) => {
		let number = 0;
		world.sandbox.switches.fault = () => {
			if (number++ < at) return null;
			if (world.struck++ === 0) change(world);
			return fault?.(world) ?? null;
		};
	};

const onTheWay =
	(fault: 'cutBefore' | 'cutRequest' | 'cutAnswer' | 'noise'): Arrange =>
	(world, at) => {
		world.proxy.fault = (index) => {
			if (index !== at) return undefined;
			world.struck++;
			return fault;
		};
	};

/** The site behind TLS, on which the encryption breaks at request `at`. */
function overTls(fault: TlsFault): Arrange {
	return async (world, at) => {
		world.tls = await startTlsProxy(world.sandbox.url);
		world.tls.fault = (index) => {
			if (index !== at) return undefined;
			world.struck++;
			return fault;
		};
	};
}

/** Faults that strike one request. `After` means that Moodle has carried it out, `Late` that it does so two seconds after we gave up. */
export const PASSING = {
	refused: async (world, at) => {
		await world.proxy.refuseFrom(at, 300);
		world.struck++;
	},
	cutBefore: onTheWay('cutBefore'),
	cutRequest: onTheWay('cutRequest'),
	cutAfter: onTheWay('cutAnswer'),
	cutMidAnswer: answering({ execute: true, cut: 'midbody' }),
	timeout: answering({ execute: false, delayMs: 5600 }),
	timeoutLate: answering({ execute: 'later', laterMs: 5000, delayMs: 5600 }),
	http429: answering({ execute: false, status: 429, body: page, headers: html }),
	http429Wait: answering({
		execute: false,
		status: 429,
		body: page,
		headers: { ...html, 'Retry-After': '1' },
	}),
	http503: answering({ execute: false, status: 503, body: page, headers: html }),
	http503Wait: answering({
		execute: false,
		status: 503,
		body: page,
		headers: { ...html, 'Retry-After': '1' },
	}),
	http503After: answering({ execute: true, status: 503, body: page, headers: html }),
	http503AfterWait: answering({
		execute: true,
		status: 503,
		body: page,
		headers: { ...html, 'Retry-After': '1' },
	}),
	/** The encryption breaks when Moodle has carried the request out. */
	tlsBadRecord: overTls('badRecord'),
	tlsPlainText: overTls('plainText'),
	http502: answering({ execute: false, status: 502, body: page, headers: html }),
	http502After: answering({ execute: true, status: 502, body: page, headers: html }),
	http504: answering({ execute: false, status: 504, body: page, headers: html }),
	http504Late: answering({
		execute: 'later',
		laterMs: 2000,
		status: 504,
		body: page,
		headers: html,
	}),
	http500After: answering({ execute: true, status: 500, body: '', headers: html }),
	html: answering({ execute: false, status: 200, body: page, headers: html }),
	htmlAfter: answering({ execute: true, status: 200, body: page, headers: html }),
	xml: answering({
		execute: false,
		status: 200,
		body: xml,
		headers: { 'Content-Type': 'application/xml' },
	}),
	noise: onTheWay('noise'),
	empty: answering({ execute: false, status: 200, body: '', headers: json }),
	emptyAfter: answering({ execute: true, status: 200, body: '', headers: json }),
	deadlock: answering({ execute: false, status: 200, body: deadlock, headers: json }),
} satisfies Record<string, Arrange>;

/** Faults after which nothing more of a run can work. */
export const LASTING = {
	redirect303: fromThenOn(
		({ sandbox, stranger }) => (sandbox.switches.httpsRedirect = stranger.url),
	),
	redirect307: fromThenOn(
		() => undefined,
		({ stranger }) => ({
			execute: false,
			status: 307,
			body: '',
			headers: { Location: `${stranger.url}/webservice/rest/server.php` },
		}),
	),
	// Not by the switch: the administrator may enter a site in maintenance.
	maintenance: fromThenOn(
		() => undefined,
		() => ({ execute: false, status: 200, body: maintenance, headers: json }),
	),
	/** A server that never comes back. */
	lasting503: fromThenOn(
		() => undefined,
		() => ({ execute: false, status: 503, body: page, headers: html }),
	),
	revoked: fromThenOn(({ sandbox }) => sandbox.site.tokens.delete(sandbox.token)),
} satisfies Record<string, Arrange>;

/** Faults that need a short `Timeout` to be seen. */
const SHORT = new Set(['timeout', 'timeoutLate']);

export type FaultName = keyof typeof PASSING | keyof typeof LASTING;

export const FAULT_NAMES = [...Object.keys(PASSING), ...Object.keys(LASTING)] as FaultName[];

/** The one fault that no client can tell from a harmless one: who asks to come back says that the request was not taken. */
const LIES: FaultName = 'http503AfterWait';

/** The faults under which the promises hold. */
export const STRIKING: FaultName[] = FAULT_NAMES.filter((fault) => fault !== LIES);

export const isPassing = (name: FaultName): boolean => name in PASSING;

export async function startStranger(): Promise<Stranger> {
	const seen: string[] = [];
	const server = http.createServer((request, response) => {
		seen.push(`${request.method} ${request.url}`);
		response.end('[]');
	});
	return { ...(await listening(server)), seen };
}

/** The stand-in behind HTTP as the scenarios take it: the same tables, asked without a network. */
function beside(sandbox: Sandbox): InProcessMoodle {
	const rest = new RestServer(sandbox.site, sandbox.switches, handlers);
	return Object.assign(Object.create(InProcessMoodle.prototype) as InProcessMoodle, {
		site: sandbox.site,
		switches: sandbox.switches,
		token: sandbox.token,
		adminToken: sandbox.adminToken,
		accounts: sandbox.accounts,
		seen: [],
		rest,
	});
}

export async function openWorld(stranger: Stranger): Promise<World> {
	const sandbox = await startSandbox();
	const proxy = await startFaultyProxy(sandbox.url);
	return { sandbox, proxy, stranger, moodle: beside(sandbox), settled: 0, struck: 0 };
}

export async function closeWorld({ sandbox, proxy, tls }: World): Promise<void> {
	await tls?.close();
	await proxy.close();
	await sandbox.close();
}

type Values = Record<string, unknown>;
const isValues = (value: unknown): value is Values =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Node parameters that give each item what the scenario says: fixed where all items agree, else an expression. */
export function parametersOf(items: Values[], path = '$json'): INodeParameters {
	const names = new Set(items.flatMap((item) => Object.keys(item)));
	const made: INodeParameters = {};
	for (const name of names) {
		const values = items.map((item) => item[name]);
		const first = values.find((value) => value !== undefined);
		const place = `${path}.${name}`;
		if (isValues(first))
			made[name] = {
				...('mode' in first ? { __rl: true } : {}),
				...parametersOf(
					values.map((value) => (isValues(value) ? value : {})),
					place,
				),
			};
		else
			made[name] = values.every((value) => value === first) ? (first as string) : `={{ ${place} }}`;
	}
	return made;
}

/** One run under fire. */
export interface Plan {
	scenario: Scenario;
	mode: Mode;
	count: number;
	/** Indexes of items that Moodle refuses. */
	bad?: Set<number>;
	/** Entries of Options. */
	options?: IDataObject;
	/** Parameters beside those of the scenario. */
	more?: INodeParameters;
	signal?: AbortSignal;
}

/** A world prepared for a scenario, and the items of the run. */
export function prepare(world: World, { scenario, count, bad = new Set() }: Plan): Values[] {
	scenario.prepare(world.moodle, count);
	return Array.from({ length: count }, (_, index) =>
		bad.has(index) ? scenario.bad(index, world.moodle) : scenario.item(index, world.moodle),
	);
}

/** Where the node finds the site. Nobody vouches for the certificate of the TLS proxy. */
export const addressOf = ({ tls, proxy }: World) =>
	tls ? { siteUrl: tls.url, ignoreSslIssues: true } : { siteUrl: proxy.url };

/** Runs the node as n8n does. */
export async function shoot(
	world: World,
	items: Values[],
	{ scenario, mode, options, more, signal }: Plan,
): Promise<NodeRun> {
	const { resource, value } = scenario.operation;
	const { options: own, ...parameters } = parametersOf(items);
	return await runNode(new Moodle(), {
		parameters: {
			resource,
			operation: value,
			...parameters,
			...more,
			options: {
				...(own as IDataObject | undefined),
				recordsPerRequest: 4,
				recoverySeconds: 3,
				...options,
			} as INodeParameters,
		},
		items: items as IDataObject[],
		onError: mode as INode['onError'],
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { ...addressOf(world), token: world.sandbox.token } },
		signal,
	});
}

/** What is told of the items, by index. */
export interface Told {
	/** Items that came out as done. */
	done: Set<number>;
	/** The words for items that did not. */
	problems: Map<number, string>;
	/** How often an item was told of. */
	times: Map<number, number>;
	/** In a run that stopped: the item at which it did, Infinity for a run that went through. */
	stoppedAt: number;
}

const indexesOf = ({ pairedItem }: INodeExecutionData): number[] =>
	[pairedItem ?? []].flat().map((pair) => (typeof pair === 'number' ? pair : pair.item));

const note = (times: Map<number, number>, index: number) =>
	times.set(index, (times.get(index) ?? 0) + 1);

export function toldBy(run: NodeRun, mode: Mode): Told {
	const told: Told = {
		done: new Set(),
		problems: new Map(),
		times: new Map(),
		stoppedAt: Infinity,
	};
	const failed = [
		...run.failed,
		...(mode === 'continueRegularOutput' ? run.success.filter((item) => 'error' in item.json) : []),
	];
	for (const item of failed) {
		for (const index of indexesOf(item)) {
			told.problems.set(index, String(item.json.error));
			note(told.times, index);
		}
	}
	for (const item of run.success) {
		if (failed.includes(item)) continue;
		for (const index of new Set(indexesOf(item))) {
			told.done.add(index);
			note(told.times, index);
		}
	}
	if (run.error && mode === 'stopWorkflow') {
		told.stoppedAt = Number(run.error.context?.itemIndex ?? 0);
		told.problems.set(told.stoppedAt, `${run.error.message} ${run.error.description ?? ''}`);
	}
	return told;
}

const isOpen = (words: string | undefined) => words?.includes('may have been') === true;

/**
 * Fails unless what is told of each item is true of the site: done once, or not done, or openly unknown.
 */
export function expectTruthOf(
	{ scenario, count, mode }: Plan,
	told: Told,
	moodle: InProcessMoodle,
): void {
	for (let index = 0; index < count; index++) {
		const times = scenario.done(moodle, index);
		const words = told.problems.get(index);
		const where = `${scenario.name}, ${mode}, item ${index}: ${words ?? (told.done.has(index) ? 'told done' : 'told nothing')}, done ${times} times`;
		if (times > 1) throw new Error(`doubled: ${where}`);
		if (told.done.has(index) && times === 0) throw new Error(`told done, is not: ${where}`);
		if (words !== undefined && !isOpen(words) && times > 0 && !scenario.startsDone?.(index))
			throw new Error(`told not done, is: ${where}`);
		if (told.stoppedAt === Infinity && told.times.get(index) !== 1)
			throw new Error(`told ${told.times.get(index) ?? 0} times: ${where}`);
		if (mode === 'stopWorkflow' && index < told.stoppedAt && times === 0)
			throw new Error(`before the stop, not done: ${where}`);
	}
}

/** Fails when what n8n keeps of the run holds the token in any form. */
export function expectNoToken(run: NodeRun, token: string): void {
	const kept = serialise(run.run.data.resultData);
	for (const form of [token, Buffer.from(token).toString('base64')])
		if (kept.includes(form)) throw new Error('The token is in what n8n keeps of the run');
}

export const writes = (name: string | null) => name !== null && signatureOf(name)?.write === true;

/** Which request of a run without faults is the first to write; for reading operations the first of all. */
export function firstWrite({ sandbox }: World): number {
	return Math.max(
		0,
		sandbox.requests.findIndex((request) => writes(request.function)),
	);
}

/** One whole attack: a fresh site, a fault at request `at`, the run, everything late, the truth. */
export async function attack(
	plan: Plan,
	fault: FaultName | Arrange,
	at: number,
	stranger: Stranger,
): Promise<{ told: Told; run: NodeRun; world: World }> {
	const world = await openWorld(stranger);
	try {
		const items = prepare(world, plan);
		const arrange: Arrange = typeof fault === 'string' ? { ...PASSING, ...LASTING }[fault] : fault;
		await arrange(world, at);
		const options =
			typeof fault === 'string' && SHORT.has(fault)
				? { ...plan.options, timeout: 3000 }
				: plan.options;
		const run = await shoot(world, items, { ...plan, options });
		await new Promise((resolve) => setTimeout(resolve, Math.max(0, world.settled - Date.now())));
		const told = toldBy(run, plan.mode);
		expectTruthOf(plan, told, world.moodle);
		expectNoToken(run, world.sandbox.token);
		// On a busy machine an earlier request may have run out of time, which is the same fault.
		const isShort = typeof fault === 'string' && SHORT.has(fault);
		if (world.struck === 0 && !isShort) throw new Error('the fault did not strike');
		return { told, run, world };
	} finally {
		await closeWorld(world);
	}
}

/** Does work for each of many, a few at a time. */
export async function pooled<T>(
	many: T[],
	width: number,
	work: (one: T) => Promise<void>,
): Promise<void> {
	let next = 0;
	await Promise.all(
		Array.from({ length: width }, async () => {
			while (next < many.length) await work(many[next++]);
		}),
	);
}
