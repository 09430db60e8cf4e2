import { NetworkFailure, type SendRequest } from '../../nodes/Moodle/moodle/client';
import type { RawReply } from '../../nodes/Moodle/moodle/decode';
import { functionOf, type InProcessMoodle } from './inProcess';
import type { VirtualClock } from './virtualClock';

/** Milliseconds after which a request to a server that hangs is given up. */
const TIMEOUT = 60_000;

const page = '<!DOCTYPE html><html><body>A page</body></html>';
const reply = (status: number, text: string, headers: Record<string, string> = {}): RawReply => ({
	status,
	headers,
	text,
});
const lost = (code: string): never => {
	throw new NetworkFailure(code);
};
const exception = (errorcode: string, name = 'moodle_exception') =>
	reply(
		200,
		JSON.stringify({ exception: `core\\exception\\${name}`, errorcode, message: errorcode }),
	);

/** Where a fault strikes: the server as it is, the body sent, the clock. */
interface Strike {
	moodle: InProcessMoodle;
	body: string;
	clock: VirtualClock;
}

/** What a way answers: at once, or after some time of the clock. */
type Answer = RawReply | Promise<RawReply>;

/** A connection that breaks with this code before anything leaves. */
const before = (code: string) => (): Answer => lost(code);

/** A connection that breaks with this code when Moodle has carried the call out. */
const after =
	(code: string) =>
	({ moodle, body }: Strike): Answer => {
		moodle.answer(body);
		return lost(code);
	};

/**
 * Network codes, each before anything left and after the call was carried out. A broken encryption says the same in both
 * cases. The codes of certificates stand alone: nothing leaves before the certificate has been accepted.
 */
const NETWORK = {
	hostUnreachable: before('EHOSTUNREACH'),
	hostUnreachableAfter: after('EHOSTUNREACH'),
	netUnreachable: before('ENETUNREACH'),
	netUnreachableAfter: after('ENETUNREACH'),
	aborted: before('ECONNABORTED'),
	abortedAfter: after('ECONNABORTED'),
	pipe: before('EPIPE'),
	pipeAfter: after('EPIPE'),
	timeout: before('ETIMEDOUT'),
	timeoutAfter: after('ETIMEDOUT'),
	protocol: before('EPROTO'),
	protocolAfter: after('EPROTO'),
	wrongRecord: before('ERR_SSL_WRONG_VERSION_NUMBER'),
	wrongRecordAfter: after('ERR_SSL_WRONG_VERSION_NUMBER'),
	badRecordAfter: after('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'),
	alertAfter: after('ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC'),
	unknownHost: before('ENOTFOUND'),
	nameLookUp: before('EAI_AGAIN'),
	certificateExpired: before('CERT_HAS_EXPIRED'),
	certificateOwn: before('DEPTH_ZERO_SELF_SIGNED_CERT'),
	certificateName: before('ERR_TLS_CERT_ALTNAME_INVALID'),
	certificateIssuer: before('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
};

/**
 * Faults by name. `After` means that Moodle has carried the call out; `late` that it does so two seconds later.
 * All but the lasting ones strike one request.
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
	/** A gateway that passed the request on before it gave up. */
	http503After: ({ moodle, body }: Strike) => {
		moodle.answer(body);
		return reply(503, page);
	},
	http503AfterWait: ({ moodle, body }: Strike) => {
		moodle.answer(body);
		return reply(503, page, { 'retry-after': '7' });
	},
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
	xml: () =>
		reply(
			200,
			'<?xml version="1.0" encoding="UTF-8" ?><EXCEPTION class="moodle_exception"><ERRORCODE>invalidtoken</ERRORCODE></EXCEPTION>',
		),
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
	redirect: () =>
		reply(303, page, { location: 'https://other.example.org/webservice/rest/server.php' }),
	maintenance: () => exception('sitemaintenance'),
	revoked: ({ moodle, body }: Strike) => {
		moodle.revoke();
		return moodle.answer(body);
	},
	/** A server that takes requests and never answers again. */
	hanging: async ({ clock }: Strike) => {
		await clock.sleep(TIMEOUT);
		return lost('ETIMEDOUT');
	},
	/** The same, but it carries them out. */
	hangingAfter: async ({ moodle, body, clock }: Strike) => {
		moodle.answer(body);
		await clock.sleep(TIMEOUT);
		return lost('ETIMEDOUT');
	},
	...NETWORK,
} satisfies Record<string, (strike: Strike) => Answer>;

export type Fault = keyof typeof FAULTS;

/** Faults after which nothing more of the run can work. */
export const LASTING: Fault[] = [
	'redirect',
	'maintenance',
	'revoked',
	'hanging',
	'hangingAfter',
	'unknownHost',
	'certificateExpired',
	'certificateOwn',
	'certificateName',
	'certificateIssuer',
];

/** The one fault that no client can tell from a harmless one: who asks to come back says that the request was not taken. */
const LIES: Fault = 'http503AfterWait';

/** The faults that the suites let strike. */
export const STRIKING: Fault[] = (Object.keys(FAULTS) as Fault[]).filter((fault) => fault !== LIES);

/** Decides which fault strikes request number `index` (from 0). */
export type Schedule = (index: number, wsfunction: string) => Fault | undefined;

/** A way to the stand-in on which faults strike. `stillness` is set once a lasting fault has struck. */
export function faultySend(
	moodle: InProcessMoodle,
	clock: VirtualClock,
	schedule: Schedule,
): SendRequest {
	let index = 0;
	let lasting: Fault | undefined;
	return async (body) => {
		await Promise.resolve();
		const fault = lasting ?? schedule(index++, functionOf(body));
		if (fault && LASTING.includes(fault)) lasting = fault;
		return fault ? FAULTS[fault]({ moodle, body, clock }) : moodle.answer(body);
	};
}
