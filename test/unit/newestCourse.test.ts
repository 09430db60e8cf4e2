import { newestCourse } from '../../nodes/Moodle/events/newestCourse';
import type { Read } from '../../nodes/Moodle/moodle/calls';
import { MoodleFailure } from '../../nodes/Moodle/moodle/failure';

/** A site with these courses; those in `closed` may not be entered. */
function siteOf(ids: number[], closed: number[] = []) {
	const told = { requests: 0 };
	const read = (async (wsfunction: string, params: { options: { ids: number[] } }) => {
		await Promise.resolve();
		told.requests++;
		const asked = new Set(params.options.ids);
		if (closed.some((id) => asked.has(id)))
			throw new MoodleFailure(wsfunction, { reach: 'context', code: 'errorcoursecontextnotvalid' });
		return ids.filter((id) => asked.has(id)).map((id) => ({ id }));
	}) as unknown as Read;
	return { read, told };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

test.each([1, 2, 6, 199, 200, 201, 1001, 1002, 5000, 20_001, 77_777])(
	'the newest of %i courses',
	async (count) => {
		const { read, told } = siteOf(upTo(count));
		expect(await newestCourse(read)).toBe(count);
		expect(told.requests).toBeLessThanOrEqual(count <= 1000 ? 13 : 40);
	},
);

test('gaps up to 1,000 IDs are crossed, wherever they lie', async () => {
	for (const newest of [950, 1300, 3030, 3990]) {
		const ids = upTo(newest).filter((id) => id === newest || id < newest - 900);
		expect(await newestCourse(siteOf(ids).read)).toBe(newest);
	}
});

test('courses that the account may not enter are there all the same', async () => {
	expect(await newestCourse(siteOf(upTo(40), [37, 57, 1203, 1204]).read)).toBe(1204);
});

test('any other failure is one', async () => {
	const read = (async () => {
		await Promise.resolve();
		throw new MoodleFailure('core_course_get_courses', { reach: 'lost', code: 'timeout' });
	}) as unknown as Read;
	await expect(newestCourse(read)).rejects.toMatchObject({ reach: 'lost' });
});
