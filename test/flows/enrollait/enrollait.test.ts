import { enrollait } from './flow';
import { figure, objections, openStage } from '../support/openStage';
import { VERSIONS } from '../../sandbox/types';

describe.each(VERSIONS)('Enrollait on Moodle %s', (version) => {
	it('synchronises a catalogue again and again, enrols into a hidden course, and says what is wrong with a site', async () => {
		const stage = await openStage(version);
		try {
			const report = await enrollait.run(stage, { contacts: 0, twice: true });
			expect(objections(report)).toEqual([]);
			const [first, second] = report.runs;
			expect(first.figures).toEqual([
				['categories in', 4],
				['  created', 3],
				['  updated', 0],
				['  unchanged', 0],
				['  failed', 1],
				['courses in', 4],
				['  created', 3],
				['  updated', 0],
				['  unchanged', 0],
				['  failed', 1],
				['students in', 6],
				['  enrolled', 4],
				['  enrolled before', 0],
				['  failed', 2],
				['new users', 4],
			]);
			expect([
				figure(second, 'created', 0),
				figure(second, 'created', 1),
				figure(second, 'enrolled'),
				figure(second, 'new users'),
			]).toEqual([0, 0, 0, 0]);
			const said = stage.said.slice(stage.said.indexOf('diagnosis') + 1);
			expect(said.map((line) => line.trim().split(':')[0])).toEqual([
				'wrong token',
				'REST off',
				'web services off',
				'function not in the service',
				'access denied',
			]);
			expect(said.join('\n')).not.toContain(stage.site.token);
		} finally {
			await stage.close();
		}
	}, 120_000);
});
