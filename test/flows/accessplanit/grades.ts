/** Grades in the stand-in: no web service of Moodle makes an activity, so the activity is put into its data. */
import type { Sandbox } from '../../sandbox';
import { addModule } from '../../sandbox/builders';
import type { Stage } from '../support/stage';

/**
 * Gives each of these courses a test, and two of three participants a grade in it.
 * @param idnumbers of the courses; those that are not there are left out
 * @returns the grades as Moodle shows them, by `user course`
 */
export async function grade(
	stage: Stage,
	standIn: Sandbox,
	idnumbers: string[],
): Promise<Map<string, string>> {
	const grades = new Map<string, string>();
	const items: Array<{ activity: number; user: number; grade: number }> = [];
	for (const course of idnumbers.flatMap(
		(idnumber) => standIn.site.courses.first('idnumber', standIn.site.texts.key(idnumber)) ?? [],
	)) {
		const activity = addModule(standIn.site, course.id, 'assign', 'Final test', { grade: 100 });
		standIn.site.userEnrolments.find('course', course.id).forEach(({ userid }, index) => {
			if (index % 3 === 2) return;
			const value = 40 + ((userid * 7 + course.id) % 60);
			items.push({ activity: activity.id, user: userid, grade: value });
			grades.set(`${userid} ${course.id}`, value.toFixed(2));
		});
	}
	const locate = (name: string) => ({ __rl: true, mode: 'id', value: `={{ $json.${name} }}` });
	await stage.all(
		{
			resource: 'grade',
			operation: 'update',
			activityId: locate('activity'),
			userId: locate('user'),
			grade: '={{ $json.grade }}',
		},
		items,
	);
	return grades;
}
