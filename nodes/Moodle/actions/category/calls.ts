import { categoryNamesakes } from '../../lookup/namesakes';
import { allCategories, categoriesById } from '../../lookup/categories';
import { havingText } from '../../lookup/havingText';
import { Spellings } from '../../moodle/spellings';
import { UNKNOWN, type CallFacts, type Read } from '../../moodle/calls';
import { Problem, shown } from '../../moodle/problem';
import { needing, READS } from '../../moodle/reads';
import { createdRows, nothing } from '../../moodle/replies';
import { settleInOrder, settleNull } from '../../moodle/settle';
import { trimmed } from '../../moodle/spelling';
import { fieldText, type Json, type Value } from '../../moodle/values';
import { checkedFor, themesOf, type Droppable } from '../kept';
import { takenForTheSame } from '../matching';

const MANAGE = ['moodle/category:manage'];

/** Categories with their ID numbers, which Moodle shows to those who manage them. */
export const getCategoriesFacts = needing(READS.core_course_get_categories, ...MANAGE);

/** The words for an id that belongs to no category. */
export function unknownCategory(id: string): Problem {
	return new Problem({
		message: `There is no category with the ID ${shown(id)} that the account behind the token can see`,
		mend: 'Check the ID; the category may have been deleted.',
		code: 'notfound',
	});
}

function taken(value: string, holder: Json): Problem {
	return new Problem({
		message: `The ID number ${shown(value)} is taken by another category (ID ${String(holder.id)})`,
		mend: "Use another one, or 'Create or Update' to change that category.",
		code: 'categoryidnumbertaken',
		certain: holder.idnumber === value,
	});
}

/** Why a record's ID number is taken: by a category that has it, or, once Moodle has refused it, by one that it takes for the same. */
async function takenNumber(
	record: Value,
	numbers: Spellings<Json>,
	read: Read,
	isRefused: boolean,
): Promise<Problem | undefined> {
	const [own, idnumber] = [fieldText(record, 'id'), fieldText(record, 'idnumber')];
	const others = (rows: Json[]) => rows.filter((row) => String(row.id) !== own);
	const [holder] = others(await havingText(read, numbers, idnumber));
	if (holder) return taken(idnumber, holder);
	const [near] = isRefused ? others(numbers.perhaps(idnumber)) : [];
	return near && takenForTheSame('ID number', idnumber, near, 'idnumber', 'the category');
}

/** What is wrong with new or changed categories: their own id, their parent, their ID number. */
async function diagnoseCategories(
	records: Value[],
	read: Read,
	isRefused: boolean,
): Promise<Array<Problem | undefined>> {
	const all = await allCategories(read);
	const ids = new Set(all.map((category) => String(category.id)));
	const numbers = new Spellings(all, (category) => category.idnumber);
	const causes = records.map(async (record) => {
		const [own, parent] = ['id', 'parent'].map((name) => fieldText(record, name));
		if (own !== '' && !ids.has(own)) return unknownCategory(own);
		if (parent !== '' && parent !== '0' && !ids.has(parent)) return unknownCategory(parent);
		return await takenNumber(record, numbers, read, isRefused);
	});
	return await Promise.all(causes);
}

const parentContext = (record: Value) =>
	['', '0'].includes(fieldText(record, 'parent'))
		? 'system'
		: `category ${fieldText(record, 'parent')}`;

/** Left out where the site allows no themes for categories (core_course_category, 4.1 to 5.1). */
const THEME: Droppable = { name: 'theme', label: 'Theme', mend: themesOf('category') };

/** Creates categories that have an ID number, by which they can be found again when the answer is lost. One transaction. */
const createNumbered: CallFacts = {
	function: 'core_course_create_categories',
	serial: true,
	list: 'categories',
	atomic: 'all',
	repeat: 'lookup',
	capabilities: MANAGE,
	reply: createdRows,
	settle: settleInOrder('name'),
	...checkedFor('category', [THEME], categoriesById),
	context: parentContext,
	namesakes: async (records, ids, _shared, read) => await categoryNamesakes(records, ids, read),
	knownBy: 'ID number; without one it is told as *open*',
	find: async (records, _shared, read) => {
		const names = new Spellings(await allCategories(read), (category) => category.name);
		return records.map((record) => {
			const namesakes = names.exactly(fieldText(record, 'name'));
			const made = namesakes.find(
				(category) => trimmed(category.idnumber) === trimmed(fieldText(record, 'idnumber')),
			);
			// ID numbers are shown to accounts that may manage the category only (get_categories, 4.1 to 5.1).
			return (
				made ??
				(namesakes.some((category) => category.idnumber === undefined) ? UNKNOWN : undefined)
			);
		});
	},
	diagnose: async (records, _shared, read, refusal) =>
		await diagnoseCategories(records, read, refusal !== undefined),
};

/** Creates categories without one: names are not unique, so a repeat would double them (5.1 measured). */
const createNamed: CallFacts = {
	...createNumbered,
	repeat: 'never',
	find: undefined,
	knownBy: undefined,
	namesakes: undefined,
};

/** The call for a new category, by whether it can be found again. */
export function creationOf(record: Value): CallFacts {
	return fieldText(record, 'idnumber') === '' ? createNamed : createNumbered;
}

/** Both ways to create, the safer one first. */
export const createCategories = createNumbered;

/** Changes categories. One transaction. A description format that is left out falls back to HTML. */
export const updateCategories: CallFacts = {
	function: 'core_course_update_categories',
	serial: true,
	list: 'categories',
	atomic: 'all',
	repeat: 'safe',
	capabilities: MANAGE,
	reply: nothing,
	settle: settleNull,
	context: (record) => `category ${fieldText(record, 'id')}`,
	...checkedFor('category', [THEME], categoriesById),
	diagnose: async (records, _shared, read, refusal) =>
		await diagnoseCategories(records, read, refusal !== undefined),
};

/** The categories that are gone by now: "found" means that the deletion has happened. */
async function findGone(records: Value[], _shared: unknown, read: Read): Promise<unknown[]> {
	const left = new Set(
		(
			await categoriesById(
				read,
				records.map((record) => fieldText(record, 'id')),
			)
		).map((category) => String(category.id)),
	);
	return records.map((record) =>
		left.has(fieldText(record, 'id')) ? undefined : { id: fieldText(record, 'id') },
	);
}

/** Deletes categories, in one transaction. Courses inside take Moodle 90 to 200 ms each, so a request carries few. */
export const deleteCategories: CallFacts = {
	function: 'core_course_delete_categories',
	serial: true,
	list: 'categories',
	atomic: 'all',
	repeat: 'lookup',
	perRequest: 10,
	capabilities: [...MANAGE, 'moodle/course:delete', 'moodle/course:create'],
	reply: nothing,
	settle: settleNull,
	context: (record) => `category ${fieldText(record, 'id')}`,
	find: findGone,
	knownBy: 'ID',
	diagnose: async (records, shared, read) => {
		const gone = await findGone(records, shared, read);
		return records.map((record, index) =>
			gone[index] ? unknownCategory(fieldText(record, 'id')) : undefined,
		);
	},
};
