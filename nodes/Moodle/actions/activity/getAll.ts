import { remembering } from '../../common/remembering';
import { READS } from '../../moodle/reads';
import { namedValues, objectsOf, type Json } from '../../moodle/values';
import { pick, reading } from '../build';
import { contentsOf } from '../course/contents';
import { collection, field, returnAllAndLimit, simplify } from '../fields';
import { locator } from '../locators';

const filters = [
	field('modname', 'Activity Type', 'text', {
		placeholder: 'e.g. quiz',
		description:
			'Only activities of this type: the name that stands in the address, such as assign, quiz, forum or resource',
	}),
];

const place = (section: Json): Json => ({
	section: section.section,
	sectionname: section.name,
});

const simplified = (courseid: number, row: Json): Json => ({
	activityid: row.id,
	courseid,
	...pick(row, ['name', 'modname', 'instance']),
	visible: row.visible === undefined || Number(row.visible) === 1,
	...pick(row, ['section', 'sectionname']),
	// labels have no page of their own
	url: row.url ?? null,
});

export const operation = reading({
	resource: 'activity',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many activities',
	description:
		'Retrieve a list of activities and resources of a course that the account behind the token may see',
	reads: [READS.core_course_get_contents],
	fields: [locator('course'), ...returnAllAndLimit, simplify, collection('filters', filters)],
	input: (p) => ({
		courseId: p.ref('course', 'Course'),
		modname: p.fields('filters', filters).modname,
		limit: p.limit(),
		simple: p.flag('simplify'),
	}),
	steps: async (inputs, { read, each }) => {
		const activities = remembering(async (courseid: number) => {
			const sections = await contentsOf(read, courseid, namedValues({ excludecontents: 1 }));
			return sections.flatMap((section) =>
				objectsOf(section.modules).map((module) => ({ ...module, ...place(section) }) as Json),
			);
		});
		return await each(inputs, async ({ courseId, modname, limit, simple }) => {
			const rows = (await activities(courseId))
				.filter((row) => modname === undefined || row.modname === modname)
				.slice(0, limit);
			return { done: simple ? rows.map((row) => simplified(courseId, row)) : rows };
		});
	},
});
