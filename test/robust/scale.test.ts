/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals, no-console */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { operation as addMember } from '../../nodes/Moodle/actions/cohort/addMember';
import { operation as createUser } from '../../nodes/Moodle/actions/user/create';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { failed } from '../../nodes/Moodle/run/outcome';
import { runEngine } from '../support/engineRun';
import { functionOf } from '../support/inProcess';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** A Moodle that says yes to everything and keeps nothing, so that what grows is ours. */
function yes(body: string) {
	const form = new URLSearchParams(body);
	const wsfunction = functionOf(body);
	const ids = [...form.entries()]
		.filter(([name]) => /^(users|values)\[\d+\](\[username\])?$/.test(name))
		.map(([, value]) => value);
	const rows = ids.map((value, index) => ({
		id: index + 10,
		username: value,
		email: value,
		fullname: value,
	}));
	const unique = rows.map((row) => ({
		...row,
		id: 10 + Number(/\d+/.exec(row.username)?.[0] ?? 0),
	}));
	const text =
		wsfunction === 'core_cohort_add_cohort_members' ? '{"warnings":[]}' : JSON.stringify(unique);
	return Promise.resolve({ status: 200, headers: {}, text });
}

async function megabytes(
	operation: Operation,
	items: Array<Record<string, unknown>>,
): Promise<{ mb: number; failures: number; units: number; ms: number }> {
	collect();
	const before = process.memoryUsage().heapUsed;
	const start = performance.now();
	const { units } = await runEngine({ operation, items, send: yes });
	const ms = performance.now() - start;
	collect();
	return {
		mb: (process.memoryUsage().heapUsed - before) / 1e6,
		failures: units.filter(failed).length,
		units: units.length,
		ms,
	};
}

const contact = (index: number) => ({
	username: `u${index}`,
	firstname: 'A',
	lastname: 'B',
	email: `u${index}@example.org`,
	additionalFields: {},
});
const member = (index: number) => ({
	cohortId: { mode: 'id', value: '7' },
	userId: { mode: 'email', value: `u${index % 10_000}@example.org` },
});

test.each([
	['user.create', createUser, contact],
	['cohort.addMember with 10,000 distinct references', addMember, member],
] as const)(
	'100,000 items of %s in one run',
	async (name, operation, item) => {
		// What is compiled and cached once is not counted.
		await megabytes(
			operation,
			Array.from({ length: 2000 }, (_, index) => item(index)),
		);
		const perTenThousand: number[] = [];
		for (const count of [20_000, 100_000]) {
			const { mb, failures, units } = await megabytes(
				operation,
				Array.from({ length: count }, (_, index) => item(index)),
			);
			expect([units, failures]).toEqual([count, 0]);
			expect(mb).toBeLessThan(1000);
			perTenThousand.push(mb / (count / 10_000));
		}
		// Linear: what 10,000 items keep does not grow with their number.
		expect(perTenThousand[1]).toBeLessThan(Math.max(perTenThousand[0], 0) * 2 + 10);
		console.log(
			`${name}: ${perTenThousand.map((mb) => mb.toFixed(1)).join(' and ')} MB per 10,000 items, at 20,000 and at 100,000`,
		);
	},
	120_000,
);
