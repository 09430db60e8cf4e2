/** What many tests of operations work on: a course, and people in it and outside of it. */
import { addUser, enrol } from '../sandbox/builders';
import { addCourse } from '../sandbox/functions/course-tools';
import type { Site } from '../sandbox/site';

/** The course Biology (BIO) with Ada and Bob as its students; Eve takes no part in it. */
export function addBiology(site: Site) {
	const { id: course } = addCourse(site, { fullname: 'Biology', shortname: 'BIO', category: 1 });
	const [ada, bob, eve] = ['Ada', 'Bob', 'Eve'].map(
		(firstname) => addUser(site, { username: firstname.toLowerCase(), firstname }).id,
	);
	enrol(site, course, [ada, bob]);
	return { course, ada, bob, eve };
}
