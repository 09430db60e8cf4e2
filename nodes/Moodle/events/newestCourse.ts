import { asIs } from '../common/asIs';
import { inParallel, READ_WIDTH } from '../common/parallel';
import { FRONT_PAGE } from '../lookup/courses';
import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { READS } from '../moodle/reads';
import { objectsOf } from '../moodle/values';

/** Ids of courses in one request. Unknown ones are left out by Moodle, without a word (4.1 to 5.1). */
export const SLICE = 200;

/** Slices without a course after which there are no more: 1,000 ids. */
export const EMPTY = 5;

/** The highest ID of a course among so many from `first` on; 0 where there is none. A refusal tells that there is one. */
async function highestIn(read: Read, first: number, count: number): Promise<number> {
	const ids = Array.from({ length: count }, (_, index) => first + index);
	try {
		const courses = objectsOf(await read(READS.core_course_get_courses, { options: { ids } }));
		return courses.reduce((highest, { id }) => Math.max(highest, Number(id)), 0);
	} catch (caught) {
		if (!(caught instanceof MoodleFailure) || !['context', 'record'].includes(caught.reach))
			throw asIs(caught);
		if (count === 1) return first;
		const half = Math.ceil(count / 2);
		const upper = await highestIn(read, first + half, count - half);
		return upper || (await highestIn(read, first, half));
	}
}

/**
 * The highest ID of a course on the site, which tells old courses from those that are created later: IDs rise, while
 * a copied or restored course takes `timecreated` from its source (restore_course_structure_step; 5.1 measured). In ever
 * wider strides, and back in narrower ones: a few requests for each doubling. It stops at a gap of 1,000 IDs.
 */
export async function newestCourse(read: Read): Promise<number> {
	let newest = FRONT_PAGE;
	for (let stride = 0; ; ) {
		const from = newest + 1 + stride;
		const firsts = Array.from({ length: stride > 0 ? 1 : EMPTY }, (_, at) => from + at * SLICE);
		const found = await inParallel(firsts, READ_WIDTH, (first) => highestIn(read, first, SLICE));
		const highest = Math.max(...found);
		if (highest > 0) {
			newest = highest;
			stride = stride * 2 + SLICE * EMPTY;
		} else if (stride === 0) return newest;
		else stride = stride < SLICE ? 0 : Math.floor(stride / 4);
	}
}
