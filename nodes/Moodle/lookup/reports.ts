import type { Read } from '../moodle/calls';
import { plain } from '../moodle/decode';
import { READS } from '../moodle/reads';
import { bareLetters } from '../moodle/spelling';
import { objectsOf, type Json } from '../moodle/values';
import { LIST_PAGE, listPage, pageOf, type ListSearch } from './listPages';

/** A page of the custom reports that the account behind the token may see, by name. Pages count from 0. */
export async function reportsPage(read: Read, page: number, perpage: number): Promise<Json[]> {
	const reply = await read(READS.core_reportbuilder_list_reports, { page, perpage });
	return objectsOf(reply.reports);
}

/** A page of a custom report. Values are text, often HTML, or null. */
export interface ReportPage {
	headers: string[];
	rows: unknown[][];
}

/** Reads a page of a custom report. Pages count from 0; one after the end is empty. */
export async function reportPage(
	read: Read,
	reportid: number,
	page: number,
	perpage: number,
): Promise<ReportPage> {
	const reply = await read(READS.core_reportbuilder_retrieve_report, { reportid, page, perpage });
	const { headers, rows } = reply.data;
	return {
		headers,
		rows: rows.map((row) => row.columns),
	};
}

/**
 * The keys of a report's columns: their titles. One that is there already gets a number, one without a title is called
 * after its place. `error` would send the item to n8n's error branch.
 */
export function columnKeys(headers: string[]): string[] {
	const used = new Set<string>(['error']);
	return headers.map((header, at) => {
		const title = plain(header) || `Column ${at + 1}`;
		let key = title;
		for (let number = 2; used.has(key); number++) key = `${title} ${number}`;
		used.add(key);
		return key;
	});
}

/** A row with titles as keys. `simple` takes the HTML out of the values. */
export function reportRow(keys: string[], columns: unknown[], simple: boolean): Json {
	const value = (column: unknown) =>
		simple && typeof column === 'string' ? plain(column) : (column ?? null);
	return Object.fromEntries(keys.map((key, at) => [key, value(columns[at])]));
}

/** The custom reports whose name holds the filter. Moodle cannot search them, so pages are read until one has a hit. */
export const searchReports: ListSearch = async (read, filter, token) => {
	for (let page = pageOf(token); ; page++) {
		const rows = await reportsPage(read, page, LIST_PAGE);
		const hits = rows.filter((row) => bareLetters(row.name).includes(bareLetters(filter)));
		const hasMore = rows.length === LIST_PAGE;
		if (hits.length > 0 || !hasMore)
			return listPage(
				hits.map((row) => ({ name: String(row.name), value: String(row.id) })),
				page,
				hasMore,
			);
	}
};
