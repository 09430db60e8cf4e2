import type { ResourceMapperField } from 'n8n-workflow';
import { flagsOf, flagsOfNode, isList, type Node } from '../../moodle/notation';
import { kindOf, sampleOf, type Kind } from '../../moodle/sample';
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

/** What a parameter holds, in few words, as the editor cuts longer labels: the sample shows what is in it. */
function about(node: Node): string {
	if (typeof node === 'string') return kindOf(node);
	if (!isList(node)) return 'object';
	const [entry] = node;
	return typeof entry === 'string' ? `list, each a ${kindOf(entry)}` : 'list';
}

function presetOf(node: Node): string {
	const { type = '', preset } = typeof node === 'string' ? flagsOf(node) : {};
	if (preset === undefined) return '';
	return `, ${type === 'bool' ? (preset === '1' ? 'yes' : 'no') : preset} if left out`;
}

/** The sample as text: structures with a line for each key. */
function sampleText(node: Node): string {
	const isFlat = isList(node) && typeof node[0] === 'string';
	return JSON.stringify(sampleOf(node), null, isFlat ? 0 : 2);
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
	return isScalar ? field : { ...field, defaultValue: sampleText(node) };
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
