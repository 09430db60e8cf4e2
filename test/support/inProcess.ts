/** The Moodle stand-in without a network: a request body goes in, a raw reply comes out. For thousands of runs in a test. */
import type { RawReply } from '../../nodes/Moodle/moodle/decode';
import { accountsOf, makeTokens, type AccountName, type Accounts } from '../sandbox/accounts';
import { handlers } from '../sandbox/functions';
import { defaultSwitches, route } from '../sandbox';
import { writeError } from '../sandbox/errors';
import { jsonEncode, parseUrlencoded } from '../sandbox/php';
import { firewallPage } from '../sandbox/pages';
import { phpArray, type Reply } from '../sandbox/request';
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
		return this.raw(this.run(body, token), body);
	}

	/**
	 * Begins a call that overlaps with others. It sees the site as it is now and changes it when it is finished, so that
	 * nobody sees its changes before. Where the database guards a key that was taken meanwhile (user names, memberships,
	 * enrolments), it is refused in the end; of short names, ID numbers, names and e-mail addresses there are two then.
	 */
	begin(body: string, token = this.token): { finish: () => RawReply } {
		const { result, commit } = this.site.journal.hold(() => this.run(body, token));
		return { finish: () => this.raw(commit() ? result : this.duplicate(), body) };
	}

	private duplicate(): Reply {
		const error = writeError('Duplicate entry');
		return {
			status: 200,
			headers: { 'Content-Type': 'application/json' },
			body: jsonEncode(error.body(this.site.version, false)),
			outcome: String(error.code),
		};
	}

	private run(body: string, token: string): Reply {
		const blocked = firewallPage(this.switches, body);
		if (blocked) return blocked;
		const sent = parseUrlencoded(`${body}&wstoken=${token}`);
		return route(this.site, this.switches, this.rest, {
			method: 'POST',
			path: '/webservice/rest/server.php',
			query: [],
			get: phpArray([]),
			post: phpArray(sent.slice(0, this.switches.maxInputVars + 1)),
			files: [],
			ip: '127.0.0.1',
		});
	}

	private raw(reply: Reply, body: string): RawReply {
		this.seen.push({ wsfunction: functionOf(body), outcome: reply.outcome });
		const headers = Object.fromEntries(
			Object.entries(reply.headers).map(([name, value]) => [name.toLowerCase(), value]),
		);
		return { status: reply.status, headers, text: String(reply.body) };
	}
}

/** The function a form body calls. */
export function functionOf(body: string): string {
	return new URLSearchParams(body).get('wsfunction') ?? '';
}
