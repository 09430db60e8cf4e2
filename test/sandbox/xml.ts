/** Moodle's XML answers, for callers that do not ask for JSON. */
import type { ErrorBody } from './errors';
import type { Description } from './types';

const HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n';

/** htmlentities with ENT_COMPAT, as far as a test can meet it. */
function entities(text: string): string {
	return text
		.replace(/&/g, '&amp;')
		.replace(/"/g, '&quot;')
		.replace(/</g, '&lt;')
		.replace(/>/g, '&gt;');
}

function element(value: unknown, d: Description | null): string {
	if (d === null) return '';
	if ('keys' in d) {
		const given = (value ?? {}) as Record<string, unknown>;
		const keys = Object.entries(d.keys).map(
			([key, sub]) => `<KEY name="${key}">${element(given[key], sub)}</KEY>\n`,
		);
		return `<SINGLE>\n${keys.join('')}</SINGLE>\n`;
	}
	if ('items' in d) {
		const items = Array.isArray(value) ? value.map((item) => element(item, d.items)) : [];
		return `<MULTIPLE>\n${items.join('')}</MULTIPLE>\n`;
	}
	if (value === null || value === undefined) return '<VALUE null="null"/>\n';
	const text = value === true ? '1' : value === false ? '0' : String(value);
	return `<VALUE>${entities(text)}</VALUE>\n`;
}

/** A reply as XML. */
export function xmlReply(value: unknown, d: Description | null): string {
	return `${HEAD}<RESPONSE>\n${element(value, d)}</RESPONSE>\n`;
}

/** An error as XML. */
export function xmlError(error: ErrorBody): string {
	const code =
		error.errorcode === undefined ? '' : `<ERRORCODE>${entities(error.errorcode)}</ERRORCODE>\n`;
	const debug =
		error.debuginfo === undefined ? '' : `<DEBUGINFO>${entities(error.debuginfo)}</DEBUGINFO>\n`;
	return `${HEAD}<EXCEPTION class="${error.exception}">\n${code}<MESSAGE>${entities(error.message)}</MESSAGE>\n${debug}</EXCEPTION>\n`;
}
