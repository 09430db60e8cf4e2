import { remembering } from '../../common/remembering';
import { toIso } from '../../moodle/dates';
import { READS } from '../../moodle/reads';
import type { Json } from '../../moodle/values';
import type { Activity } from '../../lookup/activities';
import { activitiesOf, ASSIGNMENT } from '../activities';
import { reading } from '../build';
import { returnAllAndLimit, simplify } from '../fields';
import { activityLocator } from '../locators';
import { rowsOf } from './rows';

const simplified = (activity: Activity, row: Json): Json => ({
	activityid: activity.cmid,
	courseid: activity.courseid,
	userid: row.userid,
	// -1: looked at, and not graded
	grade: Number(row.grade) < 0 ? null : Number(row.grade),
	graderid: row.grader,
	attemptnumber: row.attemptnumber,
	timemodified: toIso(row.timemodified),
});

export const operation = reading({
	resource: 'assignment',
	value: 'getGrades',
	name: 'Get Grades',
	action: 'Get grades of assignment',
	description:
		'Retrieve the grades that are stored in an assignment, one item per user and attempt',
	reads: [READS.mod_assign_get_grades, READS.core_course_get_course_module],
	fields: [activityLocator({ displayName: 'Assignment' }), ...returnAllAndLimit, simplify],
	input: (p) => ({
		cmid: p.activity('Assignment'),
		limit: p.limit(),
		simple: p.flag('simplify'),
	}),
	steps: async (inputs, { read, each }) => {
		const activity = activitiesOf(read, ASSIGNMENT);
		const grades = remembering(async (cmid: number) => {
			const found = await activity(cmid);
			const reply = await read(READS.mod_assign_get_grades, { assignmentids: [found.instance] });
			return rowsOf(reply, found, 'grades');
		});
		return await each(inputs, async ({ cmid, limit, simple }) => {
			const found = await activity(cmid);
			const rows = (await grades(cmid)).slice(0, limit);
			return { done: simple ? rows.map((row) => simplified(found, row)) : rows };
		});
	},
});
