import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { Parameters } from '../actions/parameters';
import type { InputFile } from '../actions/types';
import { Problem } from '../moodle/problem';

/** Whether a raw parameter holds an expression anywhere: n8n marks them with a leading `=`. */
function hasExpression(raw: unknown): boolean {
	if (typeof raw === 'string') return raw.startsWith('=');
	if (Array.isArray(raw)) return raw.some(hasExpression);
	return typeof raw === 'object' && raw !== null && Object.values(raw).some(hasExpression);
}

/**
 * Reads the parameters of items. A parameter without an expression has one value for all of them and is read once:
 * evaluating costs about a millisecond each time.
 */
export class Reader {
	private readonly constants = new Map<string, unknown>();

	private readonly varying = new Set<string>();

	private readonly zone: string;

	constructor(private readonly context: IExecuteFunctions) {
		this.zone = context.getTimezone();
	}

	/** The parameters of one item. */
	of(item: number): Parameters {
		const seen = new Map<string, unknown>();
		const value = (name: string): unknown => {
			if (this.constants.has(name)) return this.constants.get(name);
			if (seen.has(name)) return seen.get(name);
			const found = this.read(name, item);
			seen.set(name, found);
			if (this.isConstant(name)) this.constants.set(name, found);
			return found;
		};
		return new Parameters(item, value, this.zone, (field) => this.file(field, item));
	}

	private isConstant(name: string): boolean {
		if (this.varying.has(name)) return false;
		const raw: unknown = this.context.getNodeParameter(name, 0, undefined, { rawExpressions: true });
		if (!hasExpression(raw)) return true;
		this.varying.add(name);
		return false;
	}

	private read(name: string, item: number): unknown {
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
