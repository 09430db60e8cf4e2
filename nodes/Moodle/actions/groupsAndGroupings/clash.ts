import type { GroupKind } from '../../lookup/groups';
import { havingText } from '../../lookup/havingText';
import { Spellings } from '../../moodle/spellings';
import { UNKNOWN, type Read } from '../../moodle/calls';
import { Problem, shown } from '../../moodle/problem';
import { trimmed } from '../../moodle/spelling';
import type { Json } from '../../moodle/values';
import { takenForTheSame } from '../matching';
import { readCourses, readGroups } from './read';

/** A group or grouping to be written. */
export type GroupRecord = {
	id?: number;
	courseid?: number;
	name?: string;
	idnumber?: string;
	visibility?: string;
	participation?: number;
};

/** The groups or groupings of one course, by what must be unique among them. */
class CourseGroups {
	private readonly names: Spellings<Json>;

	private readonly numbers: Spellings<Json>;

	constructor(
		private readonly kind: GroupKind,
		rows: Json[],
	) {
		this.names = new Spellings(rows, (row) => row.name);
		this.numbers = new Spellings(rows, (row) => row.idnumber);
	}

	/**
	 * The name or ID number of a record that another group has. Names are compared by the database, ID numbers by PHP
	 * (group/lib.php, 4.1 to 5.1): there capitals count everywhere.
	 *
	 * @param isRefused Moodle has refused the record: then somebody may have what it takes for the same
	 */
	async clash(
		{ id, name, idnumber }: GroupRecord,
		read: Read,
		isRefused: boolean,
	): Promise<Problem | undefined> {
		const another = (rows: Json[]) => rows.find((row) => Number(row.id) !== id);
		const byName = another(await havingText(read, this.names, name));
		if (byName) return this.taken('name', name, byName);
		const byNumber = another(this.numbers.exactly(idnumber));
		if (byNumber) return this.taken('ID number', idnumber, byNumber);
		if (!isRefused) return undefined;
		const [nearName, nearNumber] = [
			another(this.names.perhaps(name)),
			another(this.numbers.perhaps(idnumber)),
		];
		if (nearName) return takenForTheSame('name', name ?? '', nearName, 'name', `the ${this.kind}`);
		return (
			nearNumber &&
			takenForTheSame('ID number', idnumber ?? '', nearNumber, 'idnumber', `the ${this.kind}`)
		);
	}

	private taken(what: string, value: string | undefined, holder: Json): Problem {
		return new Problem({
			message: `The ${what} ${shown(value)} is taken by another ${this.kind} of the course (ID ${String(holder.id)})`,
			mend: `Use another one, or 'Create or Update' to change that ${this.kind}.`,
			code: what === 'name' ? `${this.kind}nametaken` : 'idnumbertaken',
		});
	}
}

/** Why these new or changed groups or groupings are (or would be) refused: unknown, or a name or ID number that is taken. */
export async function diagnoseGroups(
	kind: GroupKind,
	records: GroupRecord[],
	read: Read,
	isRefused: boolean,
): Promise<Array<Problem | undefined>> {
	const { rows, refused } = await readGroups(
		read,
		kind,
		records.flatMap(({ id }) => (id === undefined ? [] : [id])),
	);
	const courseOf = ({ id, courseid }: GroupRecord) =>
		courseid ?? (id === undefined ? undefined : Number(rows.get(id)?.courseid));
	const lists = await readCourses(
		read,
		kind,
		records
			.map(courseOf)
			.filter((course): course is number => course !== undefined && !Number.isNaN(course)),
	);
	const courses = new Map(
		[...lists.rows].map(([course, groups]) => [course, new CourseGroups(kind, groups)]),
	);
	const causes = records.map(async (record) => {
		const refusal = record.id === undefined ? undefined : refused.get(record.id);
		const course = courseOf(record) ?? 0;
		return (
			refusal ??
			lists.refused.get(course) ??
			(await courses.get(course)?.clash(record, read, isRefused))
		);
	});
	return await Promise.all(causes);
}

/** Groups or groupings as they are now, for records of which nobody knows whether they were created. */
export async function findCreatedGroups(
	kind: GroupKind,
	records: GroupRecord[],
	read: Read,
): Promise<unknown[]> {
	const { rows, refused } = await readCourses(
		read,
		kind,
		records.map((record) => Number(record.courseid)),
	);
	const names = new Map(
		[...rows].map(([course, groups]) => [course, new Spellings(groups, (row) => row.name)]),
	);
	return records.map(({ courseid, name, idnumber }) =>
		refused.has(Number(courseid))
			? UNKNOWN
			: names
					.get(Number(courseid))
					?.exactly(name)
					.find((row) => trimmed(row.idnumber) === trimmed(idnumber)),
	);
}
