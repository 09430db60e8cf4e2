/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import { operation as addMember } from '../../nodes/Moodle/actions/cohort/addMember';
import { operation as createUser } from '../../nodes/Moodle/actions/user/create';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { failed } from '../../nodes/Moodle/run/outcome';
import { runEngine } from '../support/engineRun';
import { functionOf } from '../support/inProcess';

/** A Moodle that says yes to everything and keeps nothing, so that what grows is ours. */
function yes(body: string) {
	const form = new URLSearchParams(body);
	const wsfunction = functionOf(body);
	const ids = [...form.entries()].filter(([name]) => /^(users|values)\[\d+\](\[username\])?$/.test(name)).map(([, value]) => value);
	const rows = ids.map((value, index) => ({ id: index + 10, username: value, email: value, fullname: value }));
	const unique = rows.map((row) => ({ ...row, id: 10 + Number(/\d+/.exec(row.username)?.[0] ?? 0) }));
	const text = wsfunction === 'core_cohort_add_cohort_members' ? '{"warnings":[]}' : JSON.stringify(unique);
	return Promise.resolve({ status: 200, headers: {}, text });
}

async function megabytes(operation: Operation, items: Array<Record<string, unknown>>): Promise<{ mb: number; failures: number; units: number; ms: number }> {
	global.gc?.();
	const before = process.memoryUsage().heapUsed;
	const start = performance.now();
	const { units } = await runEngine({ operation, items, send: yes });
	const ms = performance.now() - start;
	global.gc?.();
	return { mb: (process.memoryUsage().heapUsed - before) / 1e6, failures: units.filter(failed).length, units: units.length, ms };
}

const contact = (index: number) => ({ username: `u${index}`, firstname: 'A', lastname: 'B', email: `u${index}@example.org`, additionalFields: {} });
const member = (index: number) => ({ cohortId: { mode: 'id', value: '7' }, userId: { mode: 'email', value: `u${index % 10_000}@example.org` } });

test.each([
	['user.create', createUser, contact],
	['cohort.addMember with 10,000 distinct references', addMember, member],
] as const)('100,000 items of %s in one run', async (_name, operation, item) => {
	const count = 100_000;
	const { failures, units } = await megabytes(operation, Array.from({ length: count }, (_, index) => item(index)));
	expect([units, failures]).toEqual([count, 0]);
}, 120_000);
