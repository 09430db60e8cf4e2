import { countVariables } from './encode';
import { shown } from './problem';
import { isSecret } from './secrets';
import { flagsOf, flagsOfNode, isList, keysOf, type Node, type Signature } from './notation';
import { OTHER_SIGNATURES } from './otherSignatures';
import { signatures } from './signatures';
import { isStorable, NOT_STORABLE } from './storable';
import { isObject, type Params, type Value } from './values';
import { hasReached, type Release } from './version';

/** One thing wrong with the parameters of a call. */
export interface Flaw {
	/** Where, e.g. `users.0.email`. */
	path: Array<string | number>;
	/** What is wrong with it, completing the sentence "'Email' …". */
	reason: string;
	value?: unknown;
	/** The parameter came with a later version of Moodle. */
	isNewer?: true;
}

/** A clean integer in Moodle's sense: no space, no sign but minus, no leading zero, within 64 bit. */
const INTEGER = /^(?:0|-?[1-9]\d{0,18})$/;
const FLOAT = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** What is wrong with a value, undefined when nothing is. Plain functions: a hundred thousand records pass through here. */
type Rule = (value: unknown) => string | undefined;

/** `<` starts a tag for PHP unless a space follows, at the end of the text too (clean_param with PARAM_NOTAGS). */
const hasTag = (value: string) => value.includes('<') && /<(?![ \t\n\v\f\r])/.test(value);
const TAG = "must not contain '<' unless a space follows it";
/** The one mark-up that PARAM_TEXT leaves alone: texts in several languages. */
const MULTILANG = /<span(?:\s+lang="[a-zA-Z0-9_-]+"|\s+class="multilang"){2}\s*>([^<]*)<\/span>/g;

/** A rule for texts. Numbers and yes/no pass where a text is wanted only in types that the site alone can judge. */
const textRule =
	(check: Rule): Rule =>
	(value) => {
		if (typeof value !== 'string') return 'must be a text';
		return isStorable(value) ? check(value) : NOT_STORABLE;
	};
const matching = (pattern: RegExp, reason: string) =>
	textRule((value) => (pattern.test(String(value)) ? undefined : reason));

const integer: Rule = (value) => {
	if (typeof value === 'number')
		return !Number.isInteger(value)
			? 'must be a whole number'
			: Number.isSafeInteger(value)
				? undefined
				: 'is too large';
	if (typeof value !== 'string') return 'has the wrong form';
	if (!INTEGER.test(value)) return 'must be a whole number';
	return BigInt.asIntN(64, BigInt(value)) === BigInt(value) ? undefined : 'is too large';
};
const decimal: Rule = (value) => {
	if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'must be a number';
	if (typeof value !== 'string') return 'has the wrong form';
	return FLOAT.test(value) ? undefined : 'must be a number with a decimal point';
};
const YES_NO = new Set<unknown>([true, false, 0, 1, '0', '1']);
const [LIST, OBJECT] = ['must be a list', 'must be an object'];
const LOWER = 'must be in lower case and without spaces';

/** The rule for each of Moodle's parameter types (lib/classes/param.php). Types that only the site can judge pass as text. */
const RULES: Record<string, Rule> = {
	int: integer,
	float: decimal,
	bool: (value) => (YES_NO.has(value) ? undefined : 'must be true or false'),
	text: textRule((value) => (hasTag(String(value).replace(MULTILANG, '$1')) ? TAG : undefined)),
	notags: textRule((value) => (hasTag(String(value)) ? TAG : undefined)),
	username: textRule((value) =>
		/^\S*$/.test(String(value)) && value === String(value).toLowerCase() ? undefined : LOWER,
	),
	raw_trimmed: textRule((value) =>
		value === String(value).trim() ? undefined : 'must not begin or end with a space',
	),
	alpha: matching(/^[a-zA-Z]*$/, 'may hold letters only'),
	alphaext: matching(/^[a-zA-Z_-]*$/, 'may hold letters, _ and - only'),
	alphanum: matching(/^[a-zA-Z0-9]*$/, 'may hold letters and digits only'),
	alphanumext: matching(/^[a-zA-Z0-9_-]*$/, 'may hold letters, digits, _ and - only'),
};

const anyScalar: Rule = (value) => {
	if (typeof value === 'string') return isStorable(value) ? undefined : NOT_STORABLE;
	return typeof value === 'number' || typeof value === 'boolean' ? undefined : 'has the wrong form';
};

const isNothing = (value: unknown) => value === undefined || value === null;

/** Where a check stands: it is the same list all the way, copied only into a flaw. */
type Path = Flaw['path'];

/** Adds what is wrong with the value at `path` to `flaws`. */
type Check = (value: unknown, path: Path, flaws: Flaw[]) => void;

/** What is known of a parameter of any kind once it is there. */
function contentOf(node: Node, optional: boolean, release: Release | undefined): Check {
	if (typeof node === 'string') return ruled(RULES[flagsOf(node).type] ?? anyScalar);
	if (isList(node)) return listOf(checkOf(node[0], release), optional);
	const check = objectOf(node, release);
	if (optional) return check;
	// A form has no way to say "object without entries".
	return (value, path, flaws) => {
		const before = flaws.length;
		check(value, path, flaws);
		if (flaws.length === before && countVariables(value as Value) === 0)
			flaws.push({ path: [...path], reason: 'is empty', value });
	};
}

function checkOf(node: Node, release: Release | undefined): Check {
	const { optional, since } = flagsOfNode(node);
	if (since && !hasReached(release, since)) return tooNew(release, since);
	const check = contentOf(node, optional, release);
	return (value, path, flaws) => {
		if (!isNothing(value)) check(value, path, flaws);
		else if (!optional) flaws.push({ path: [...path], reason: 'is missing' });
	};
}

function tooNew(release: Release | undefined, since: Release): Check {
	const reason = `is not known to Moodle ${release}: it needs Moodle ${since} or later`;
	return (value, path, flaws) => {
		if (!isNothing(value)) flaws.push({ path: [...path], reason, value, isNewer: true });
	};
}

const ruled =
	(rule: Rule): Check =>
	(value, path, flaws) => {
		const reason = rule(value);
		if (reason) flaws.push({ path: [...path], reason, value });
	};

/** A form has no way to say "empty list": the key would be missing. */
const listOf =
	(check: Check, optional: boolean): Check =>
	(value, path, flaws) => {
		if (!Array.isArray(value)) return void flaws.push({ path: [...path], reason: LIST, value });
		if (value.length === 0 && !optional) flaws.push({ path: [...path], reason: 'is empty', value });
		value.forEach((entry, index) => within(check, entry, index, path, flaws));
	};

/** Looks at what is there and at what must be, not at all that may be: a structure can have dozens of keys, a record has a few. */
function objectOf(keys: { [key: string]: Node }, release: Release | undefined): Check {
	const nodes = keysOf(keys);
	const checks = new Map(nodes.map(([key, node]) => [key, checkOf(node, release)]));
	const needed = nodes.filter(([, node]) => !flagsOfNode(node).optional).map(([key]) => key);
	return (value, path, flaws) => {
		if (!isObject(value)) return void flaws.push({ path: [...path], reason: OBJECT, value });
		for (const key of needed)
			if (isNothing(value[key])) within(checks.get(key)!, undefined, key, path, flaws);
		for (const key of Object.keys(value)) {
			const check = checks.get(key);
			if (!check) flaws.push({ path: [...path, key], reason: 'is not known to this function' });
			else if (!isNothing(value[key])) within(check, value[key], key, path, flaws);
		}
	};
}

/** Checks what lies one step deeper. */
function within(check: Check, value: unknown, step: string | number, path: Path, flaws: Flaw[]) {
	path.push(step);
	check(value, path, flaws);
	path.pop();
}

const compiled = new Map<string, Check>();

function checkFor(wsfunction: string, signature: Signature, release: Release | undefined): Check {
	const key = `${wsfunction}@${release ?? ''}`;
	const known = compiled.get(key) ?? objectOf(signature.params, release);
	compiled.set(key, known);
	return known;
}

let others: Record<string, Signature> | undefined;

/** The function's entry in the catalogue of Moodle's core, undefined for functions of plugins. */
export function signatureOf(wsfunction: string): Signature | undefined {
	if (Object.prototype.hasOwnProperty.call(signatures, wsfunction)) return signatures[wsfunction];
	others ??= JSON.parse(OTHER_SIGNATURES) as Record<string, Signature>;
	return Object.prototype.hasOwnProperty.call(others, wsfunction) ? others[wsfunction] : undefined;
}

/** Whether a function is known to read only. Of a plugin's nobody knows. */
export function isReading(wsfunction: string): boolean {
	return signatureOf(wsfunction)?.write === false;
}

/**
 * Checks parameters against the function's signature the way Moodle will (validate_parameters, all versions), so that a
 * bad value is named before anything is sent.
 *
 * @param release version of the site when known; fields newer than it are flaws
 * @returns all flaws; empty when the call is well formed or the function is not in the catalogue
 */
export function checkParams(wsfunction: string, params: Params, release?: Release): Flaw[] {
	const signature = signatureOf(wsfunction);
	if (!signature) return [];
	const flaws: Flaw[] = [];
	checkFor(wsfunction, signature, release)(params, [], flaws);
	return flaws;
}

/** Whether any of these parameters is newer than the oldest version we support, so that the site's version matters. */
export function needsRelease(wsfunction: string, params: Params): boolean {
	return checkParams(wsfunction, params, '4.1').some((flaw) => flaw.isNewer);
}

/**
 * A flaw as a sentence: `'Email' must … : 'x'`.
 *
 * @param label display name for Moodle's name of a parameter, where there is one
 */
export function flawText(
	flaw: Flaw,
	label: (name: string) => string | undefined = () => undefined,
): string {
	const name = String(
		[...flaw.path].reverse().find((part) => typeof part === 'string') ?? 'parameters',
	);
	const value = flaw.value === undefined || isSecret(name) ? '' : `: ${shown(flaw.value)}`;
	return `'${label(name) ?? name}' ${flaw.reason}${value}`;
}
