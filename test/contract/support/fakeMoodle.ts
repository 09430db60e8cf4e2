/** A Moodle that checks every request against the signature of a version and answers what the signature promises. */
import { catalogue } from '../../sandbox/catalogue';
import type { Installed } from '../../sandbox/clean';
import { MoodleError } from '../../sandbox/errors';
import { addVariable, parseUrlencoded } from '../../sandbox/php';
import { checkParameters } from '../../sandbox/signature';
import type { Description, MoodleVersion, PhpArray } from '../../sandbox/types';
import { asIs } from '../../../nodes/Moodle/common/asIs';
import type { RawReply } from '../../../nodes/Moodle/moodle/decode';

/** A request as it came in. */
export interface Call {
	function: string;
	write: boolean;
	params: Record<string, unknown>;
}

/** Whether look-ups find what they are asked for. */
export type Mood = 'found' | 'none';

/** Whatever is asked for is installed. */
const INSTALLED: Installed = {
	auths: new Set(['manual', 'ldap', 'oauth2', 'nologin', 'webservice']),
	langs: new Set(['en', 'de']),
	themes: new Set(['boost', 'classic']),
	capabilities: () => true,
};

type Plain = Record<string, unknown>;

/** Replies whose good case is one certain value. */
const GOOD: Record<string, unknown> = {
	core_grades_update_grades: 0,
	core_auth_request_password_reset: { status: 'emailresetconfirmsent', notice: '', warnings: [] },
};

/** Keys that mean something else than "any number" or "any text". */
const BY_KEY: Record<string, unknown> = {
	groupmode: 1,
	status: true,
	courseid: 42,
	page: 0,
	totalcount: 1,
	startdate: 1_700_000_000,
	enddate: 0,
	// kept as they were sent
	theme: 'boost',
	forcetheme: 'boost',
	lang: 'en',
};

/** How far into a list a request begins; there is one row on this site. */
function offsetOf(params: Plain): number {
	const options = Array.isArray(params.options) ? (params.options as Plain[]) : [];
	const option = options.find(({ name }) => name === 'limitfrom')?.value;
	return Number(params.limitfrom ?? params.page ?? params.offset ?? option ?? 0) || 0;
}

/** The value of the first key of that name anywhere in the parameters. */
function echoOf(params: unknown, key: string): unknown {
	if (typeof params !== 'object' || params === null) return undefined;
	const own = (params as Plain)[key];
	if (own !== undefined && typeof own !== 'object') return own;
	for (const inner of Object.values(params)) {
		const found = echoOf(inner, key);
		if (found !== undefined) return found;
	}
	return undefined;
}

/** Look-ups "by field" name the field and give the value: `field` and `values`, or criteria of key and value. */
function soughtIn(params: Plain): Plain {
	const pairs: Array<[unknown, unknown]> = [
		[params.field, Array.isArray(params.values) ? params.values[0] : params.value],
	];
	for (const row of Array.isArray(params.criteria) ? (params.criteria as Plain[]) : [])
		pairs.push([row.key, row.value]);
	return Object.fromEntries(
		pairs.filter(([key]) => typeof key === 'string').map(([key, value]) => [String(key), value]),
	);
}

/** The same parameters once for each record that they name, where they name several in one list. */
function perRecord(params: Plain): Plain[] {
	const lists = Object.entries(params).filter(
		([key, value]) =>
			key !== 'options' && key !== 'criteria' && Array.isArray(value) && value.length > 1,
	);
	if (lists.length !== 1) return [params];
	const [key, records] = lists[0] as [string, unknown[]];
	return records.map((record) => ({ ...params, [key]: [record] }));
}

/** The first of the plain ids that a request lists: `cohortid` of `cohortids`, `noteid` of `notes`, and `id` of any `…ids`. */
function listedId(params: Plain, key: string): unknown {
	const list = Object.entries(params).find(
		([name, value]) =>
			Array.isArray(value) &&
			([`${key}s`, key.replace(/id$/, 's')].includes(name) ||
				(key === 'id' && name.endsWith('ids'))),
	);
	const first = list ? (list[1] as unknown[])[0] : undefined;
	return typeof first === 'object' ? undefined : first;
}

/** Refusals inside a successful answer: there are none on this site. */
const isWarning = (items: Description) => 'keys' in items && 'warningcode' in items.keys;

/** What a function of 5.1 answers by its description when all goes well. */
export function goodAnswer(wsfunction: string): unknown {
	const { returns = null, write = false } = catalogue('5.1').functions[wsfunction] ?? {};
	return wsfunction in GOOD
		? GOOD[wsfunction]
		: new Answer({}, { version: '5.1', mood: 'found' }, write).of(returns);
}

/** A reply as the function's description promises it. */
class Answer {
	constructor(
		private readonly params: Plain,
		private readonly options: FakeOptions,
		private readonly write: boolean,
	) {}

	of(description: Description | null, key = ''): unknown {
		if (description === null) return null;
		if ('items' in description) return this.rows(description.items, key);
		if ('keys' in description) return this.object(description.keys);
		return this.scalar(description.type, key);
	}

	/** A row for each record that the request names. */
	private rows(items: Description, key: string): unknown[] {
		const asked = perRecord(this.params);
		if (asked.length === 1) return this.list(items, key);
		return asked.flatMap((params) => new Answer(params, this.options, this.write).list(items, key));
	}

	private list(items: Description, key: string): unknown[] {
		if (
			key === 'warnings' ||
			isWarning(items) ||
			(!this.write && (moodOf(this.options) === 'none' || offsetOf(this.params) > 0))
		)
			return [];
		const { ids, ...options } = this.options;
		if (ids && !this.write && 'keys' in items && 'id' in items.keys && !this.isAsked('id'))
			return ids.flatMap((id) =>
				new Answer(this.params, { ...options, keys: { ...options.keys, id } }, false).list(
					items,
					key,
				),
			);
		return [
			key === 'customfields' && 'keys' in items
				? { ...this.object(items.keys), shortname: 'sample-name' }
				: this.of(items, key),
		];
	}

	/** Whether the request says which record it wants. */
	private isAsked(key: string): boolean {
		return (
			(soughtIn(this.params)[key] ?? echoOf(this.params, key) ?? listedId(this.params, key)) !==
			undefined
		);
	}

	private object(keys: Record<string, Description>): Plain {
		const wanted = Object.entries(keys).filter(([key]) => !/error|exception/.test(key));
		return Object.fromEntries(wanted.map(([key, inner]) => [key, this.of(inner, key)]));
	}

	private scalar(type: string, key: string): unknown {
		const asked =
			this.options.keys?.[key] ??
			soughtIn(this.params)[key] ??
			BY_KEY[key] ??
			echoOf(this.params, key) ??
			listedId(this.params, key) ??
			this.options.there?.[key];
		if (type === 'bool') return Boolean(asked ?? false);
		if (type === 'int' || type === 'float')
			return Number.isFinite(Number(asked ?? 42)) ? Number(asked ?? 42) : 42;
		return asked === undefined ? 'Sample' : String(asked);
	}
}

/** What differs for one run. */
export interface FakeOptions {
	version: MoodleVersion;
	/** A function where it changes in the middle of a run. */
	mood: Mood | (() => Mood);
	/** What the records of this site are called, by key, where a request does not say it. */
	there?: Record<string, unknown>;
	/** Whether it refuses what breaks the signature, as Moodle does. By default it only notes it, so that nothing hides it. */
	refuses?: boolean;
	/** Ids of the records that are listed where a request does not say which; by default there is one. */
	ids?: number[];
	/** What these keys hold wherever they occur in a reply. */
	keys?: Record<string, unknown>;
	/** Replies of certain functions (undefined: as usual), instead of those made from the description. */
	replies?: Record<string, (params: Plain) => unknown>;
}

const moodOf = ({ mood }: FakeOptions): Mood => (typeof mood === 'function' ? mood() : mood);

export class FakeMoodle {
	readonly calls: Call[] = [];

	/** What a real Moodle of this version would have refused. */
	readonly violations: string[] = [];

	constructor(private readonly options: FakeOptions) {}

	/** The one function by which requests leave, for a Client. */
	readonly send = async (body: string): Promise<RawReply> => ({
		status: 200,
		headers: { 'content-type': 'application/json' },
		text: JSON.stringify(this.answer(body)),
	});

	private answer(body: string): unknown {
		const form: PhpArray = new Map();
		for (const [name, value] of parseUrlencoded(body)) addVariable(form, name, value);
		const name = String(form.get('wsfunction'));
		for (const head of ['wsfunction', 'moodlewsrestformat', 'moodlewssettingraw'])
			form.delete(head);
		if (this.calls.length > 300) throw new Error(`${name} and others are called without end`);
		const known = catalogue(this.options.version);
		const signature = known.functions[name];
		if (!signature) return this.unknown(name, known.names.includes(name));
		const noted = this.violations.length;
		const params = this.checked(name, signature.params, form);
		if (this.options.refuses && this.violations.length > noted)
			return {
				exception: 'invalid_parameter_exception',
				errorcode: 'invalidparameter',
				message: 'Invalid parameter value detected',
			};
		this.calls.push({ function: name, write: signature.write, params });
		if (name === 'core_webservice_get_site_info') return this.siteInfo(known.release, known.names);
		const special = this.options.replies?.[name]?.(params);
		if (special !== undefined) return special;
		if (name in GOOD) return GOOD[name];
		return new Answer(params, this.options, signature.write).of(signature.returns);
	}

	private checked(name: string, description: Description, form: PhpArray): Plain {
		try {
			return checkParameters(description, form, INSTALLED) as Plain;
		} catch (caught) {
			if (!(caught instanceof MoodleError)) throw asIs(caught);
			this.violations.push(`${name}: ${caught.debug ?? caught.code}`);
			return {};
		}
	}

	private unknown(name: string, isListed: boolean): unknown {
		if (isListed) this.violations.push(`${name}: its signature is not in facts/functions`);
		return {
			exception: 'dml_missing_record_exception',
			errorcode: 'invalidrecordunknown',
			message: 'Can not find data record in database.',
		};
	}

	private siteInfo(release: string, names: string[]): unknown {
		const functions = names.map((name) => ({ name, version: '1' }));
		return {
			sitename: 'Sample',
			username: 'admin',
			firstname: 'A',
			lastname: 'B',
			fullname: 'A B',
			lang: 'en',
			userid: 2,
			siteurl: 'https://moodle.example.org',
			userpictureurl: '',
			release,
			version: '1',
			downloadfiles: 1,
			uploadfiles: 1,
			userissiteadmin: true,
			functions,
			advancedfeatures: [],
			usercanmanageownfiles: true,
			userquota: 0,
			usermaxuploadfilesize: -1,
		};
	}
}
