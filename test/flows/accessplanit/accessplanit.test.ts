import { london } from './bookings-expected';
import { accessplanit } from './flow';
import { figure, objections, openStage } from '../support/openStage';
import { VERSIONS } from '../../sandbox/types';

describe.each(VERSIONS)('accessplanit on Moodle %s', (version) => {
	it('creates, links, enrols and cancels once, and brings the scores back', async () => {
		const stage = await openStage(version);
		try {
			const report = await accessplanit.run(stage, { contacts: 0, twice: true });
			expect(objections(report)).toEqual([]);
			const [first, second] = report.runs;
			expect(first.figures).toEqual([
				['courses in', 7],
				['  created', 3],
				['  updated', 2],
				['  unchanged', 0],
				['  failed', 2],
				['bookings in', 52],
				['  enrolled', 46],
				['  enrolled before', 1],
				['  cancelled', 1],
				['  nothing to cancel', 1],
				['  failed', 3],
				['new users', 34],
				['scores read', 47],
				['  with a grade', 0],
			]);
			expect([
				figure(second, 'created'),
				figure(second, 'enrolled'),
				figure(second, 'cancelled'),
				figure(second, 'new users'),
			]).toEqual([0, 0, 0, 0]);
			expect(figure(second, 'with a grade')).toBeGreaterThan(20);
			expect(first.failures.map(({ who }) => who.split(' ')[0])).toEqual([
				'AP-2006',
				'AP-2007',
				'B-0050',
				'B-0051',
				'B-0052',
			]);
		} finally {
			await stage.close();
		}
	}, 120_000);
});

describe('times of a course', () => {
	it.each([
		['2025-01-15T09:00', '2025-01-15T09:00:00Z'],
		['2025-09-15T09:00', '2025-09-15T08:00:00Z'],
		['2025-07-01T00:00', '2025-06-30T23:00:00Z'],
		['2035-12-31T23:59', '2035-12-31T23:59:00Z'],
	])('%s in London is %s', (local, utc) => {
		expect(london(local)).toBe(Date.parse(utc) / 1000);
	});
});
