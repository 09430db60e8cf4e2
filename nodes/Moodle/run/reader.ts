import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { optionsOf, titleOf } from '../actions/description';
import { Parameters } from '../actions/parameters';
import type { InputFile, Operation } from '../actions/types';
import { Problem, shown } from '../moodle/problem';
import { isObject } from '../moodle/values';
import { compile, MISS, type FieldReader } from './fieldExpression';

/** Whether a raw parameter holds an expression anywhere: n8n marks them with a leading `=`. */
function hasExpression(raw: unknown): boolean {
	if (typeof raw === 'string') return raw.startsWith('=');
	if (Array.isArray(raw)) return raw.some(hasExpression);
	return typeof raw === 'object' && raw !== null && Object.values(raw).some(hasExpression);
}

/** The names of the entries that each collection of an operation has. Several can share a name, under different conditions. */
function entriesOf(operation: Operation): Map<string, string[]> {
	const entries = new Map([['options', optionsOf(operation).map((option) => option.name)]]);
	for (const { type, name, options = [] } of operation.fields) {
		if (type === 'collection')
			entries.set(name, [...(entries.get(name) ?? []), ...options.map((option) => option.name)]);
	}
	return entries;
}

/** @throws Problem for an entry that would be left aside without a word. n8n itself takes out those that are not in an expression. */
function checkEntries(collection: string, value: unknown, known: string[]): void {
	const odd = Object.keys(isObject(value) ? value : {}).find((name) => !known.includes(name));
	if (odd === undefined) return;
	throw new Problem({
		message: `'${titleOf(collection)}' has no field called ${shown(odd)}`,
		mend: `Its fields are ${[...new Set(known)].join(', ')}.`,
		code: 'unknownfield',
	});
}

/** How the values of a parameter come about. */
type Source = { constant: unknown } | { field: FieldReader } | 'evaluated';

/**
 * Reads the parameters of items. A parameter without an expression has one value for all of them and is read once; one
 * that only names fields of the item is read from the item's data; all others are evaluated by n8n for each item.
 */
export class Reader {
	private readonly sources = new Map<string, Source>();

	private readonly items: INodeExecutionData[];

	private readonly zone: string;

	/** Names of the entries of the operation's collections. */
	private readonly entries: Map<string, string[]>;

	/** @param siteUrl home page of the site of the credential */
	constructor(
		private readonly context: IExecuteFunctions,
		operation: Operation,
		private readonly siteUrl: string,
	) {
		this.zone = context.getTimezone();
		this.items = context.getInputData();
		this.entries = entriesOf(operation);
	}

	/** The parameters of one item. */
	of(item: number): Parameters {
		const seen = new Map<string, unknown>();
		const value = (name: string): unknown => {
			const source = this.sourceOf(name);
			if (typeof source === 'object' && 'constant' in source) return source.constant;
			if (!seen.has(name)) seen.set(name, this.read(name, item, source));
			return seen.get(name);
		};
		return new Parameters(item, value, this.zone, (field) => this.file(field, item), this.siteUrl);
	}

	private sourceOf(name: string): Source {
		const known = this.sources.get(name) ?? this.newSource(name);
		this.sources.set(name, known);
		return known;
	}

	private newSource(name: string): Source {
		const raw: unknown = this.context.getNodeParameter(name, 0, undefined, {
			rawExpressions: true,
		});
		if (!hasExpression(raw)) return { constant: this.evaluate(name, 0) };
		const field = compile(raw);
		return field ? { field } : 'evaluated';
	}

	private read(name: string, item: number, source: Source): unknown {
		const found =
			typeof source === 'object' && 'field' in source ? source.field(this.items[item].json) : MISS;
		return found === MISS ? this.evaluate(name, item) : this.checked(name, found);
	}

	private evaluate(name: string, item: number): unknown {
		return this.checked(name, this.context.getNodeParameter(name, item, undefined));
	}

	private checked(name: string, value: unknown): unknown {
		const known = this.entries.get(name);
		if (known) checkEntries(name, value, known);
		return value;
	}

	private file(field: string, item: number): InputFile {
		const binary = this.binary(field, item);
		if (!binary)
			throw new Problem({
				message: `The item has no file in the field '${field}'`,
				mend: "Check 'Input Data Field Name' against the binary data of the input.",
				code: 'nofile',
			});
		const name = binary.fileName ?? field;
		if (name.includes('/'))
			throw new Problem({
				message: `The file name '${name}' contains a slash`,
				mend: 'Rename the file before.',
				code: 'badvalue',
			});
		return {
			name,
			mimeType: binary.mimeType,
			content: async () => await this.context.helpers.getBinaryDataBuffer(item, field),
		};
	}

	private binary(field: string, item: number): IBinaryData | undefined {
		try {
			return this.context.helpers.assertBinaryData(item, field);
		} catch {
			return undefined;
		}
	}
}
