import type { ResourceMapperField } from 'n8n-workflow';
import { flagsOf, flagsOfNode, isList, type Node } from '../../moodle/notation';
import { kindOf, keysOf, sampleOf, type Kind } from '../../moodle/sample';
import { signatureOf } from '../../moodle/signature';
import { hasReached, type Release } from '../../moodle/version';

/** The form of a function, or what stands in its place. */
export interface Form {
	fields: ResourceMapperField[];
	/** Why there are no fields. */
	emptyFieldsNotice?: string;
}

const TYPES: Record<Kind, ResourceMapperField['type']> = {
	'whole number': 'number',
	number: 'number',
	'yes or no': 'boolean',
	text: 'string',
};

/** Most characters of a label that lists the keys of a structure. */
const LABEL = 110;

function keyList(node: { [key: string]: Node }): string {
	const names = keysOf(node).map(([key, part]) => `${key}${flagsOfNode(part).optional ? '?' : ''}`);
	const text = names.join(', ');
	return text.length <= LABEL ? text : `${text.slice(0, text.lastIndexOf(',', LABEL))}, …`;
}

/** What a parameter holds, in words: `list of whole numbers`, `list of { name, value? }`. */
function about(node: Node): string {
	if (typeof node === 'string') return kindOf(node);
	if (!isList(node)) return `{ ${keyList(node)} }`;
	const [entry] = node;
	return typeof entry === 'string' ? `list, each a ${kindOf(entry)}` : `list of ${about(entry)}`;
}

function presetOf(node: Node): string {
	const { type = '', preset } = typeof node === 'string' ? flagsOf(node) : {};
	if (preset === undefined) return '';
	return `, ${type === 'bool' ? (preset === '1' ? 'yes' : 'no') : preset} if left out`;
}

function fieldOf(id: string, node: Node): ResourceMapperField {
	const isScalar = typeof node === 'string';
	const { optional } = flagsOfNode(node);
	const field: ResourceMapperField = {
		id,
		displayName: `${id} (${about(node)}${presetOf(node)})`,
		required: !optional,
		defaultMatch: false,
		canBeUsedToMatch: false,
		display: true,
		type: isScalar ? TYPES[kindOf(node)] : isList(node) ? 'array' : 'object',
		removed: optional,
	};
	// Lists and structures are entered as JSON: it begins with their form, which has to be filled in.
	return isScalar ? field : { ...field, defaultValue: JSON.stringify(sampleOf(node)) };
}

/**
 * The parameters of a function as fields for n8n's resource mapper.
 *
 * @param name the chosen function; undefined while none is chosen, or an expression chooses it
 * @param release version of the site, when known: what only newer versions have is left out
 */
export function formOf(name: string | undefined, release?: Release): Form {
	if (name === undefined)
		return {
			fields: [],
			emptyFieldsNotice:
				'Choose the function first. If an expression gives it, give its parameters as JSON.',
		};
	const signature = signatureOf(name);
	if (!signature)
		return {
			fields: [],
			emptyFieldsNotice:
				'This function belongs to a plugin, so its parameters are not known here. Give them as JSON: they are sent unchecked.',
		};
	const fields = Object.entries(signature.params)
		.filter(([, node]) => hasReached(release, flagsOfNode(node).since ?? '1.0'))
		.map(([id, node]) => fieldOf(id, node));
	return fields.length > 0
		? { fields }
		: { fields, emptyFieldsNotice: 'This function takes no parameters.' };
}
