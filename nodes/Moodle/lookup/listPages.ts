import type { INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import type { Read } from '../moodle/calls';

/** Entries in one page of a list. */
export const LIST_PAGE = 50;

/** What a search for a locator's list is: `paginationToken` is the one that the page before gave. */
export type ListSearch = (
	read: Read,
	filter?: string,
	paginationToken?: string,
	courseId?: number,
) => Promise<INodeListSearchResult>;

/** The page a token stands for, from 0. */
export const pageOf = (token: string | undefined) =>
	Math.max(0, Number.parseInt(token ?? '0', 10) || 0);

/** A page of entries, and the token of the next one when there is more. */
export function listPage(
	results: INodeListSearchItems[],
	page: number,
	hasMore: boolean,
): INodeListSearchResult {
	return hasMore ? { results, paginationToken: String(page + 1) } : { results };
}

/** A page of a list that is known as a whole. */
export function cut(
	entries: INodeListSearchItems[],
	token: string | undefined,
): INodeListSearchResult {
	const page = pageOf(token);
	const end = (page + 1) * LIST_PAGE;
	return listPage(entries.slice(page * LIST_PAGE, end), page, entries.length > end);
}
