/** A value that a form can carry. Booleans become 1/0; `undefined` and `null` are left out. */
export type Scalar = string | number | boolean;

/** Parameters of a web-service function as nested data, before they are flattened into form variables. */
export type Value = Scalar | null | undefined | Value[] | { [key: string]: Value };

/** The parameters of one call. */
export type Params = { [key: string]: Value };

/** One JSON object, as Moodle answers it or as an item carries it. */
export type Json = { [key: string]: unknown };

/** Whether a value is a plain JSON object. */
export function isObject(value: unknown): value is Json {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as a list: itself when it is one, otherwise empty. */
export function asList(value: unknown): unknown[] {
	return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The objects among the members of a list; anything else is left out. */
export function objectsOf(value: unknown): Json[] {
	return asList(value).filter(isObject);
}

/** A field of a record as text; empty where the record has none. */
export function fieldText(record: unknown, name: string): string {
	return isObject(record) ? String(record[name] ?? '') : '';
}

/** Options as many functions of Moodle take them: a list of names with their values as text. Those without a value are left out. */
export function namedValues(options: { [name: string]: Value | undefined }): Value[] {
	return Object.entries(options)
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => ({ name, value: String(value as string | number) }));
}
