import { reportsPage } from '../../lookup/reports';
import type { Read } from '../../moodle/calls';
import { toIso } from '../../moodle/dates';
import { READS } from '../../moodle/reads';
import { isObject, type Json } from '../../moodle/values';
import { reading } from '../build';
import { returnAllAndLimit, simplify } from '../fields';

const PAGE = 100;

async function reports(read: Read, limit: number): Promise<Json[]> {
	const rows: Json[] = [];
	for (let page = 0; rows.length < limit; page++) {
		const found = await reportsPage(read, page, PAGE);
		for (const row of found) rows.push(row);
		if (found.length < PAGE) break;
	}
	return rows.slice(0, Math.min(limit, rows.length));
}

function simplified(row: Json): Json {
	return {
		id: row.id,
		name: row.name,
		source: row.sourcename,
		contextid: row.contextid,
		timecreated: toIso(row.timecreated),
		timemodified: toIso(row.timemodified),
		modifiedby: isObject(row.modifiedby) ? row.modifiedby.fullname : null,
	};
}

export const operation = reading({
	resource: 'report',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many reports',
	description: 'Retrieve a list of custom reports that the account behind the token may see',
	reads: [READS.core_reportbuilder_list_reports],
	fields: [...returnAllAndLimit, simplify],
	input: (p) => ({ limit: p.limit(), simple: p.flag('simplify') }),
	steps: async (inputs, services) =>
		await services.each(inputs, async ({ limit, simple }) => {
			const rows = await reports(services.read, limit);
			return { done: simple ? rows.map(simplified) : rows };
		}),
});
