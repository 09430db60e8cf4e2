import { asIs } from '../common/asIs';
import type { CallFacts, Read } from '../moodle/calls';
import type { Client } from '../moodle/client';
import { backOff, type Clock } from '../moodle/clock';
import { countRecords } from '../moodle/encode';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import { settled } from '../moodle/settle';
import type { Job } from './outcome';
import type { Pace } from './pace';
import { paramsOf } from './plan';
import { reconcile } from './reconcile';
import type { Verdicts } from './verdicts';

/** Tries of a write that certainly was not carried out, or that may be repeated. */
const TRIES = 5;

/** Deadlocks are over at the second try, or it is not one: a value too long for its column has the same code. */
const CONFLICTS = 3;

/** Answers of a gateway that may have passed the request on before it gave up. */
const GATEWAY = new Set(['http408', 'http503']);

/** Pages that may stand in place of the answer of a request that was carried out, those of a firewall among them. */
const PAGES = new Set(['html', 'notjson', 'http403', 'http406']);

/** Why a batch was not carried out, or may not have been. */
export interface Attempted {
	failure: MoodleFailure;
	/** Nobody can know whether it was carried out, although it was asked for. */
	isOpen: boolean;
}

/** What attempts need. */
export interface AttemptTools {
	client: Client;
	clock: Clock;
	read: Read;
	verdicts: Verdicts;
	pace: Pace;
	/** How long to look whether a request without an answer was carried out, in milliseconds. */
	patience: number;
}

/**
 * Sends one batch until its fate is known, or cannot be known.
 *
 * @returns undefined when it was carried out, its jobs settled; otherwise why not
 */
export async function attempt(batch: Job[], tools: AttemptTools): Promise<Attempted | undefined> {
	const { call } = batch[0];
	for (let tries = 1, conflicts = 0; ; tries++) {
		const failure = await once(batch, tools);
		if (!failure) return undefined;
		if (leavesOpen(failure)) for (const job of batch) job.perhapsDone = true;
		if (isHalfDone(batch, failure)) return { failure, isOpen: true };
		if (isRefusal(failure)) {
			const before = await doneBefore(batch, tools);
			if (before !== 'no') return before === 'yes' ? undefined : { failure, isOpen: true };
		}
		if (failure.reach === 'conflict') conflicts++;
		if (!mayRepeat(failure, call, failure.reach === 'conflict' ? conflicts : tries))
			return { failure, isOpen: false };
		if (failure.reach === 'lost' && call.repeat === 'lookup') {
			const finding = await reconcile(batch, tools.read, tools.clock, tools.patience);
			if (finding === 'unknown') return { failure, isOpen: true };
			if (finding !== 'notWritten') return settleFound(batch, finding.written, tools);
		} else await tools.clock.sleep(backOff(tools.clock, tries, failure.facts.retryAfter));
	}
}

function settleFound(batch: Job[], replies: unknown[], { verdicts }: AttemptTools): undefined {
	verdicts.settle(
		batch,
		replies.map((reply) => ({ reply })),
	);
}

/** One request; undefined when it was answered and its jobs are settled. */
async function once(
	batch: Job[],
	{ client, clock, verdicts, pace }: AttemptTools,
): Promise<MoodleFailure | undefined> {
	const { call } = batch[0];
	let start = clock.now();
	const mark = (isUnderWay: boolean) => batch.forEach((job) => (job.isUnderWay = isUnderWay));
	const leaves = () => {
		start = clock.now();
		mark(true);
		batch[0].openBefore = verdicts.openOf(call.function);
	};
	try {
		const reply = await client.call(call.function, paramsOf(batch), leaves);
		if (call.reply && !call.reply.safeParse(reply).success)
			throw asIs(
				new MoodleFailure(call.function, { reach: 'lost', code: 'notjson', exception: '' }),
			);
		verdicts.settle(
			batch,
			settled(
				call,
				reply,
				batch.map((job) => job.record),
			),
		);
	} catch (caught) {
		if (caught instanceof MoodleFailure) {
			mark(false);
			return asForWriting(caught, call);
		}
		if (!(caught instanceof Problem)) throw caught as Error;
		verdicts.fail(batch, caught);
	}
	mark(false);
	pace.took(batch.length, clock.now() - start);
	return undefined;
}

/**
 * A gateway that answers 503 or 408 may have passed the request on before. Only one that says when to come back has certainly
 * kept it; what may be repeated is repeated anyway.
 */
function asForWriting(failure: MoodleFailure, call: CallFacts): MoodleFailure {
	const isKept =
		failure.reach !== 'later' ||
		!GATEWAY.has(failure.code) ||
		failure.facts.retryAfter !== undefined;
	return isKept || call.repeat === 'safe' ? failure : failure.reaching('lost');
}

/** Whether a call may have been carried out all the same. A page in place of the answer proves nothing, also where all get one. */
function leavesOpen(failure: MoodleFailure): boolean {
	const { code, reach } = failure.facts;
	return reach === 'lost' || PAGES.has(code) || GATEWAY.has(code);
}

/** Moodle refused the records, or the database did, or a firewall in front of both. */
function isRefusal(failure: MoodleFailure): boolean {
	return failure.reach === 'record' || failure.reach === 'conflict';
}

/**
 * Whether records before the refused one may be written, so that no part of the batch can be sent again. Without a transaction,
 * a database that gives up keeps what one record has written so far.
 */
function isHalfDone(batch: Job[], { reach }: MoodleFailure): boolean {
	if (batch[0].call.atomic !== 'unknown') return false;
	if (reach === 'conflict') return true;
	return countRecords(paramsOf(batch)) > 1 && (reach === 'record' || reach === 'context');
}

/**
 * Whether a batch that is refused now had been carried out before, by a request whose answer was lost and which
 * Moodle finished after we stopped looking. Then it is settled here.
 */
async function doneBefore(batch: Job[], tools: AttemptTools): Promise<'yes' | 'no' | 'unknown'> {
	if (batch[0].call.repeat !== 'lookup' || !batch.every((job) => job.perhapsDone)) return 'no';
	const finding = await reconcile(batch, tools.read, tools.clock, 0);
	if (finding === 'notWritten') return 'no';
	if (finding === 'unknown') return 'unknown';
	settleFound(batch, finding.written, tools);
	return 'yes';
}

function mayRepeat(failure: MoodleFailure, { repeat }: CallFacts, tries: number): boolean {
	if (tries >= TRIES) return false;
	switch (failure.reach) {
		case 'later':
			return true;
		case 'unsent':
			return failure.code === 'ECONNREFUSED' || failure.code === 'EAI_AGAIN';
		case 'conflict':
			return tries < CONFLICTS;
		case 'lost':
			// An answer of Moodle that cannot be read would come again: only looking helps, or smaller requests.
			return repeat === 'lookup' || (repeat === 'safe' && !failure.answered);
		default:
			return false;
	}
}
