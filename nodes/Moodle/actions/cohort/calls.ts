import { cohortNamesakes } from '../../lookup/namesakes';
import type { Answers } from '../../lookup/answers';
import { categoriesById } from '../../lookup/categories';
import { cohortsByNumber, cohortsByValue } from '../../lookup/cohorts';
import { missingCohorts, presenceOfCohorts } from '../../lookup/missing';
import { LIGHT_RECORDS, UNKNOWN, type CallFacts, type Read } from '../../moodle/calls';
import { Problem, shown } from '../../moodle/problem';
import { createdRows, nothing } from '../../moodle/replies';
import { settleInOrder, settleNull } from '../../moodle/settle';
import { trimmed } from '../../moodle/spelling';
import type { Json } from '../../moodle/values';
import { checkedFor, themesOf, type Droppable } from '../kept';
import { takenForTheSame } from '../matching';
import { unknownCohort } from './memberCalls';
import { readCohorts } from './read';

/** Where a cohort belongs, as Moodle wants it. For the system a value must be there, too. */
export type CategoryType = { type: 'id'; value: number } | { type: 'system'; value: 'ignored' };

/** A cohort to be created or changed. */
type CohortRecord = {
	id?: number;
	categorytype: CategoryType;
	name: string;
	idnumber: string;
	theme?: string;
};

/** The place of a cohort: a category, or the site as a whole. */
export function categoryType(category: number | undefined): CategoryType {
	return category === undefined
		? { type: 'system', value: 'ignored' }
		: { type: 'id', value: category };
}

const placeName = ({ categorytype }: CohortRecord) =>
	categorytype.type === 'id' ? `category ${categorytype.value}` : 'cohorts of the site';

/** The words for an ID number that another cohort has: Moodle wants it to be unique, an empty one too. */
export function takenIdnumber(idnumber: string, holder: Json): Problem {
	const name = `the cohort ${shown(String(holder.name ?? ''))} (ID ${String(holder.id)})`;
	return new Problem({
		message:
			idnumber === ''
				? `Only one cohort can be without an ID number, and ${name} is`
				: `The ID number ${shown(idnumber)} is taken by ${name}`,
		mend: "Use another one, or 'Create or Update' to change that cohort.",
		code: 'cohortidnumbertaken',
	});
}

/** The cohorts that have one of these ID numbers, by ID number. What could not be looked up has its problem. */
export async function holders(read: Read, idnumbers: string[]): Promise<Answers<Json>> {
	const wanted = idnumbers.filter((text) => text !== '');
	return wanted.length > 0 ? await cohortsByValue(read, 'idnumber', wanted) : new Map();
}

/** The cohorts of an answer that tells some. */
const rowsOf = (answer: Json[] | Problem | undefined) => (Array.isArray(answer) ? answer : []);

/** The cohort whose ID number Moodle takes for the same as that of a record which it refused. */
async function nearHolder(read: Read, { idnumber }: CohortRecord): Promise<Problem | undefined> {
	const [other] = (await cohortsByNumber(read)).perhaps(idnumber);
	return other && takenForTheSame('ID number', idnumber, other, 'idnumber', 'the cohort');
}

/** Categories named by these records that Moodle does not show. */
async function missingCategories(read: Read, records: CohortRecord[]): Promise<Set<number>> {
	const wanted = records.flatMap(({ categorytype }) =>
		categorytype.type === 'id' ? [categorytype.value] : [],
	);
	const found = new Set(
		(await categoriesById(read, wanted.map(String))).map((row) => Number(row.id)),
	);
	return new Set(wanted.filter((id) => !found.has(id)));
}

async function diagnose(
	records: CohortRecord[],
	read: Read,
	isRefused: boolean,
): Promise<Array<Problem | undefined>> {
	const creating = records.filter((record) => record.id === undefined);
	const taken = await holders(
		read,
		creating.map((record) => record.idnumber),
	);
	const gone = await missingCohorts(
		read,
		records.flatMap(({ id }) => (id === undefined ? [] : [id])),
	);
	const categories = isRefused ? await missingCategories(read, records) : new Set<number>();
	const causes = records.map((record) => {
		const [holder] = record.id === undefined ? rowsOf(taken.get(record.idnumber)) : [];
		if (holder) return takenIdnumber(record.idnumber, holder);
		if (record.id !== undefined && gone.has(record.id)) return unknownCohort(record.id);
		if (record.categorytype.type === 'id' && categories.has(record.categorytype.value))
			return new Problem({
				message: `Moodle shows no category with the ID '${record.categorytype.value}'`,
				mend: 'Check the category, and that the account behind the token may see it.',
				code: 'notfound',
			});
		if (isRefused && record.theme)
			return new Problem({
				message: `'Theme': Moodle has no theme with the name ${shown(record.theme)}`,
				mend: 'Use the short name of an installed theme, or leave the theme out.',
				code: 'notheme',
			});
		return undefined;
	});
	// Refused and nothing found: there is one record then.
	return await Promise.all(
		causes.map(
			async (cause, at) =>
				cause ??
				(isRefused && records[at].id === undefined
					? await nearHolder(read, records[at])
					: undefined),
		),
	);
}

/** Cohorts as they are now, for records of which nobody knows whether they were created. */
async function findCreated(records: CohortRecord[], read: Read): Promise<unknown[]> {
	const found = await holders(
		read,
		records.map((record) => record.idnumber),
	);
	return records.map((record) => {
		const answer = found.get(record.idnumber);
		if (answer instanceof Problem) return UNKNOWN;
		return answer?.find((row) =>
			(['idnumber', 'name'] as const).every((key) => trimmed(row[key]) === trimmed(record[key])),
		);
	});
}

/** Left out where the site allows no themes for cohorts (cohort_add_cohort and cohort_update_cohort, 4.1 to 5.1). */
const THEME: Droppable = { name: 'theme', label: 'Theme', mend: themesOf('cohort') };

const cohortsById = async (read: Read, ids: string[]) => [
	...(await readCohorts(read, ids.map(Number))).rows.values(),
];

/** Creates cohorts: one transaction, refused as a whole when one ID number is taken anywhere in the site. */
export const createCohorts: CallFacts<CohortRecord> = {
	function: 'core_cohort_create_cohorts',
	list: 'cohorts',
	atomic: 'all',
	repeat: 'lookup',
	usual: LIGHT_RECORDS,
	capabilities: ['moodle/cohort:manage'],
	reply: createdRows,
	settle: settleInOrder('idnumber'),
	...checkedFor('cohort', [THEME]),
	context: (record) => placeName(record),
	find: async (records, _shared, read) => await findCreated(records, read),
	knownBy: 'ID number',
	namesakes: async (records, _ids, _shared, read) => await cohortNamesakes(records, read),
	diagnose: async (records, _shared, read, refusal) =>
		await diagnose(records, read, refusal !== undefined),
};

/** Changes cohorts: one transaction. A record must carry the place, the name and the ID number, changed or not. */
export const updateCohorts: CallFacts<CohortRecord> = {
	function: 'core_cohort_update_cohorts',
	list: 'cohorts',
	atomic: 'all',
	repeat: 'safe',
	capabilities: ['moodle/cohort:manage'],
	reply: nothing,
	settle: settleNull,
	...checkedFor('cohort', [THEME], cohortsById),
	context: (record) => placeName(record),
	diagnose: async (records, _shared, read, refusal) =>
		await diagnose(records, read, refusal !== undefined),
	order: (record) => [record.id ?? 0],
};

/** Deletes cohorts: all or nothing, one unknown id fails the whole call (all versions). */
export const deleteCohorts: CallFacts = {
	function: 'core_cohort_delete_cohorts',
	list: 'cohortids',
	atomic: 'all',
	repeat: 'lookup',
	capabilities: ['moodle/cohort:manage'],
	reply: nothing,
	settle: settleNull,
	context: (id) => `cohort ${String(id)}`,
	// "Found" means here: the deletion has happened, so the cohort is gone.
	knownBy: 'ID',
	find: async (ids, _shared, read) => {
		const now = await presenceOfCohorts(read, ids.map(Number));
		return ids.map(
			(id) =>
				({ there: undefined, gone: { id }, unknown: UNKNOWN })[now.get(Number(id)) ?? 'unknown'],
		);
	},
	diagnose: async (ids, _shared, read) => {
		const gone = await missingCohorts(read, ids.map(Number));
		return ids.map((id) => (gone.has(Number(id)) ? unknownCohort(id) : undefined));
	},
};
