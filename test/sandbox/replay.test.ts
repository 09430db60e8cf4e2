/** The stand-in answers as the recorded Moodle sites did. */
import { startSandbox } from './index';
import {
	readAccountExchanges,
	readExchanges,
	replay,
	replayAccounts,
	type AccountRecording,
	type ReplayResult,
} from './replay';
import type { RecordedVersion } from './replay-types';
import { VERSIONS, type MoodleVersion } from './types';

/** Recorded exchanges that the stand-in does not answer, by function, and how many there are. */
const NOT_IMPLEMENTED: Record<RecordedVersion, Record<string, number>> = {
	'4.1': { core_fetch_notifications: 1, gradereport_user_get_grades_table: 1 },
	'4.5': { core_fetch_notifications: 1, gradereport_user_get_grades_table: 1 },
	'5.1': { core_fetch_notifications: 1, gradereport_user_get_grades_table: 1 },
};

/** Exchanges in the recordings, so that none gets lost. */
const RECORDED: Record<RecordedVersion, number> = { '4.1': 1020, '4.5': 1020, '5.1': 1034 };

/** The same of what accounts with different rights were told. */
const AS_ACCOUNTS: Record<AccountRecording, Record<MoodleVersion, number>> = {
	roles: { '4.1': 176, '4.5': 172, '5.0': 175, '5.1': 176 },
	activities: { '4.1': 129, '4.5': 129, '5.0': 129, '5.1': 129 },
	notes: { '4.1': 35, '4.5': 35, '5.0': 35, '5.1': 35 },
};
const RECORDINGS = VERSIONS.flatMap((version) =>
	(['roles', 'activities', 'notes'] as const).map((kind) => [version, kind] as const),
);

describe.each(['4.1', '4.5', '5.1'] as const)('Moodle %s', (version) => {
	let results: ReplayResult[] = [];
	const scenarios = [...new Set(readExchanges(version).map((exchange) => exchange.scenario))];

	beforeAll(async () => {
		const sandbox = await startSandbox({ version, account: 'admin' });
		// The recordings were made within a second or two of each other; the order of equal times must not depend on our pace.
		const start = sandbox.site.now();
		sandbox.site.now = () => start;
		try {
			results = await replay(sandbox, version);
		} finally {
			await sandbox.close();
		}
	});

	test.each(scenarios)('%s', (scenario) => {
		const failed = results.filter(
			(result) => result.scenario === scenario && result.status === 'fail',
		);
		expect(failed.map((result) => `${result.step}: ${result.problem}`)).toEqual([]);
	});

	test('every exchange was played, and only the listed ones are not implemented', () => {
		const missing: Record<string, number> = {};
		for (const result of results) {
			if (result.status === 'notimplemented')
				missing[result.function ?? ''] = (missing[result.function ?? ''] ?? 0) + 1;
		}
		expect(missing).toEqual(NOT_IMPLEMENTED[version]);
		expect(results).toHaveLength(RECORDED[version]);
	});
});

describe.each(RECORDINGS)(
	'Moodle %s, as accounts with different rights see %s',
	(version, kind) => {
		let results: ReplayResult[] = [];

		beforeAll(async () => {
			const sandbox = await startSandbox({ version, account: 'admin' });
			try {
				results = await replayAccounts(sandbox, kind, version);
			} finally {
				await sandbox.close();
			}
		});

		test.each([
			...new Set(readAccountExchanges(kind, version).map((exchange) => exchange.scenario)),
		])('%s', (scenario) => {
			const failed = results.filter(
				(result) => result.scenario === scenario && result.status !== 'pass',
			);
			expect(failed.map((result) => `${result.step}: ${result.problem ?? result.status}`)).toEqual(
				[],
			);
		});

		test('every exchange was played', () =>
			expect(results).toHaveLength(AS_ACCOUNTS[kind][version]));
	},
);
