/** Moodle's clean_param for the types that occur in signatures. */
import { intval, isNumeric, stripTags } from './php';

/** What is installed on the site, for the types that look it up. */
export interface Installed {
	auths: ReadonlySet<string>;
	langs: ReadonlySet<string>;
	themes: ReadonlySet<string>;
	capabilities: (name: string) => boolean;
}

const keep =
	(pattern: RegExp) =>
	(text: string): string =>
		text.replace(pattern, '');

/** UTF-8 without NUL and lone surrogates. */
function fixUtf8(text: string): string {
	return text
		.replace(/\0/g, '')
		.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '');
}

/** PARAM_TEXT: like notags, but well-formed multi-language spans stay. */
function cleanText(text: string): string {
	const fixed = fixUtf8(text);
	const spans =
		/<span lang="[a-zA-Z0-9_-]+" class="multilang">|<span class="multilang" lang="[a-zA-Z0-9_-]+">/g;
	const opened = fixed.match(spans)?.length ?? 0;
	const closed = fixed.match(/<\/span>/g)?.length ?? 0;
	if (opened > 0 && opened === closed) {
		const bare = fixed.replace(spans, '').replace(/<\/span>/g, '');
		if (stripTags(bare) === bare) return fixed;
	}
	return stripTags(fixed);
}

function cleanTimezone(text: string): string {
	const pattern =
		/^(([+-]?(0?[0-9](\.[5|0])?|1[0-3](\.0)?|1[0-2]\.5))|(99)|[A-Za-z0-9]+(\/?[A-Za-z0-9_+-])+)$/;
	return pattern.test(text) ? text : '';
}

function cleanComponent(text: string): string {
	return /^[a-z][a-z0-9]*(_[a-z][a-z0-9_]*)?[a-z0-9]+$/.test(text) && !text.includes('__')
		? text
		: '';
}

function cleanPath(text: string): string {
	const bare = fixUtf8(text)
		.replace(/\\/g, '/')
		.replace(/[\p{Cc}&<>"`|':]/gu, '');
	return bare
		.split('/')
		.filter((part, i) => part !== '..' && !(part === '.' && i > 0))
		.join('/')
		.replace(/\/\/+/g, '/');
}

function cleanFile(text: string): string {
	const bare = fixUtf8(text)
		.replace(/[\p{Cc}&<>"`|':\\/]/gu, '')
		.replace(/\.\.+/g, '');
	return bare === '.' ? '' : bare;
}

const CLEANERS: Record<string, (text: string, site: Installed) => string> = {
	raw: fixUtf8,
	raw_trimmed: (text) => fixUtf8(text).trim(),
	int: (text) => String(intval(text)),
	float: (text) => String(isNumeric(text) ? Number(text) : intval(text)),
	alpha: keep(/[^a-zA-Z]/g),
	alphaext: keep(/[^a-zA-Z_-]/g),
	alphanum: keep(/[^A-Za-z0-9]/g),
	alphanumext: keep(/[^A-Za-z0-9_-]/g),
	sequence: keep(/[^0-9,]/g),
	bool: (text) => cleanBool(text),
	notags: (text) => stripTags(fixUtf8(text)),
	text: cleanText,
	cleanhtml: fixUtf8,
	clean: fixUtf8,
	component: cleanComponent,
	plugin: (text) => (/^[a-z](?:[a-z0-9_](?!__))*[a-z0-9]+$/.test(text) ? text : ''),
	area: (text) => (/^[a-z](?:[a-z0-9_](?!__))*[a-z0-9]+$/.test(text) ? text : ''),
	safedir: keep(/[^a-zA-Z0-9_-]/g),
	safepath: keep(/[^a-zA-Z0-9/_-]/g),
	path: cleanPath,
	file: cleanFile,
	url: (text) => (text === '' || /^(https?|ftp|mailto):\S+$|^\/\S*$/i.test(text) ? text : ''),
	localurl: fixUtf8,
	base64: (text) => (/^[A-Za-z0-9+/=\s]*$/.test(text) ? text : ''),
	tag: (text) => stripTags(fixUtf8(text)).trim(),
	capability: (text, site) => (site.capabilities(text) ? text : ''),
	permission: (text) =>
		['1', '-1', '-1000', '0'].includes(String(intval(text))) ? String(intval(text)) : '0',
	auth: (text, site) => (site.auths.has(text) ? text : ''),
	lang: (text, site) => (site.langs.has(text) ? text : ''),
	theme: (text, site) => (site.themes.has(text) ? text : ''),
	username: (text) =>
		fixUtf8(text)
			.trim()
			.toLowerCase()
			.replace(/[^-.@_a-z0-9]/g, ''),
	email: (text) => (isEmail(text) ? text : ''),
	timezone: cleanTimezone,
};

/** PARAM_BOOL as text: `1`, `0` or empty. */
function cleanBool(text: string): string {
	const low = text.toLowerCase();
	if (['on', 'yes', 'true'].includes(low)) return '1';
	if (['off', 'no', 'false', '', '0'].includes(low)) return '0';
	return '1';
}

/** Moodle's validate_email. */
export function isEmail(text: string): boolean {
	return /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$/.test(
		text,
	);
}

/**
 * Cleans a text the way Moodle does.
 * @throws Error where a signature names a type that is not known here
 */
export function cleanParam(text: string, type: string, site: Installed): string {
	const cleaner = CLEANERS[type];
	if (!cleaner) throw new Error(`PARAM type not known to the sandbox: ${type}`);
	return cleaner(text, site);
}
