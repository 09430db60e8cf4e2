import { cyclr, FUNCTIONS } from './flow';
import { figure, objections, openStage } from '../support/openStage';
import { VERSIONS } from '../../sandbox/types';

it('knows 25 functions', () => {
	expect(Object.keys(FUNCTIONS)).toHaveLength(25);
});

describe.each(VERSIONS)('Cyclr on Moodle %s', (version) => {
	it('calls all 25 functions with a token for these functions, and leaves nothing behind', async () => {
		const stage = await openStage(version);
		try {
			const report = await cyclr.run(stage, { contacts: 0, twice: true });
			expect(objections(report)).toEqual([]);
			const [first, second] = report.runs;
			expect(first.figures).toEqual([
				['teams in', 5],
				['  done, new lead', 3],
				['  done, known lead', 1],
				['  failed', 1],
				['functions of the 25 called', 25],
			]);
			expect(figure(second, 'done, new lead')).toBe(0);
			expect(figure(second, 'functions of the 25 called')).toBe(23);
			expect(second.failures).toEqual(first.failures);
			const { site } = stage.site.standIn!;
			expect([site.groups.size, site.groupings.size]).toEqual([0, 0]);
		} finally {
			await stage.close();
		}
	}, 120_000);
});
