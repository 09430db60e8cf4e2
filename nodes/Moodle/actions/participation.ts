import { Problem } from '../moodle/problem';

/** The words for somebody who has no part in a course, as far as the account sees. */
export function notInCourse(userid: number, courseid: number): Problem {
	return new Problem({
		message: `The user with the ID ${userid} takes no part in the course with the ID ${courseid}, or has no role there`,
		mend: 'Enrol the user there with a role first. It may also be that the account behind the token cannot see the user.',
		code: 'notenrolled',
	});
}
