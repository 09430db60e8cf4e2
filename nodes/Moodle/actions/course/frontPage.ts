import { FRONT_PAGE } from '../../lookup/courses';
import type { Reference } from '../../lookup/reference';
import { Problem } from '../../moodle/problem';

/** @throws Problem when the course is the front page, which is no course to Moodle's own functions for changing and deleting */
export function notFrontPage(reference: Reference): Reference {
	if (reference.mode === 'id' && Number(reference.value) === FRONT_PAGE)
		throw new Problem({
			message:
				"'Course' is the front page of the site, which cannot be changed or deleted like a course",
			mend: 'Choose another course.',
			code: 'invalidcourse',
		});
	return reference;
}
