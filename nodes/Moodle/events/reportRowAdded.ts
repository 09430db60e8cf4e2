import { field, property, simplify } from '../actions/fields';
import { unknownReport } from '../actions/report/getRows';
import { reportLocator } from '../actions/locators';
import { asIs } from '../common/asIs';
import { columnKeys, reportPage, reportRow, type ReportPage } from '../lookup/reports';
import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { Problem, shown } from '../moodle/problem';
import { READS } from '../moodle/reads';
import { asList, type Json } from '../moodle/values';
import { keyOf } from './codec';
import { needAtMost } from './comings';
import { event, type Row, type Sight } from './types';

/** Most rows that are remembered: about 160 kB. In one request: rows that move between pages would be told twice. */
const MOST_ROWS = 20_000;

const keyColumn = field('keyColumn', 'Key Column', 'text', {
	placeholder: 'e.g. Email address',
	description:
		'Title of the column by which a row is known. Left empty, all columns: then a row that changes counts as a new one.',
});

interface Input {
	reportid: number;
	column: string;
}

async function rowsOf(read: Read, reportid: number): Promise<ReportPage> {
	try {
		return await reportPage(read, reportid, 0, MOST_ROWS + 1);
	} catch (caught) {
		const isMissing = caught instanceof MoodleFailure && caught.code.startsWith('invalidrecord');
		throw isMissing ? unknownReport(reportid) : asIs(caught);
	}
}

/** @throws Problem for a column that the report does not have */
function placeOf(keys: string[], column: string): number | undefined {
	if (column === '') return undefined;
	const place = keys.indexOf(column);
	if (place >= 0) return place;
	throw new Problem({
		message: `The report has no column ${shown(column)}`,
		mend: `Its columns are ${keys.join(', ')}.`,
		code: 'badvalue',
	});
}

async function look({ reportid, column }: Input, { read, seen }: Sight) {
	const { headers, rows: found } = await rowsOf(read, reportid);
	const mend = 'Give the report a condition, so that it has fewer.';
	needAtMost(found.length, MOST_ROWS, 'rows in the report, or more', mend);
	const keys = columnKeys(headers);
	const place = placeOf(keys, column);
	// Equal rows are told apart by their number.
	const count = new Map<number, number>();
	const rows = found.map((columns, at): Row => {
		const key = keyOf(place === undefined ? columns : columns[place]);
		const number = (count.get(key) ?? 0) + 1;
		count.set(key, number);
		const own = number === 1 || place !== undefined ? key : keyOf([key, number]);
		return { key: own, version: 0, at, data: { keys, columns } };
	});
	const distinct = [...new Map(rows.reverse().map((row) => [row.key, row])).values()].reverse();
	const there = new Set(distinct.map(({ key }) => key));
	return { rows: distinct, gone: [...seen.keys()].filter((key) => !there.has(key)) };
}

export const polled = event({
	value: 'reportRowAdded',
	name: 'Report Row Added',
	description: 'A custom report has a row that it did not have before',
	reads: [READS.core_reportbuilder_retrieve_report],
	fields: [reportLocator, property(keyColumn), simplify],
	about: {
		asks: 'All rows of the chosen custom report',
		knows: 'A row, or a value in the key column, that was not there at the last poll',
		misses: `Rows that come and go between two polls; reports of more than ${MOST_ROWS} rows`,
		cost: '1, which takes Moodle about 0.6 ms for each row',
	},
	tells: 'rows',
	most: MOST_ROWS,
	input: (p) => ({
		reportid: p.numbered('report', 'Report', 'reportId'),
		column: String(p.maybe(keyColumn) ?? '').trim(),
	}),
	look,
	items: async (_input, rows, _read, { simple }) =>
		await Promise.resolve(
			rows.map(({ data }): Json => reportRow(data.keys as string[], asList(data.columns), simple)),
		),
});
