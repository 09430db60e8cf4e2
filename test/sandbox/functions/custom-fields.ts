/** Custom fields of courses, groups, groupings and cohorts. */
import type { Ctx } from '../access';
import { MoodleError } from '../errors';
import type { CustomField } from '../rows';

/** A value as a caller sends it. */
export interface CustomInput {
	shortname: string;
	value: string;
}

function checkValue(field: CustomField, value: string): void {
	const number = /^-?\d+$/.test(value);
	const wrong =
		(field.type === 'select' && !number) ||
		(field.type === 'date' && !number) ||
		(field.type === 'checkbox' && !['0', '1', ''].includes(value));
	if (wrong && value !== '') {
		throw new MoodleError(
			'core\\invalid_persistent_exception',
			'invalidpersistenterror',
			'Error: Data submitted is invalid',
		);
	}
}

/** The stored values after an update; unknown fields are dropped without a word, long texts of groups and cohorts are lost. */
export function customValues(
	ctx: Ctx,
	area: CustomField['area'],
	input: CustomInput[] | undefined,
	old: Record<number, string>,
): Record<number, string> {
	if (!input || input.length === 0) return old;
	const fields = ctx.site.customFields.find('area', area);
	const values = { ...old };
	for (const { shortname, value } of input) {
		const field = fields.find((f) => f.shortname === shortname);
		if (!field) continue;
		checkValue(field, value);
		if (field.type !== 'textarea' || area === 'course') values[field.id] = value;
	}
	return values;
}

function shown(field: CustomField, value: string): string {
	if (field.type === 'select') return field.options[Number(value) - 1] ?? '';
	if (field.type === 'checkbox') return value === '1' ? 'Yes' : 'No';
	return value;
}

/** Custom fields as replies list them. */
export function describeCustom(
	ctx: Ctx,
	area: CustomField['area'],
	values: Record<number, string>,
): unknown[] {
	return ctx.site.customFields
		.find('area', area)
		.filter((field) => values[field.id] !== undefined)
		.map((field) => ({
			name: field.name,
			shortname: field.shortname,
			type: field.type,
			valueraw: values[field.id],
			value: shown(field, values[field.id]),
		}));
}
