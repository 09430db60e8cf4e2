/** The Moodle stand-in without a network: a request body goes in, a raw reply comes out. For thousands of runs in a test. */
import type { RawReply } from '../../nodes/Moodle/moodle/decode';
import { accountsOf, makeTokens, type AccountName, type Accounts } from '../sandbox/accounts';
import { handlers } from '../sandbox/functions';
import { defaultSwitches, route } from '../sandbox';
import { parseUrlencoded } from '../sandbox/php';
import { phpArray } from '../sandbox/request';
import { RestServer } from '../sandbox/rest';
import { Site } from '../sandbox/site';
import type { Database, MoodleVersion, Switches } from '../sandbox/types';

/** Which site, and who asks. */
export interface InProcessOptions {
	/** Default 5.1. */
	version?: MoodleVersion;
	/** Default: PostgreSQL under 5.0, MariaDB under the others. */
	database?: Database;
	/** Whose token `token` is, default `role`. */
	account?: AccountName;
}

/** A stand-in in this process. */
export class InProcessMoodle {
	readonly site: Site;

	readonly switches: Switches;

	/** Token of the account asked for. */
	readonly token: string;

	readonly adminToken: string;

	readonly accounts: Accounts;

	/** What arrived, in order: function and outcome (`ok` or the errorcode). */
	readonly seen: Array<{ wsfunction: string; outcome: string }> = [];

	private readonly rest: RestServer;

	constructor({ version = '5.1', database, account = 'role' }: InProcessOptions = {}) {
		this.site = new Site(version, 'https://moodle.example.org', database);
		this.switches = defaultSwitches({}, version);
		this.rest = new RestServer(this.site, this.switches, handlers);
		const tokens = makeTokens();
		this.accounts = accountsOf(this.site, tokens, account);
		this.token = tokens[account];
		this.adminToken = tokens.admin;
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
