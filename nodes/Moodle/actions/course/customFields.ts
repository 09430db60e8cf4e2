import { FRONT_PAGE } from '../../lookup/courses';
import { asIs } from '../../common/asIs';
import type { Read } from '../../moodle/calls';
import { toUnix } from '../../moodle/dates';
import { MoodleFailure } from '../../moodle/failure';
import { Problem, shown } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { objectsOf, type Params, type Value } from '../../moodle/values';
import type { Services } from '../types';

/** The custom fields of courses that the token may see. */
interface FieldKinds {
	/** Short name to kind: `text`, `select`, `date`, `checkbox`, `textarea`, `number`. */
	kinds: Map<string, string>;
	/** Whether the account sees what teachers see, so that a field which is missing here does not exist for it. */
	complete: boolean;
}

/** Every course lists all custom fields, the front page too (5.1 measured), which spares a look at the courses themselves. */
async function fieldKinds(read: Read): Promise<FieldKinds | undefined> {
	try {
		const [course] = objectsOf(
			await read(READS.core_course_get_courses, { options: { ids: [FRONT_PAGE] } }),
		);
		if (!course) return undefined;
		const kinds = new Map(
			objectsOf(course.customfields).map((field) => [String(field.shortname), String(field.type)]),
		);
		// The ID number is shown to accounts that may change the course, and so are the fields for teachers.
		return { kinds, complete: course.idnumber !== undefined };
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return undefined;
		throw asIs(caught);
	}
}

function refused(name: string, wants: string, value: string): Problem {
	return new Problem({
		message: `'Custom Fields': ${shown(name)} takes ${wants}, not ${shown(value)}`,
		code: 'invalidpersistenterror',
	});
}

const YES = new Set(['1', 'true', 'yes', 'on']);
const NO = new Set(['', '0', 'false', 'no', 'off']);

/** A value in the form its kind of field wants. Moodle refuses a date in words, a choice in words and `true`. */
function converted(name: string, value: string, kind: string | undefined, zone: string): string {
	const text = value.trim();
	if (kind === 'date')
		return text === '' ? '0' : String(toUnix(text, zone, `Custom Fields: ${name}`));
	if (kind === 'select' && !/^\d*$/.test(text))
		throw refused(name, 'the number of a choice, starting at 1', value);
	if (kind === 'select') return text === '' ? '0' : text;
	if (kind !== 'checkbox') return value;
	if (YES.has(text.toLowerCase())) return '1';
	if (NO.has(text.toLowerCase())) return '0';
	throw refused(name, '1 or 0', value);
}

function unknown(name: string): Problem {
	return new Problem({
		message: `'Custom Fields': no custom field of courses has the short name ${shown(name)}`,
		mend: 'Check it under Site administration > Courses > Course custom fields. A field that nobody may see cannot be checked: make it visible to teachers.',
		code: 'nocustomfield',
	});
}

function convertFields(pairs: Value, known: FieldKinds, zone: string): Value[] {
	return objectsOf(pairs).map(({ shortname, value }) => {
		const name = String(shortname);
		if (known.complete && !known.kinds.has(name)) throw unknown(name);
		return { shortname: name, value: converted(name, String(value), known.kinds.get(name), zone) };
	});
}

/**
 * Records with their custom fields in the form Moodle wants. Moodle ignores a short name that it does not know (create
 * and update courses, all versions), so the names are checked first, with one request for all records of a run.
 *
 * @returns for each record itself, its copy with converted values, or what is wrong with it
 */
export async function withCustomFields(
	records: Params[],
	services: Services,
): Promise<Array<Params | Problem>> {
	if (!records.some((record) => record.customfields !== undefined)) return records;
	const known = await fieldKinds(services.read);
	if (!known) return records;
	return records.map((record) => {
		if (record.customfields === undefined) return record;
		try {
			return { ...record, customfields: convertFields(record.customfields, known, services.zone) };
		} catch (caught) {
			if (caught instanceof Problem) return caught;
			throw asIs(caught);
		}
	});
}
