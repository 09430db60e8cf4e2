import { Problem, shown } from '../../moodle/problem';
import { objectsOf, type Json, type Params, type Value } from '../../moodle/values';

/** An option of a course format as Moodle takes it. */
function option(name: string, value: string): Value {
	return { name, value };
}

/** The format "weeks" is not to set the end date itself. */
const KEEP_END = option('automaticenddate', '0');

/** Options that the formats of Moodle itself know (course/format/…/lib.php, 4.1 to 5.1). */
const FORMAT_OPTIONS: Record<string, string[]> = {
	topics: ['hiddensections', 'coursedisplay'],
	weeks: ['hiddensections', 'coursedisplay', 'automaticenddate'],
	singleactivity: ['activitytype'],
	social: ['numdiscussions'],
};

/** Fields of a course. An option with such a name would overwrite the field past all checks; one called `id` another course. */
const COURSE_FIELDS = new Set(
	(
		'id category categoryid sortorder fullname shortname idnumber summary summaryformat format showgrades newsitems startdate enddate ' +
		'relativedatesmode marker maxbytes legacyfiles showreports visible visibleold downloadcontent groupmode groupmodeforce defaultgroupingid ' +
		'lang calendartype theme forcetheme timecreated timemodified requested enablecompletion completionnotify cacherev originalcourseid ' +
		'showactivitydates showcompletionconditions pdfexportfont courseformatoptions customfields'
	).split(' '),
);

function isAllowed(name: string, format: string | undefined): boolean {
	if (format === undefined)
		return Object.values(FORMAT_OPTIONS).some((names) => names.includes(name));
	const known = FORMAT_OPTIONS[format];
	return known
		? known.includes(name)
		: !COURSE_FIELDS.has(name) && !name.startsWith('customfield_');
}

function checkFormatOptions(record: Params): void {
	const format = record.format === undefined ? undefined : String(record.format as string);
	for (const { name } of objectsOf(record.courseformatoptions)) {
		if (isAllowed(String(name), format)) continue;
		const which = format === undefined ? '' : ` ${shown(format)}`;
		const known = FORMAT_OPTIONS[format ?? '']?.join(', ');
		throw new Problem({
			message: `'Format Options': ${shown(name)} is not an option of the course format${which}`,
			mend: known
				? `Use one of: ${known}.`
				: "Fields of the course have entries of their own. For options of an installed format give its name in 'Format' as well.",
			code: 'formatoption',
		});
	}
}

/** The words for a course that would end before it starts. */
export function endsTooEarly(): Problem {
	return new Problem({
		message: 'The end date of the course lies before its start date',
		mend: "Check 'Start Date' and 'End Date'.",
		code: 'enddatebeforestartdate',
	});
}

/** Whether a course with these dates ends before it starts; 0 is "not set". */
export function isReversed(start: unknown, end: unknown): boolean {
	return Number(start) > 0 && Number(end) > 0 && Number(end) < Number(start);
}

/**
 * A course to be written, checked as far as it can be without asking Moodle.
 *
 * @throws Problem for reversed dates, a start date of 0, and options that do not belong to the format
 */
export function checkedCourse(record: Params): Params {
	if (record.startdate === 0)
		throw new Problem({
			message: "'Start Date' cannot be emptied",
			mend: 'Give a date, or remove the field from the node.',
			code: 'badvalue',
		});
	if (isReversed(record.startdate, record.enddate)) throw endsTooEarly();
	checkFormatOptions(record);
	return record;
}

function optionOf(options: unknown, name: string): Json | undefined {
	return objectsOf(options).find((option) => option.name === name);
}

/**
 * With an end date, the option that keeps it: the format "weeks" otherwise puts its own in place, without a word
 * (automaticenddate is on for new courses, 4.1 to 5.1 source, 5.1 measured). Other formats ignore the option.
 *
 * @param format of the course, undefined when it is the default of the site
 */
export function keepingEndDate(record: Params, format: unknown, existing?: Json): Params {
	const isWeeks = format === undefined || format === 'weeks';
	if (
		record.enddate === undefined ||
		!isWeeks ||
		optionOf(record.courseformatoptions, 'automaticenddate')
	)
		return record;
	if (existing && String(optionOf(existing.courseformatoptions, 'automaticenddate')?.value) === '0')
		return record;
	const options = (record.courseformatoptions ?? []) as Value[];
	return { ...record, courseformatoptions: [...options, KEEP_END] };
}

/** Whether the format sets the end date of this course itself. */
function endsByItself(course: Json): boolean {
	return (
		course.format === 'weeks' &&
		String(optionOf(course.courseformatoptions, 'automaticenddate')?.value ?? '1') !== '0'
	);
}

/** Whether changing an existing course so would leave it with reversed dates. Moodle compares only what is sent. */
export function wouldReverse(changes: Params, existing: Json): boolean {
	const end = changes.enddate ?? (endsByItself(existing) ? 0 : existing.enddate);
	return (
		(changes.startdate !== undefined || changes.enddate !== undefined) &&
		isReversed(changes.startdate ?? existing.startdate, end)
	);
}

/** A change as Moodle takes it: an end date without a start date is refused (nostartdatenoenddate, 4.1 to 5.1). */
export function completeChange(changes: Params, existing: Json): Params {
	const kept = keepingEndDate(changes, changes.format ?? existing.format ?? null, existing);
	const needsStart =
		Number(kept.enddate ?? 0) > 0 && kept.startdate === undefined && Number(existing.startdate) > 0;
	return needsStart ? { ...kept, startdate: Number(existing.startdate) } : kept;
}
