/** The Moodle stand-in without a network: a request body goes in, a raw reply comes out. For thousands of runs in a test. */
import type { RawReply } from '../../nodes/Moodle/moodle/decode';
import { handlers } from '../sandbox/functions';
import { defaultSwitches, route } from '../sandbox';
import { parseUrlencoded } from '../sandbox/php';
import { phpArray } from '../sandbox/request';
import { RestServer } from '../sandbox/rest';
import { Site } from '../sandbox/site';
import { addService, addToken, makeToken } from '../sandbox/tokens';
import type { MoodleVersion, Switches } from '../sandbox/types';

/** A stand-in in this process. */
export class InProcessMoodle {
	readonly site: Site;

	readonly switches: Switches;

	readonly token = makeToken();

	/** What arrived, in order: function and outcome (`ok` or the errorcode). */
	readonly seen: Array<{ wsfunction: string; outcome: string }> = [];

	private readonly rest: RestServer;

	constructor(version: MoodleVersion = '5.1') {
		this.site = new Site(version, 'https://moodle.example.org');
		this.switches = defaultSwitches({}, version);
		this.rest = new RestServer(this.site, this.switches, handlers);
		const service = addService(this.site, { shortname: 'sandbox_all', name: 'Everything' });
		addToken(this.site, { token: this.token, userid: 2, serviceid: service.id });
	}

	/** Takes the token away, as an administrator would. */
	revoke(): void {
		this.site.tokens.delete(this.token);
	}

	/** Answers a form body as PHP and Moodle would; the token is appended as the credential does it. */
	answer(body: string, token = this.token): RawReply {
		const sent = parseUrlencoded(`${body}&wstoken=${token}`);
		const reply = route(this.site, this.switches, this.rest, {
			method: 'POST',
			path: '/webservice/rest/server.php',
			query: [],
			get: phpArray([]),
			post: phpArray(sent.slice(0, this.switches.maxInputVars + 1)),
			files: [],
			ip: '127.0.0.1',
		});
		this.seen.push({ wsfunction: functionOf(body), outcome: reply.outcome });
		const headers = Object.fromEntries(Object.entries(reply.headers).map(([name, value]) => [name.toLowerCase(), value]));
		return { status: reply.status, headers, text: String(reply.body) };
	}
}

/** The function a form body calls. */
export function functionOf(body: string): string {
	return new URLSearchParams(body).get('wsfunction') ?? '';
}
