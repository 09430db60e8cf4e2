import { narrowKey, trimmed, wideKey } from './spelling';

function indexed<T>(rows: T[], keyOf: (row: T) => string): Map<string, T[]> {
	const index = new Map<string, T[]>();
	for (const row of rows) {
		const key = keyOf(row);
		const same = index.get(key);
		if (same) same.push(row);
		else index.set(key, [row]);
	}
	return index;
}

/** The records of a list by one of their texts. Made once for a list, however many texts are looked for in it. */
export class Spellings<T> {
	private readonly byText: Map<string, T[]>;

	private readonly byNarrow: Map<string, T[]>;

	private byWide?: Map<string, T[]>;

	private readonly rows: T[];

	/** @param textOf the text of a record; records without one are left out */
	constructor(
		rows: T[],
		private readonly textOf: (row: T) => unknown,
	) {
		this.rows = rows.filter((row) => trimmed(textOf(row)) !== '');
		this.byText = indexed(this.rows, (row) => trimmed(textOf(row)));
		this.byNarrow = indexed(this.rows, (row) => narrowKey(textOf(row)));
	}

	/** Records that are spelt exactly so, outer spaces aside. */
	exactly(text: unknown): T[] {
		return this.byText.get(trimmed(text)) ?? [];
	}

	/** Records that are spelt so, capitals aside. */
	inAnyCapitals(text: unknown): T[] {
		return this.byNarrow.get(narrowKey(text)) ?? [];
	}

	/** Records that a database could take for the same. */
	perhaps(text: unknown): T[] {
		this.byWide ??= indexed(this.rows, (row) => wideKey(this.textOf(row)));
		return this.byWide.get(wideKey(text)) ?? [];
	}
}

/** Of several records the ones that are spelt exactly so, if there are any. */
export function closest<T>(rows: T[], text: unknown, textOf: (row: T) => unknown): T[] {
	const exact = rows.length > 1 ? rows.filter((row) => trimmed(textOf(row)) === trimmed(text)) : [];
	return exact.length > 0 ? exact : rows;
}
