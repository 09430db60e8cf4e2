import { READS, readFacts } from '../../moodle/reads';
import { shaped } from '../../moodle/replies';
import { z } from '../../schemas/zod';
import { activitiesOf, QUIZ } from '../activities';
import { reading } from '../build';
import { activityLocator, locator } from '../locators';

const bestGradeFacts = readFacts({
	function: 'mod_quiz_get_user_best_grade',
	capabilities: ['mod/quiz:view', 'mod/quiz:viewreports'],
	reply: shaped({ hasgrade: z.boolean() }),
});

export const operation = reading({
	resource: 'quiz',
	value: 'getBestGrade',
	name: 'Get Best Grade',
	action: 'Get best grade in quiz',
	description:
		'Retrieve the grade of a user in a quiz, as the quiz makes it of all attempts, and the grade to pass',
	reads: [bestGradeFacts, READS.core_course_get_course_module],
	fields: [activityLocator({ displayName: 'Quiz' }), locator('user')],
	input: (p) => ({ cmid: p.activity('Quiz'), userId: p.ref('user', 'User') }),
	steps: async (inputs, { read, each }) => {
		const activity = activitiesOf(read, QUIZ);
		return await each(inputs, async ({ cmid, userId }) => {
			const { courseid, instance } = await activity(cmid);
			const reply = await read(bestGradeFacts, {
				quizid: instance,
				userid: userId,
			});
			return {
				done: {
					activityid: cmid,
					courseid,
					userid: userId,
					hasgrade: reply.hasgrade,
					// both are left out where there is none (4.1 to 5.1 measured)
					grade: reply.grade ?? null,
					gradetopass: reply.gradetopass ?? null,
				},
			};
		});
	},
});
