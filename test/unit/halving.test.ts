import { HALVE, inHalves, places } from '../../nodes/Moodle/common/halving';
import { readHalving } from '../../nodes/Moodle/lookup/readHalving';
import { MoodleFailure } from '../../nodes/Moodle/moodle/failure';

const refused = (code: string) =>
	new MoodleFailure('core_user_get_course_user_profiles', { reach: 'record', code });

/** A site that refuses every request with one of these ids. */
function siteRefusing(isBad: (id: number) => boolean, code = 'invalidparameter') {
	const requests: number[][] = [];
	const read = async (ids: number[]): Promise<number[]> => {
		requests.push(ids);
		if (ids.some(isBad)) throw refused(code);
		return ids;
	};
	return { read, requests };
}

const ids = Array.from({ length: 400 }, (_, index) => index);

test('every id that is not at fault is read, wherever those at fault are', async () => {
	const bad = [0, 1, 7, 200, 399];
	const { read } = siteRefusing((id) => bad.includes(id));
	const result = await readHalving(ids, read);
	expect(result.rows).toEqual(ids.filter((id) => !bad.includes(id)));
	expect([...result.refused.keys()]).toEqual(bad);
});

test('where all are refused for one cause, the first few speak for all', async () => {
	const { read, requests } = siteRefusing(() => true);
	const result = await readHalving(ids, read, 3);
	expect([...result.refused.keys()]).toEqual(ids);
	expect(requests.length).toBeLessThan(15);
});

test('records that Moodle cannot put into words speak for themselves only', async () => {
	const { read } = siteRefusing((id) => id < 7, 'invalidresponse');
	const result = await readHalving(ids, read, 3);
	expect([...result.refused.keys()]).toEqual(ids.slice(0, 7));
	expect(result.rows).toEqual(ids.slice(7));
});

describe('work that is done in halves', () => {
	it('asks for the left half first and keeps the order', async () => {
		const { read, requests } = siteRefusing((id) => id === 1);
		const rows = await inHalves([0, 1, 2, 3, 4], read, (_, some) =>
			some.length > 1 ? HALVE : [-some[0]],
		);
		expect(rows).toEqual([0, -1, 2, 3, 4]);
		expect(requests).toEqual([[0, 1, 2, 3, 4], [0, 1, 2], [0, 1], [0], [1], [2], [3, 4]]);
	});

	it('throws the failure of a single entry that cannot be divided further', async () => {
		const { read } = siteRefusing((id) => id === 3);
		await expect(inHalves([1, 2, 3], read, () => HALVE)).rejects.toThrow(MoodleFailure);
	});

	it('divides pages by their places', () => expect(places(500, 3)).toEqual([500, 501, 502]));
});
