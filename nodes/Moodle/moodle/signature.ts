import { z } from '../schemas/zod';
import { countVariables } from './encode';
import { shown } from './problem';
import { isSecret } from './secrets';
import { flagsOf, flagsOfNode, isList, type Flags, type Node, type Signature } from './notation';
import { OTHER_SIGNATURES } from './otherSignatures';
import { signatures } from './signatures';
import { isStorable, NOT_STORABLE } from './storable';
import type { Params, Value } from './values';
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

/** A rule as a zod schema. */
function leaf(rule: Rule, optional: boolean): z.ZodTypeAny {
	return z.any().superRefine((value, context) => {
		const reason = isNothing(value) ? (optional ? undefined : 'is missing') : rule(value);
		if (reason) context.addIssue({ code: 'custom', message: reason });
	});
}

function wrap(schema: z.ZodTypeAny, flags: Flags, release: Release | undefined): z.ZodTypeAny {
	if (flags.since && !hasReached(release, flags.since)) {
		const message = `is not known to Moodle ${release}: it needs Moodle ${flags.since} or later`;
		return z.any().refine(isNothing, { message, params: { isNewer: true } });
	}
	return flags.optional ? schema.nullish() : schema;
}

function schemaOf(node: Node, release: Release | undefined): z.ZodTypeAny {
	const flags = flagsOfNode(node);
	if (typeof node === 'string')
		return wrap(leaf(RULES[flagsOf(node).type] ?? anyScalar, flags.optional), flags, release);
	if (isList(node)) {
		const list = z.array(schemaOf(node[0], release));
		// A form has no way to say "empty list": the key would be missing.
		return wrap(flags.optional ? list : list.min(1, 'is empty'), flags, release);
	}
	// Nor one to say "object without entries".
	const object = objectOf(node, release);
	return wrap(
		flags.optional
			? object
			: object.refine((value) => countVariables(value as Value) > 0, 'is empty'),
		flags,
		release,
	);
}

function objectOf(keys: { [key: string]: Node }, release: Release | undefined): z.ZodTypeAny {
	const shape = Object.entries(keys)
		.filter(([key]) => key !== '~')
		.map(([key, node]) => [key, schemaOf(node, release)]);
	return z.object(Object.fromEntries(shape) as z.ZodRawShape).strict();
}

const compiled = new Map<string, z.ZodTypeAny>();

function schemaFor(
	wsfunction: string,
	signature: Signature,
	release: Release | undefined,
): z.ZodTypeAny {
	const key = `${wsfunction}@${release ?? ''}`;
	const known = compiled.get(key) ?? objectOf(signature.params, release);
	compiled.set(key, known);
	return known;
}

function valueAt(params: unknown, path: Array<string | number>): unknown {
	return path.reduce<unknown>(
		(part, key) => (part as Record<string | number, unknown> | undefined)?.[key],
		params,
	);
}

function flawOf(issue: z.ZodIssue, params: Params): Flaw[] {
	if (issue.code === 'unrecognized_keys')
		return issue.keys.map((key) => ({
			path: [...issue.path, key],
			reason: 'is not known to this function',
		}));
	const value = valueAt(params, issue.path);
	if (value === undefined || value === null) return [{ path: issue.path, reason: 'is missing' }];
	const flaw = { path: issue.path, value, reason: issue.message };
	return issue.code === 'custom' && issue.params?.isNewer ? [{ ...flaw, isNewer: true }] : [flaw];
}

let others: Record<string, Signature> | undefined;

/** The function's entry in the catalogue of Moodle's core, undefined for functions of plugins. */
export function signatureOf(wsfunction: string): Signature | undefined {
	if (Object.prototype.hasOwnProperty.call(signatures, wsfunction)) return signatures[wsfunction];
	others ??= JSON.parse(OTHER_SIGNATURES) as Record<string, Signature>;
	return Object.prototype.hasOwnProperty.call(others, wsfunction) ? others[wsfunction] : undefined;
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
	const checked = schemaFor(wsfunction, signature, release).safeParse(params);
	return checked.success ? [] : checked.error.issues.flatMap((issue) => flawOf(issue, params));
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
