import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { Parameters } from '../actions/parameters';
import type { InputFile } from '../actions/types';
import { Problem } from '../moodle/problem';
import { compile, MISS, type FieldReader } from './fieldExpression';

/** Whether a raw parameter holds an expression anywhere: n8n marks them with a leading `=`. */
function hasExpression(raw: unknown): boolean {
	if (typeof raw === 'string') return raw.startsWith('=');
	if (Array.isArray(raw)) return raw.some(hasExpression);
	return typeof raw === 'object' && raw !== null && Object.values(raw).some(hasExpression);
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

	constructor(private readonly context: IExecuteFunctions) {
		this.zone = context.getTimezone();
		this.items = context.getInputData();
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
		return new Parameters(item, value, this.zone, (field) => this.file(field, item));
	}

	private sourceOf(name: string): Source {
		const known = this.sources.get(name) ?? this.newSource(name);
		this.sources.set(name, known);
		return known;
	}

	private newSource(name: string): Source {
		const raw: unknown = this.context.getNodeParameter(name, 0, undefined, { rawExpressions: true });
		if (!hasExpression(raw)) return { constant: this.evaluate(name, 0) };
		const field = compile(raw);
		return field ? { field } : 'evaluated';
	}

	private read(name: string, item: number, source: Source): unknown {
		const found = typeof source === 'object' && 'field' in source ? source.field(this.items[item].json) : MISS;
		return found === MISS ? this.evaluate(name, item) : found;
	}

	private evaluate(name: string, item: number): unknown {
		return this.context.getNodeParameter(name, item, undefined) as unknown;
	}

	private file(field: string, item: number): InputFile {
		const binary = this.binary(field, item);
		if (!binary) throw new Problem({ message: `The item has no file in the field '${field}'`, mend: "Check 'Input Data Field Name' against the binary data of the input.", code: 'nofile' });
		const name = binary.fileName ?? field;
		if (name.includes('/')) throw new Problem({ message: `The file name '${name}' holds a slash`, code: 'badvalue' });
		return { name, mimeType: binary.mimeType, content: async () => await this.context.helpers.getBinaryDataBuffer(item, field) };
	}

	private binary(field: string, item: number): IBinaryData | undefined {
		try {
			return this.context.helpers.assertBinaryData(item, field);
		} catch {
			return undefined;
		}
	}
}
