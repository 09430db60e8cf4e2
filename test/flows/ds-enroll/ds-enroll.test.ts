import { dsEnroll } from './flow';
import { contactList } from './shipped';
import { figure, objections, openStage } from '../support/openStage';
import { VERSIONS } from '../../sandbox/types';

describe.each(VERSIONS)('DS Enroll on Moodle %s', (version) => {
	it('accounts for the shipped list, and creates nothing when it runs again', async () => {
		const stage = await openStage(version);
		try {
			const report = await dsEnroll.run(stage, { contacts: 300, twice: true });
			expect(objections(report)).toEqual([]);
			const [first, second] = report.runs;
			const expected = (outcome: string): number =>
				contactList(300).entries.filter(({ expect: what }) => what === outcome).length;
			expect(first.figures).toEqual([
				['contacts in', 300],
				['  created', expected('created')],
				['  updated', expected('updated')],
				['  unchanged', expected('unchanged')],
				['  failed', expected('failed')],
				['new in the cohort', figure(first, 'new in the cohort')],
			]);
			expect(figure(second, 'created')).toBe(0);
			expect(figure(second, 'new in the cohort')).toBe(0);
			expect(second.failures).toEqual(first.failures);
			expect(stage.site.standIn?.site.cohortMembers.all().length).toBe(
				figure(first, 'new in the cohort'),
			);
		} finally {
			await stage.close();
		}
	}, 120_000);
});

describe('DS Enroll', () => {
	it('sends many contacts in few requests', async () => {
		const stage = await openStage('5.1');
		try {
			const report = await dsEnroll.run(stage, { contacts: 1000, twice: false });
			expect(objections(report)).toEqual([]);
			const [{ writes }] = report.runs;
			// 5 records a request at least, whatever is found out about the site meanwhile
			expect(writes).toBeLessThanOrEqual((1000 * 2) / 5);
		} finally {
			await stage.close();
		}
	}, 120_000);

	it('notices when the site does not hold what it should', async () => {
		const stage = await openStage('5.1');
		const { site } = stage.site.standIn!;
		try {
			await dsEnroll.run(stage, { contacts: 60, twice: false });
			// afterwards somebody leaves the cohort while the next run is under way
			const play = stage.play.bind(stage);
			stage.play = async (...given) => {
				const played = await play(...given);
				site.cohortMembers.remove(site.cohortMembers.all()[0].id);
				return played;
			};
			const report = await dsEnroll.run(stage, { contacts: 60, twice: false });
			expect(objections(report)).toEqual([expect.stringContaining('is not in the cohort')]);
		} finally {
			await stage.close();
		}
	}, 120_000);
});
