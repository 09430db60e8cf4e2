import type { IExecuteFunctions } from 'n8n-workflow';
import { operations } from '../../nodes/Moodle/actions/registry';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { Problem } from '../../nodes/Moodle/moodle/problem';
import { Reader } from '../../nodes/Moodle/run/reader';

const create = operations.find(
	({ resource, value }) => resource === 'user' && value === 'create',
) as Operation;

/** A reader of one item whose node holds these parameters; n8n itself would take unknown entries out. */
function readerOf(values: Record<string, unknown>, json: object = {}, operation = create) {
	const context = {
		getTimezone: () => 'UTC',
		getInputData: () => [{ json }],
		getNodeParameter: (name: string) => values[name],
	} as unknown as IExecuteFunctions;
	return new Reader(context, operation, 'https://moodle.example.org').of(0);
}

function problemOf(work: () => unknown): Problem {
	try {
		work();
	} catch (caught) {
		if (caught instanceof Problem) return caught;
	}
	throw new Error('no Problem was thrown');
}

describe('entries of collections', () => {
	it('are those of the operation', () => {
		expect(readerOf({ additionalFields: { city: 'Ulm' } }).raw('additionalFields')).toEqual({
			city: 'Ulm',
		});
		expect(readerOf({ options: { dryRun: true, timeout: 5000 } }).option('dryRun')).toBe(true);
	});

	it.each([
		['additionalFields', { town: 'Ulm' }],
		['additionalFields', { city: 'Ulm', constructor: 1 }],
		['additionalFields', { city: '={{ $json.city }}', town: '={{ $json.city }}' }],
		['options', { dry: true }],
	])('others are refused with the names of those that are there: %s %j', (name, value) => {
		const problem = problemOf(() => readerOf({ [name]: value }, { city: 'Ulm' }).raw(name));
		expect(problem.code).toBe('unknownfield');
		expect(problem.message).toMatch(
			/^'(?:Additional Fields|Options)' has no field called '(?:town|constructor|dry)'$/,
		);
		expect(problem.mend).toMatch(/^Its fields are .*\b(?:city|dryRun)\b/);
	});

	const upserts = operations.filter(
		(operation) => operation.fields.filter(({ name }) => name === 'additionalFields').length > 1,
	);

	it('of several collections of one name, those that the item is shown', () => {
		expect(upserts.map(({ resource }) => resource).sort()).toEqual([
			'category',
			'course',
			'group',
			'grouping',
			'user',
		]);
		for (const operation of upserts) {
			const read = (matchBy: string) =>
				readerOf(
					{ matchBy: '={{ $json.by }}', additionalFields: { idnumber: 'A-1' } },
					{ by: matchBy },
					operation,
				).raw('additionalFields');
			const problem = problemOf(() => read('idnumber'));
			expect([operation.resource, problem.message]).toEqual([
				operation.resource,
				"'Additional Fields' has no field called 'idnumber'",
			]);
			expect(read(operation.resource === 'course' ? 'shortname' : 'name')).toEqual({
				idnumber: 'A-1',
			});
		}
	});
});
