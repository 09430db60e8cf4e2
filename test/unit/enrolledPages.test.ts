import { enrolledUsers } from '../../nodes/Moodle/actions/enrolment/pages';
import { participantsOf, SIZE } from '../../nodes/Moodle/actions/enrolment/participants';
import type { Read } from '../../nodes/Moodle/moodle/calls';

/** A course of so many people, of whom the first `leaving` leave when its second page is asked for. */
function course(people: number, leaving: number) {
	let ids = Array.from({ length: people }, (_, index) => index + 1);
	const asked: number[] = [];
	const read = async (
		_facts: unknown,
		{ options }: { options: Array<{ name: string; value: string }> },
	) => {
		const option = (name: string) => Number(options.find((entry) => entry.name === name)?.value);
		if (asked.push(option('limitfrom')) === 2) ids = ids.slice(leaving);
		const from = option('limitfrom');
		const page = ids.slice(from, from + option('limitnumber'));
		return await Promise.resolve(page.map((id) => ({ id, roles: [{ roleid: 5 }] })));
	};
	return { read: read as unknown as Read, asked };
}

const everybody = (people: number) => Array.from({ length: people }, (_, index) => index + 1);

describe.each([0, 1, 150, 1000])('%i leave the course while it is read', (leaving) => {
	test.each([1000, 1001, 2500])(
		'nobody else of %i is missing, and nobody comes twice',
		async (people) => {
			const list = await enrolledUsers(course(people, leaving).read, 7, {}, Infinity, SIZE);
			expect(list.users.map(({ id }) => id)).toEqual(everybody(people));
			const { roles, isEnded } = await participantsOf(course(people, leaving).read, 7);
			expect([...roles.keys()]).toEqual(everybody(people));
			expect(isEnded).toBe(true);
		},
	);
});

test('a list that stays as it is takes no more requests for it', async () => {
	const { read, asked } = course(2500, 0);
	await enrolledUsers(read, 7, {}, Infinity, SIZE);
	expect(asked).toHaveLength(4);
});
