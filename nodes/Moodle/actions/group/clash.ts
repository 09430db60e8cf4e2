import type { GroupKind } from '../../lookup/groups';
import type { Read } from '../../moodle/calls';
import { Problem, shown } from '../../moodle/problem';
import { fold } from '../../moodle/settle';
import type { Json, Value } from '../../moodle/values';
import { readCourses, readGroups } from './read';

/** A group or grouping to be written. */
interface Written {
	id?: number;
	courseid?: number;
	name?: string;
	idnumber?: string;
}

const as = (record: Value) => record as unknown as Written;

function taken(kind: GroupKind, what: string, value: string, holder: Json): Problem {
	return new Problem({
		message: `The ${what} ${shown(value)} is taken by another ${kind} of the course (ID ${String(holder.id)})`,
		mend: `Use another one, or 'Create or Update' to change that ${kind}.`,
		code: what === 'name' ? `${kind}nametaken` : 'idnumbertaken',
	});
}

/** The name or ID number of a record that another group of its course has. */
function clash(kind: GroupKind, { id, name, idnumber }: Written, rows: Json[]): Problem | undefined {
	const others = rows.filter((row) => Number(row.id) !== id);
	const holder = (key: 'name' | 'idnumber', value: string | undefined) =>
		value === undefined || value === '' ? undefined : others.find((row) => fold(row[key]) === fold(value));
	const byName = holder('name', name);
	if (byName) return taken(kind, 'name', name ?? '', byName);
	const byNumber = holder('idnumber', idnumber);
	return byNumber && taken(kind, 'ID number', idnumber ?? '', byNumber);
}

/** Why these new or changed groups or groupings are (or would be) refused: unknown, or a name or ID number that is taken. */
export async function diagnoseGroups(kind: GroupKind, records: Value[], read: Read): Promise<Array<Problem | undefined>> {
	const written = records.map(as);
	const { rows, refused } = await readGroups(read, kind, written.flatMap(({ id }) => (id === undefined ? [] : [id])));
	const courseOf = ({ id, courseid }: Written) => courseid ?? (id === undefined ? undefined : Number(rows.get(id)?.courseid));
	const lists = await readCourses(read, kind, written.map(courseOf).filter((course): course is number => course !== undefined && !Number.isNaN(course)));
	return written.map((record) => {
		const refusal = record.id === undefined ? undefined : refused.get(record.id);
		const course = courseOf(record) ?? 0;
		return refusal ?? lists.refused.get(course) ?? clash(kind, record, lists.rows.get(course) ?? []);
	});
}

/** Groups or groupings as they are now, for records of which nobody knows whether they were created. */
export async function findCreatedGroups(kind: GroupKind, records: Value[], read: Read): Promise<unknown[]> {
	const { rows } = await readCourses(read, kind, records.map((record) => Number(as(record).courseid)));
	return records.map((record) => {
		const { courseid, name, idnumber } = as(record);
		return rows.get(Number(courseid))?.find((row) => fold(row.name) === fold(name) && fold(row.idnumber) === fold(idnumber));
	});
}
