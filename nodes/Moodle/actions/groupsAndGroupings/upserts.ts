import type { INodeProperties } from 'n8n-workflow';
import { setCustomFields } from '../../lookup/customFields';
import type { GroupKind } from '../../lookup/groups';
import { havingText } from '../../lookup/havingText';
import { Spellings } from '../../moodle/spellings';
import { Problem } from '../../moodle/problem';
import { trimmed } from '../../moodle/spelling';
import type { Json, Params } from '../../moodle/values';
import type { Match } from '../claims';
import { differences } from '../differences';
import { collection, required, type Field } from '../fields';
import { locator } from '../locators';
import { oneFound } from '../matching';
import type { Parameters } from '../parameters';
import type { Services } from '../types';
import type { MatchBy, ResolvedUpsert, UpsertInput } from './change';
import { uniqueKeys } from './keys';
import { readCourses, readGroups } from './read';

/** By what an existing group or grouping is found. */
const matchBy = (kind: GroupKind): INodeProperties => ({
	displayName: 'Match By',
	name: 'matchBy',
	type: 'options',
	options: [
		{ name: 'ID Number', value: 'idnumber', description: `Key of the ${kind} in your own system` },
		{ name: 'Name', value: 'name' },
	],
	default: 'name',
	description: `How to find out whether the ${kind} is in the course already`,
});

/** The fields of Create or Update: the ID number stands alone when it is what the record is found by. */
export function upsertFields(
	kind: GroupKind,
	name: Field,
	idnumber: Field,
	details: Field[],
): INodeProperties[] {
	const only = (property: INodeProperties, by: MatchBy): INodeProperties => ({
		...property,
		displayOptions: { show: { matchBy: [by] } },
	});
	return [
		locator('course'),
		matchBy(kind),
		only(required(idnumber), 'idnumber'),
		required(name),
		only(collection('additionalFields', [idnumber, ...details]), 'name'),
		only(collection('additionalFields', details), 'idnumber'),
	];
}

/** Reads an item of Create or Update. */
export function upsertInput(
	kind: GroupKind,
	p: Parameters,
	name: Field,
	idnumber: Field,
	details: Field[],
): UpsertInput {
	const by = p.choice<MatchBy>(matchBy(kind));
	const courseId = p.ref('course', 'Course');
	if (by === 'idnumber')
		return {
			matchBy: by,
			courseId,
			record: {
				name: p.text(name),
				idnumber: p.text(idnumber),
				...p.fields('additionalFields', details),
			},
		};
	return {
		matchBy: by,
		courseId,
		record: { name: p.text(name), ...p.fields('additionalFields', [idnumber, ...details]) },
	};
}

/** What two items must not have in common inside one request. */
export function upsertKeys({ courseId, record }: UpsertInput): string[] {
	return uniqueKeys(courseId, record);
}

/** By what the group or grouping of an input is found. */
export function matchOf({ matchBy: by, record }: ResolvedUpsert): Match {
	return { label: by === 'name' ? 'name' : 'ID number', text: String(record[by]) };
}

/** The fields that differ from what is there. */
export function changesOf({ record }: ResolvedUpsert, existing: Json): Params {
	// Moodle cuts outer spaces off ID numbers of groups and groupings (5.0 and 5.1 measured).
	const isSame = trimmed(record.idnumber) === trimmed(existing.idnumber);
	return differences(isSame ? { ...record, idnumber: undefined } : record, existing);
}

/** The group or grouping that each input means, whole, or undefined for a new one. Each course is read once. */
export async function findExisting(
	kind: GroupKind,
	inputs: ResolvedUpsert[],
	{ read }: Services,
): Promise<Array<Json | Problem | undefined>> {
	const courses = await readCourses(
		read,
		kind,
		inputs.map((input) => input.courseId),
	);
	const spellingsBy = (by: MatchBy) =>
		new Map(
			[...courses.rows].map(([course, rows]) => [course, new Spellings(rows, (row) => row[by])]),
		);
	const spellings = { name: spellingsBy('name'), idnumber: spellingsBy('idnumber') };
	const found = await Promise.all(
		inputs.map(async ({ matchBy: by, courseId, record }) => {
			const rows = spellings[by].get(courseId);
			return rows
				? oneFound(
						await havingText(read, rows, record[by]),
						String(record[by]),
						`${kind}s have the ${by === 'name' ? 'name' : 'ID number'}`,
					)
				: courses.refused.get(courseId);
		}),
	);
	// The list of a course has no custom fields: those who set some are read once more.
	const more = found.flatMap((row, at) =>
		row && !(row instanceof Problem) && setCustomFields([inputs[at].record])
			? [Number(row.id)]
			: [],
	);
	const whole =
		more.length > 0 ? (await readGroups(read, kind, more)).rows : new Map<number, Json>();
	return found.map((row) =>
		row && !(row instanceof Problem) ? (whole.get(Number(row.id)) ?? row) : row,
	);
}
