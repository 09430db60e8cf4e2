import { NetworkFailure, type SendRequest } from '../../nodes/Moodle/moodle/client';
import type { RawReply } from '../../nodes/Moodle/moodle/decode';
import { functionOf, type InProcessMoodle } from './inProcess';
import type { VirtualClock } from './virtualClock';

const page = '<!DOCTYPE html><html><body>A page</body></html>';
const reply = (status: number, text: string, headers: Record<string, string> = {}): RawReply => ({ status, headers, text });
const lost = (code: string): never => {
	throw new NetworkFailure(code);
};
const exception = (errorcode: string, name = 'moodle_exception') =>
	reply(200, JSON.stringify({ exception: `core\\exception\\${name}`, errorcode, message: errorcode }));

/** Where a fault strikes: the server as it is, the body sent, the clock. */
interface Strike {
	moodle: InProcessMoodle;
	body: string;
	clock: VirtualClock;
}

/**
 * Faults by name. `After` means that Moodle has carried the call out; `late` that it does so two seconds later.
 * All but the lasting ones (redirect, maintenance, revoked) strike one request.
 */
export const FAULTS = {
	refused: () => lost('ECONNREFUSED'),
	cutBefore: () => lost('ECONNRESET'),
	cutMidBody: ({ moodle, body }: Strike) => {
		// Half a form arrives: the token, which is last, is missing.
		moodle.answer(body.slice(0, Math.floor(body.length / 2)).replace(/&[^&]*$/, ''), '');
		return lost('ECONNRESET');
	},
	cutAfter: ({ moodle, body }: Strike) => {
		moodle.answer(body);
		return lost('ECONNRESET');
	},
	timeoutLate: ({ moodle, body, clock }: Strike) => {
		clock.plan(2000, () => moodle.answer(body));
		return lost('ETIMEDOUT');
	},
	/** Later than anybody waits, so that the request has been sent again meanwhile. */
	veryLate: ({ moodle, body, clock }: Strike) => {
		clock.plan(32_000, () => moodle.answer(body));
		return lost('ETIMEDOUT');
	},
	http429: () => reply(429, page),
	http429Wait: () => reply(429, page, { 'retry-after': '3' }),
	http503: () => reply(503, page),
	http503Wait: () => reply(503, page, { 'retry-after': '7' }),
	http502: () => reply(502, page),
	http502After: ({ moodle, body }: Strike) => {
		moodle.answer(body);
		return reply(502, page);
	},
	http504: () => reply(504, page),
	http504Late: ({ moodle, body, clock }: Strike) => {
		clock.plan(2000, () => moodle.answer(body));
		return reply(504, page);
	},
	http500After: ({ moodle, body }: Strike) => {
		moodle.answer(body);
		return reply(500, '');
	},
	html: () => reply(200, page),
	htmlAfter: ({ moodle, body }: Strike) => {
		moodle.answer(body);
		return reply(200, page);
	},
	xml: () => reply(200, '<?xml version="1.0" encoding="UTF-8" ?><EXCEPTION class="moodle_exception"><ERRORCODE>invalidtoken</ERRORCODE></EXCEPTION>'),
	noise: ({ moodle, body }: Strike) => {
		const answered = moodle.answer(body);
		return { ...answered, text: `<br />\nWarning: something\n${answered.text}` };
	},
	empty: () => reply(200, ''),
	emptyAfter: ({ moodle, body }: Strike) => {
		moodle.answer(body);
		return reply(200, '');
	},
	deadlock: () => exception('dmlwriteexception', 'dml_write_exception'),
	redirect: () => reply(303, page, { location: 'https://other.example.org/webservice/rest/server.php' }),
	maintenance: () => exception('sitemaintenance'),
	revoked: ({ moodle, body }: Strike) => {
		moodle.revoke();
		return moodle.answer(body);
	},
} satisfies Record<string, (strike: Strike) => RawReply>;

export type Fault = keyof typeof FAULTS;

/** Faults after which nothing more of the run can work. */
export const LASTING: Fault[] = ['redirect', 'maintenance', 'revoked'];

/** Decides which fault strikes request number `index` (from 0). */
export type Schedule = (index: number, wsfunction: string) => Fault | undefined;

/** A way to the stand-in on which faults strike. `stillness` is set once a lasting fault has struck. */
export function faultySend(moodle: InProcessMoodle, clock: VirtualClock, schedule: Schedule): SendRequest {
	let index = 0;
	let lasting: Fault | undefined;
	return async (body) => {
		await Promise.resolve();
		const fault = lasting ?? schedule(index++, functionOf(body));
		if (fault && LASTING.includes(fault)) lasting = fault;
		return fault ? FAULTS[fault]({ moodle, body, clock }) : moodle.answer(body);
	};
}
