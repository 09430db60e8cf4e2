import { focusteck } from './flow';
import { figure, objections, openStage } from '../support/openStage';
import { VERSIONS } from '../../sandbox/types';

describe.each(VERSIONS)('Focusteck on Moodle %s', (version) => {
	it('creates, updates and deletes users, and creates nobody when the list comes again', async () => {
		const stage = await openStage(version);
		try {
			const report = await focusteck.run(stage, { contacts: 0, twice: true });
			expect(objections(report)).toEqual([]);
			const [first, second] = report.runs;
			expect(first.figures).toEqual([
				['employees in', 12],
				['  created', 3],
				['  updated', 3],
				['  unchanged', 0],
				['  deleted', 2],
				['  failed', 4],
			]);
			expect(second.figures.slice(1).map(([, value]) => value)).toEqual([0, 2, 4, 0, 6]);
			expect(figure(second, 'created')).toBe(0);
		} finally {
			await stage.close();
		}
	}, 120_000);
});

it('notices an account that should be gone', async () => {
	const stage = await openStage('5.1');
	const { site } = stage.site.standIn!;
	try {
		const withToken = stage.withToken.bind(stage);
		stage.withToken = (token) => {
			const limited = withToken(token);
			const play = limited.play.bind(limited);
			limited.play = async (...given) => {
				const played = await play(...given);
				site.users.update(site.users.first('username', 'ft.olivia')!.id, { username: 'ft.enzo' });
				return played;
			};
			return limited;
		};
		const report = await focusteck.run(stage, { contacts: 0, twice: false });
		expect(objections(report)).toEqual([
			expect.stringContaining('ft.olivia is not there'),
			expect.stringContaining('ft.enzo is there'),
		]);
	} finally {
		await stage.close();
	}
}, 120_000);
