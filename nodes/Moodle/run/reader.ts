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

/** A collection as n8n shows it under some conditions. */
interface Collection {
	/** Values of other parameters; without any it is always shown. */
	show: Array<[parameter: string, values: unknown[]]>;
	/** Names of its entries. */
	entries: string[];
}

/** The collections of an operation by name. Several can share one, under different conditions. */
function collectionsOf(operation: Operation): Map<string, Collection[]> {
	const options = optionsOf(operation).map((option) => option.name);
	const collections = new Map<string, Collection[]>([
		['options', [{ show: [], entries: options }]],
	]);
	for (const field of operation.fields) {
		if (field.type !== 'collection') continue;
		const collection: Collection = {
			show: Object.entries(field.displayOptions?.show ?? {}).map(([name, values]) => [
				name,
				values ?? [],
			]),
			entries: (field.options ?? []).map((option) => option.name),
		};
		collections.set(field.name, [...(collections.get(field.name) ?? []), collection]);
	}
	return collections;
}

/**
 * The entries that a collection has for an item. A condition given by an expression holds for some items only, and n8n
 * then offers the entries of all. Under conditions that no collection is for, which the operation tells, it has those of all.
 */
function entriesFor(collections: Collection[], value: (name: string) => unknown): string[] {
	if (collections.length < 2) return collections.flatMap(({ entries }) => entries);
	const shown = collections.filter(({ show }) =>
		show.every(([name, values]) => values.includes(value(name))),
	);
	return (shown.length > 0 ? shown : collections).flatMap(({ entries }) => entries);
}

/** @throws Problem for an entry that would be left aside without a word. n8n itself takes out those that are not in an expression. */
function checkEntries(collection: string, given: string[], known: string[]): void {
	const odd = given.find((name) => !known.includes(name));
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

	private readonly collections: Map<string, Collection[]>;

	/** @param siteUrl home page of the site of the credential */
	constructor(
		private readonly context: IExecuteFunctions,
		operation: Operation,
		private readonly siteUrl: string,
	) {
		this.zone = context.getTimezone();
		this.items = context.getInputData();
		this.collections = collectionsOf(operation);
	}

	/** The parameters of one item. */
	of(item: number): Parameters {
		const seen = new Map<string, unknown>();
		const value = (name: string): unknown => {
			if (!seen.has(name)) seen.set(name, this.checked(name, this.read(name, item), value));
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

	private read(name: string, item: number): unknown {
		const source = this.sourceOf(name);
		if (typeof source === 'object' && 'constant' in source) return source.constant;
		const found =
			typeof source === 'object' && 'field' in source ? source.field(this.items[item].json) : MISS;
		return found === MISS ? this.evaluate(name, item) : found;
	}

	private evaluate(name: string, item: number): unknown {
		return this.context.getNodeParameter(name, item, undefined);
	}

	private checked(name: string, value: unknown, others: (name: string) => unknown): unknown {
		const known = this.collections.get(name);
		const given = known && isObject(value) ? Object.keys(value) : [];
		// Most collections are empty: for them nothing is gathered.
		if (known && given.length > 0) checkEntries(name, given, entriesFor(known, others));
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
