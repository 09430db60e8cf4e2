/** Types that the parts of the stand-in share. */
import type { AccountName } from './accounts';

/** Moodle versions whose signatures and answers are known. */
export const VERSIONS = ['4.1', '4.5', '5.0', '5.1'] as const;
export type MoodleVersion = (typeof VERSIONS)[number];

/** How texts compare: MariaDB without regard to case and accents, PostgreSQL exactly. */
export type Database = 'mariadb' | 'postgres';

/** The database under a version where nothing else is said: that of the site it was measured on. */
export function usualDatabase(version: MoodleVersion): Database {
	return version === '5.0' ? 'postgres' : 'mariadb';
}

/** A PHP array: keys in order of appearance. */
export type PhpArray = Map<string, PhpValue>;

/** What a form variable becomes in PHP. */
export type PhpValue = string | PhpArray;

/** One value of a signature. */
export interface ValueDescription {
	type: string;
	required?: number;
	default?: unknown;
	allownull?: boolean;
}

/** A structure with named keys. */
export interface StructureDescription {
	keys: Record<string, Description>;
	required?: number;
	default?: unknown;
	allownull?: boolean;
}

/** A list. */
export interface ListDescription {
	items: Description;
	required?: number;
	default?: unknown;
	allownull?: boolean;
}

/** Parameters or reply of a function, as Moodle describes them. */
export type Description = ValueDescription | StructureDescription | ListDescription;

/** A function as Moodle declares it. */
export interface Signature {
	write: boolean;
	params: Description;
	returns: Description | null;
}

/** All that is known of the functions of a version. */
export interface Catalogue {
	release: string;
	version: string;
	names: string[];
	functions: Record<string, Signature>;
}

/** A request as the sandbox saw it. */
export interface SeenRequest {
	/** Milliseconds since 1970 when the request had arrived. */
	at: number;
	/** `wsfunction`, null where none arrived. */
	function: string | null;
	/** The variables as sent (before PHP cuts), without the token. */
	form: Array<[string, string]>;
	/** Number of variables sent, the token among them. */
	variables: number;
	/** Position of `wstoken` among all variables, -1 if none. */
	tokenIndex: number;
	/** Status of the answer. */
	http: number;
	/** `ok` or the errorcode. */
	outcome: string;
	/** Path and query, tokens left out. */
	url: string;
	/** Length of the body received. */
	bytes: number;
}

/** What a fault may look at. */
export interface FaultRequest {
	function: string | null;
	path: string;
	/** Number of this request since the start, 0 the first. */
	number: number;
	/** The variables as sent, without the token. */
	form: Array<[string, string]>;
}

/** Something that goes wrong between Moodle and its client. */
export interface Fault {
	/** Does Moodle run the call? `later`: after `laterMs`, long after the client got its answer. */
	execute: boolean | 'later';
	laterMs?: number;
	/** Cut the connection: before the first byte of the answer, or in the middle of its body. */
	cut?: 'before' | 'midbody';
	/** Answer this instead of Moodle's reply. */
	status?: number;
	headers?: Record<string, string>;
	body?: string;
	/** Wait before answering or cutting. */
	delayMs?: number;
}

/** States of the site that a test may switch. */
export interface Switches {
	/** Web services of the site (off: 403). */
	webservices: boolean;
	/** REST protocol (off: 403). */
	rest: boolean;
	/** Maintenance mode, as set from the web (200 `sitemaintenance`) or the command line (503). */
	maintenance: false | 'web' | 'cli';
	/** Delay of every answer in milliseconds. */
	latencyMs: number;
	/** PHP's `max_input_vars`. */
	maxInputVars: number;
	/** PHP's `post_max_size` in bytes. */
	postMaxSize: number;
	/** Answer 303 with this origin as Location. */
	httpsRedirect?: string;
	/** Debugging level NORMAL: `debuginfo` in errors and the precise codes of 5.1. */
	debugNormal: boolean;
	/** Users who are no administrators have a site policy to accept. */
	sitePolicyPending: boolean;
	/** An upgrade of the site is running. */
	upgradeRunning: boolean;
	/** Messaging system of the site. */
	messaging: boolean;
	/** Badges of the site. */
	badges: boolean;
	/** Unknown names are not told apart in password resets. */
	protectUsernames: boolean;
	/** Accounts may share an e-mail address. */
	sameEmail: boolean;
	/** The password policy is checked. */
	passwordPolicy: boolean;
	/** Delay each call by the measured cost a + b per record. */
	costModel: boolean;
	/** Does work that takes a core so many milliseconds from a time (performance.now) on; by default each call has a core of its own. */
	work?: (ms: number, from: number) => Promise<void>;
	/** Keep the variables of each request in `requests`. */
	keepForms: boolean;
	/** A firewall in front of the site: what it finds anywhere in the decoded body never reaches Moodle (403 or 406, a page). */
	firewall: { pattern: RegExp; status: 403 | 406 } | null;
	/** The web server's own limit of a body in bytes (413); 0 for none. */
	clientMaxBodySize: number;
	/** Largest file that upload.php takes, in bytes. */
	uploadMaxFilesize: number;
	/** Asked for every request: gives what goes wrong with it, or null. */
	fault: ((request: FaultRequest) => Fault | null) | null;
	/** Address of an alternative password page: password resets are refused. */
	forgottenPasswordUrl: string;
	/** PHP version of the site, for the few answers that depend on it. */
	php: 7 | 8;
}

/** How a sandbox starts. */
export interface SandboxOptions {
	/** Default 5.1. */
	version?: MoodleVersion;
	/** Default: PostgreSQL under 5.0, MariaDB under the others. */
	database?: Database;
	/** Whose token `token` is, default `role`. */
	account?: AccountName;
	/** Default 127.0.0.1. */
	host?: string;
	/** Default 0: any free port. */
	port?: number;
	/** Sub-folder such as `/moodle`. */
	path?: string;
	latencyMs?: number;
	/** Default 1000. */
	maxInputVars?: number;
	/** Bytes, default 8 MB. */
	postMaxSize?: number;
	/** Add the measured cost of each call as a delay. */
	costModel?: boolean;
}
