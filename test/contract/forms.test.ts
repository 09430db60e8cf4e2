/** Call Function makes a form of every function that Moodle 5.1 has, and checks what it holds before anything is sent. */
import { validateFieldType, type FieldType } from 'n8n-workflow';
import { callParameters, formParameters } from '../../nodes/Moodle/actions/webService/callFields';
import { formOf } from '../../nodes/Moodle/actions/webService/form';
import {
	keysOf,
	flagsOf,
	flagsOfNode,
	isList,
	type Node,
} from '../../nodes/Moodle/moodle/notation';
import { sampleOf } from '../../nodes/Moodle/moodle/sample';
import { checkParams, signatureOf } from '../../nodes/Moodle/moodle/signature';
import { isObject, type Json, type Params, type Value } from '../../nodes/Moodle/moodle/values';
import { catalogue } from '../sandbox/catalogue';

const { names } = catalogue('5.1');
const VALUES: Record<string, Value> = { int: 7, float: 1.5, bool: true };
type Path = Array<string | number>;

/** Something that Moodle would take: every list with one entry, every structure with all its keys. */
function filled(node: Node): Value {
	if (typeof node === 'string') return VALUES[flagsOf(node).type] ?? 'x';
	if (isList(node)) return [filled(node[0])];
	return Object.fromEntries(keysOf(node).map(([key, part]) => [key, filled(part)]));
}

/** The places of all single values, and whether they may be missing. */
function leaves(node: Node, path: Path = []): Array<{ path: Path; optional: boolean }> {
	if (typeof node === 'string') return [{ path, optional: flagsOfNode(node).optional }];
	if (isList(node)) return leaves(node[0], [...path, 0]);
	return keysOf(node).flatMap(([key, part]) => leaves(part, [...path, key]));
}

/** A copy with another value in one place; undefined takes it out. */
function changed(value: Value, [key, ...rest]: Path, to: Value): Value {
	if (key === undefined) return to;
	if (Array.isArray(value))
		return value.map((entry, at) => (at === key ? changed(entry, rest, to) : entry));
	const copy = { ...(value as Params) };
	copy[key] = changed(copy[key], rest, to);
	if (copy[key] === undefined) delete copy[key];
	return copy;
}

/** The parameters as the form of the editor holds them: lists and structures as JSON text. */
const entered = (params: Params): Json => ({
	mappingMode: 'defineBelow',
	value: Object.fromEntries(
		Object.entries(params).map(([name, value]) => [
			name,
			isObject(value) || Array.isArray(value) ? JSON.stringify(value) : value,
		]),
	),
});

const read = (name: string, params: Params) =>
	callParameters('{}', 'UTC', formParameters(entered(params), name));

test('the list holds every function of 5.1', () => {
	expect(names.length).toBeGreaterThan(750);
	expect(names.filter((name) => signatureOf(name) === undefined)).toEqual([]);
});

test.each(names)('%s', (name) => {
	const { params } = signatureOf(name)!;
	const good = filled(params) as Params;
	const { fields, emptyFieldsNotice } = formOf(name, '5.1');

	// built
	expect(fields.map(({ id, required }) => [id, required])).toEqual(
		Object.entries(params).map(([id, node]) => [id, !flagsOfNode(node).optional]),
	);
	expect(emptyFieldsNotice === undefined).toBe(fields.length > 0);
	for (const { id, type, defaultValue } of fields) {
		const value = defaultValue ?? entered(good).value?.[id as never];
		expect([id, validateFieldType(id, value, type as FieldType).valid]).toEqual([id, true]);
	}

	// a valid sample passes, the one that the form begins with too
	expect(checkParams(name, read(name, good), '5.1')).toEqual([]);
	expect(checkParams(name, sampleOf(params) as Params, '5.1')).toEqual([]);

	// a wrong one fails, at the right path
	for (const { path, optional } of leaves(params)) {
		const wrong = changed(good, path, { wrong: 1 }) as Params;
		expect(checkParams(name, wrong, '5.1').map((flaw) => flaw.path)).toContainEqual(path);
		if (optional || path[path.length - 1] === 0) continue;
		const missing = changed(good, path, undefined) as Params;
		const flaws = checkParams(name, missing, '5.1');
		// Taking the last key out of a structure leaves nothing that a form can carry.
		expect(flaws.some((flaw) => path.join('.').startsWith(flaw.path.join('.')))).toBe(true);
	}
});

test('what only a newer Moodle has is left out for an older one', () => {
	const younger = names.flatMap((name) =>
		Object.entries(signatureOf(name)!.params)
			.filter(([, node]) => flagsOfNode(node).since !== undefined)
			.map(([id]) => [name, id]),
	);
	expect(younger.length).toBeGreaterThan(5);
	for (const [name, id] of younger) {
		expect(formOf(name, '4.1').fields.map((field) => field.id)).not.toContain(id);
		expect(formOf(name, '5.1').fields.map((field) => field.id)).toContain(id);
	}
});
