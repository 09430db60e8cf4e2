import { Flight } from '../../nodes/Moodle/moodle/flight';
import type { Landing } from '../../nodes/Moodle/moodle/flightRound';
import { SiteSpeed } from '../../nodes/Moodle/moodle/siteSpeed';
import { ModelServer, type ServerModel } from './modelServer';
import { SimulatedTime } from './simulatedTime';

/** Records per Request in these runs. */
export const MOST = 50;

/** A server, and what is sent to it. */
export interface Situation {
	model?: Partial<ServerModel>;
	records?: number;
	/** One after the other, each with so many records. */
	functions?: string[];
	/** Whether something is looked up before, by a small request. */
	looksFirst?: boolean;
	/** Most requests that the user allows. */
	inFlight?: number;
	/** What earlier runs have shown of the site, and this one is going to. */
	site?: SiteSpeed;
	/** What the server was like in an earlier run of the same n8n. */
	before?: Partial<ServerModel>;
	/** By what the work of a request is multiplied. */
	load?: (time: number) => number;
	/** What becomes of request number `index`, where it is not answered. */
	fails?: (index: number) => boolean;
}

/** How a run went. */
export interface Run {
	/** The limits one after the other, with the time at which they came. */
	path: Array<{ at: number; limit: number }>;
	time: number;
	most: ModelServer['most'];
	requests: number;
}

/** Sends records as the dispatcher does: a batch as soon as one more may be under way; a failed one again, alone in its place. */
export async function fly({
	model = {},
	records = 2000,
	functions = ['create'],
	looksFirst = false,
	inFlight,
	site = new SiteSpeed(),
	before,
	load = () => 1,
	fails = () => false,
}: Situation): Promise<Run> {
	if (before) await fly({ model: before, records, site });
	const time = new SimulatedTime();
	const server = new ModelServer(
		time,
		{ cores: 8, perCall: 14, perRecord: 7, latency: 0, ...model },
		() => load(time.now()),
	);
	const flight = new Flight(time, inFlight, false, site);
	const path: Run['path'] = [];
	let requests = 0;
	const note = () => {
		if (path[path.length - 1]?.limit !== flight.limit)
			path.push({ at: Math.round(time.now()), limit: flight.limit });
	};
	const send = async (wsfunction: string, size: number) => {
		for (let isDone = false; !isDone; ) {
			const permit = await flight.enter(wsfunction);
			isDone = !fails(requests++);
			await server.work(size);
			const landing: Landing = isDone ? { records: size } : 'trouble';
			flight.leave(permit, landing);
			note();
		}
	};
	const open = new Set<Promise<void>>();
	const all = async (wsfunction: string) => {
		note();
		flight.measure(wsfunction);
		for (let left = records; left > 0; ) {
			if (open.size >= flight.limit) {
				await Promise.race(open);
				continue;
			}
			const size = Math.min(left, flight.share(left, MOST));
			left -= size;
			const one = send(wsfunction, size).finally(() => open.delete(one));
			open.add(one);
		}
		await Promise.all(open);
		flight.measure(undefined);
	};
	if (looksFirst) await time.through(send('look', 1));
	for (const wsfunction of functions) await time.through(all(wsfunction));
	return { path, time: time.now(), most: server.most, requests };
}

/** The limits of a run, one after the other. */
export const limits = ({ path }: Run) => path.map(({ limit }) => limit);

/** The limit that held at a time. */
export const limitAt = ({ path }: Run, at: number) =>
	path.filter((step) => step.at <= at).slice(-1)[0].limit;

/** Part of the run's time for which the limit was like this. */
export const shareOfTime = ({ path, time }: Run, isSo: (limit: number) => boolean) =>
	path.reduce(
		(sum, { at, limit }, index) => (isSo(limit) ? sum + (path[index + 1]?.at ?? time) - at : sum),
		0,
	) / time;

/** The least that a server needs for so many records in full requests. */
export const timeOf = ({ cores, perRecord, perCall, latency }: ServerModel, records: number) =>
	(records * perRecord + Math.max(cores, records / MOST) * perCall) / cores + latency;

/** The situations that show what the number of requests does. 14 ms a call, 7 ms a record, records as told. */
export const situations = {
	'One core': { model: { cores: 1 } },
	'Eight cores': {},
	'A site that slows down: six times slower from 1.5 s on': {
		records: 4000,
		// Each request is slower, as with a database that has run out of memory.
		load: (now: number) => (now < 1500 ? 1 : 6),
	},
	'429 or 503 for three requests': {
		records: 4000,
		fails: (index: number) => [40, 41, 42].includes(index),
	},
	'Deadlocks or lost answers again and again: every ninth request': {
		records: 4000,
		fails: (index: number) => index % 9 === 8,
	},
	'One core, after a run that found eight': { model: { cores: 1 }, before: {} },
} satisfies Record<string, Situation>;

/** The paths of the situations as a table: the limit, and from when on it held. */
export async function pathTable(): Promise<string> {
	const rows: string[] = [];
	for (const [name, situation] of Object.entries<Situation>(situations)) {
		const run = await fly(situation);
		const alone = await fly({ ...situation, inFlight: 1 });
		const path = run.path.map(({ at, limit }) => `${limit} (${(at / 1000).toFixed(2)} s)`);
		const shown = path.length > 12 ? [...path.slice(0, 12), '…'] : path;
		rows.push(
			`| ${name} | ${shown.join(', ')} | ${(run.time / 1000).toFixed(1)} s | ${(alone.time / 1000).toFixed(1)} s | ${run.most.requests} | ${run.most.records} |`,
		);
	}
	return [
		'| situation | requests under way, from when on | time | one request at a time | most requests at once | most records at once |',
		'|---|---|---|---|---|---|',
		...rows,
	].join('\n');
}
