import { asIs } from '../../common/asIs';
import { participantsOf } from '../../lookup/participants';
import type { Read } from '../../moodle/calls';
import { toIso } from '../../moodle/dates';
import { MoodleFailure } from '../../moodle/failure';
import { Problem } from '../../moodle/problem';
import { READS, readFacts } from '../../moodle/reads';
import { holding } from '../../moodle/replies';
import { isObject, objectsOf, type Json } from '../../moodle/values';
import { reading } from '../build';
import { returnAllAndLimit, simplify } from '../fields';
import { locator } from '../locators';
import { notInCourse } from '../participation';

const competenciesFacts = readFacts({
	function: 'report_competency_data_for_report',
	capabilities: ['moodle/competency:coursecompetencyview', 'moodle/competency:usercompetencyview'],
	reply: holding('usercompetencies'),
});

const notGraded = (userid: number, courseid: number) =>
	new Problem({
		message: `Moodle gives no competencies of the user with the ID ${userid} in the course with the ID ${courseid}`,
		mend: 'The user must be enrolled there with a role that receives competency marks, such as student.',
		code: 'notgradable',
	});

/** Moodle breaks down over users who do not receive marks in the course (4.1 to 5.1 measured): they are asked for first. */
async function competenciesOf(read: Read, courseid: number, userid: number): Promise<Json[]> {
	const { members, refused } = await participantsOf(read, courseid, [userid]);
	const failure = refused.get(userid);
	if (failure) throw failure;
	if (!members.has(userid)) throw notInCourse(userid, courseid);
	try {
		const reply = await read(competenciesFacts, {
			courseid,
			userid,
			moduleid: 0,
		});
		return objectsOf(reply.usercompetencies);
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.code === 'Error')
			throw notGraded(userid, courseid);
		throw asIs(caught);
	}
}

const objectIn = (row: Json, key: string): Json => {
	const value = row[key];
	return isObject(value) ? value : {};
};

function simplified(row: Json): Json {
	const marks = objectIn(row, 'usercompetencycourse');
	const about = objectIn(row, 'competency');
	const competency = objectIn(about, 'competency');
	return {
		courseid: marks.courseid,
		userid: marks.userid,
		competencyid: marks.competencyid,
		name: competency.shortname,
		idnumber: competency.idnumber,
		framework: objectIn(about, 'framework').shortname,
		// null: not graded yet
		proficient: marks.proficiency ?? null,
		grade: marks.grade ?? null,
		gradename: (marks.grade ?? null) === null ? null : marks.gradename,
		timemodified: toIso(marks.timemodified),
	};
}

export const operation = reading({
	resource: 'competency',
	value: 'getUserCompetencies',
	name: 'Get User Competencies',
	action: 'Get competencies of user in course',
	description: 'Retrieve the competencies of a course, and how a user is graded in each',
	reads: [competenciesFacts, READS.core_user_get_course_user_profiles],
	fields: [locator('course'), locator('user'), ...returnAllAndLimit, simplify],
	input: (p) => ({
		courseId: p.ref('course', 'Course'),
		userId: p.ref('user', 'User'),
		limit: p.limit(),
		simple: p.flag('simplify'),
	}),
	steps: async (inputs, { read, each }) =>
		await each(inputs, async ({ courseId, userId, limit, simple }) => {
			const rows = (await competenciesOf(read, courseId, userId)).slice(0, limit);
			return { done: simple ? rows.map(simplified) : rows };
		}),
});
