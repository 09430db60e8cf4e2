import type { IExecuteFunctions } from 'n8n-workflow';
import { findOperation, setCatalogue } from '../../nodes/Moodle/actions/catalogue';
import { operations } from '../../nodes/Moodle/actions/registry';
import type { Operation } from '../../nodes/Moodle/actions/types';
import { Problem } from '../../nodes/Moodle/moodle/problem';
import { Reader } from '../../nodes/Moodle/run/reader';

setCatalogue(operations);
const create = findOperation('user', 'create') as Operation;

/** A reader of one item whose node holds these parameters; n8n itself would take unknown entries out. */
function readerOf(values: Record<string, unknown>, json: object = {}) {
	const context = {
		getTimezone: () => 'UTC',
		getInputData: () => [{ json }],
		getNodeParameter: (name: string) => values[name],
	} as unknown as IExecuteFunctions;
	return new Reader(context, create, 'https://moodle.example.org').of(0);
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
});
