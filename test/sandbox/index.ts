/** An embedded Moodle stand-in: a Moodle of our own over HTTP, in memory. */
import { accountsOf, makeTokens, type Account, type Accounts } from './accounts';
import { addUser, giveCapabilities } from './builders';
import { download, upload } from './filestore';
import { handlers } from './functions';
import { listen } from './http';
import { login } from './login';
import { cliMaintenancePage, frontPage, notFoundPage } from './pages';
import { html, type Reply, type Request } from './request';
import { RestServer } from './rest';
import { Site } from './site';
import { addService, addToken, makeToken } from './tokens';
import type { MoodleVersion, SandboxOptions, SeenRequest, Switches } from './types';

export type { Account, AccountName, Accounts } from './accounts';
export type {
	Database,
	Fault,
	FaultRequest,
	MoodleVersion,
	SandboxOptions,
	SeenRequest,
	Switches,
} from './types';
export { Site } from './site';
export * from './builders';
export * from './builders-groups';
export { addCategory, addCourse } from './functions/course-tools';

/** Which token to add. */
export interface TokenOptions {
	userid: number;
	/** Functions of the token's own service, default all. */
	functions?: string[] | 'all';
	/** Seconds since 1970, 0 for ever. */
	validuntil?: number;
	/** Addresses or sub-nets, comma separated. */
	iprestriction?: string;
}

/** A running stand-in. */
export interface Sandbox {
	/** Address of the site, without a slash at the end. */
	url: string;
	/** Token of the account asked for, `role` where none was: the role of the documents and nothing else. */
	token: string;
	/** Token of the administrator (user 2) for every function: for making records and looking into the site. */
	adminToken: string;
	/** The account of `token`. */
	readonly account: Account;
	/** The accounts of the site, each made when first asked for. */
	accounts: Accounts;
	/** The data, readable and changeable in tests. */
	site: Site;
	switches: Switches;
	/** What came in, oldest first. */
	requests: SeenRequest[];
	/** Back to the seeded empty site; the tokens of `accounts` stay good, switches go back. */
	reset(): void;
	close(): Promise<void>;
	/** Adds a service of that name and a token for it. */
	addToken(name: string, options: TokenOptions): string;
	/** A token of a new account that may use web services and has these capabilities besides, and nothing else. */
	tokenWith(
		capabilities: string[],
		options?: Pick<TokenOptions, 'functions'> & { mayAssign?: number[] },
	): string;
}

/** Switches as a fresh site has them. */
export function defaultSwitches(options: SandboxOptions, version: MoodleVersion): Switches {
	return {
		webservices: true,
		rest: true,
		maintenance: false,
		latencyMs: options.latencyMs ?? 0,
		maxInputVars: options.maxInputVars ?? 1000,
		postMaxSize: options.postMaxSize ?? 8 * 1024 * 1024,
		httpsRedirect: undefined,
		debugNormal: false,
		sitePolicyPending: false,
		upgradeRunning: false,
		messaging: true,
		badges: true,
		protectUsernames: true,
		sameEmail: false,
		passwordPolicy: true,
		costModel: options.costModel ?? false,
		keepForms: true,
		firewall: null,
		clientMaxBodySize: 0,
		uploadMaxFilesize: 8 * 1024 * 1024,
		fault: null,
		forgottenPasswordUrl: '',
		php: version === '4.1' ? 7 : 8,
	};
}

/** Starts a stand-in on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const version = options.version ?? '5.1';
	const folder = (options.path ?? '').replace(/\/+$/, '');
	const switches = defaultSwitches(options, version);
	const site = new Site(version, '', options.database);
	const rest = new RestServer(site, switches, handlers);
	const requests: SeenRequest[] = [];
	const running = await listen({
		host: options.host ?? '127.0.0.1',
		port: options.port ?? 0,
		folder,
		switches,
		requests,
		answer: (request) => route(site, switches, rest, request),
	});
	site.wwwroot = running.url + folder;
	const tokens = makeTokens();
	const account = options.account ?? 'role';
	const privateKey = makeToken();
	const prepare = (): Accounts => {
		site.config.privateKey = privateKey;
		return accountsOf(site, tokens, account);
	};
	const sandbox: Sandbox = {
		url: site.wwwroot,
		token: tokens[account],
		adminToken: tokens.admin,
		accounts: prepare(),
		get account() {
			return sandbox.accounts[account];
		},
		site,
		switches,
		requests,
		reset() {
			site.reset();
			Object.assign(switches, defaultSwitches(options, version));
			requests.length = 0;
			sandbox.accounts = prepare();
		},
		close: running.close,
		addToken(name, { userid, functions = 'all', validuntil = 0, iprestriction = '' }) {
			const chosen = functions === 'all' ? functions : new Set(functions);
			const service = addService(site, { shortname: name, functions: chosen });
			return addToken(site, { userid, serviceid: service.id, validuntil, iprestriction }).token;
		},
		tokenWith(capabilities, { functions, mayAssign } = {}) {
			const username = `limited${site.users.size}`;
			const { id: userid } = addUser(site, { username });
			giveCapabilities(site, userid, ['webservice/rest:use', ...capabilities], { mayAssign });
			return sandbox.addToken(username, { userid, functions });
		},
	};
	return sandbox;
}

/** Hands a request to its endpoint. */
export function route(site: Site, switches: Switches, rest: RestServer, request: Request): Reply {
	const { path } = request;
	if (path.startsWith('\u0000')) return notFoundPage();
	if (switches.httpsRedirect) {
		return html(
			303,
			'<html><body>This page should automatically redirect.</body></html>',
			'redirect',
			{
				Location:
					switches.httpsRedirect.replace(/\/$/, '') +
					new URL(site.wwwroot).pathname.replace(/\/$/, '') +
					path,
			},
		);
	}
	if (switches.maintenance === 'cli') return cliMaintenancePage(site);
	if (path === '/webservice/rest/server.php' || path === '/webservice/rest/simpleserver.php')
		return rest.answer(request);
	if (path === '/login/token.php') return login(site, switches, request);
	if (path === '/webservice/upload.php') return upload(site, switches, request);
	if (path.startsWith('/webservice/pluginfile.php/')) return download(site, switches, request);
	if (path === '/webservice/soap/server.php') return html(200, '', 'soapoff');
	if (path === '' || path === '/' || path === '/index.php') return frontPage(site, switches);
	return notFoundPage();
}
