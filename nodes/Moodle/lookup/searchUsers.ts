import type { INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { READS } from '../moodle/reads';
import { objectsOf, type Json, type Params } from '../moodle/values';
import { asIs } from '../common/asIs';
import { GUEST, readPage } from './everybody';
import { LIST_PAGE, listPage, pageOf, type ListSearch } from './listPages';
import { usersByField } from './users';

const ENTITIES: Record<string, string> = {
	'&amp;': '&',
	'&lt;': '<',
	'&gt;': '>',
	'&quot;': '"',
	'&#039;': "'",
};

/** This one function escapes its values in spite of the raw setting. */
const unescaped = (text: string) =>
	text.replace(/&(?:amp|lt|gt|quot|#039);/g, (entity) => ENTITIES[entity]);

const entry = (user: Json): INodeListSearchItems => {
	const more = user.email ?? user.username;
	return {
		name: more === undefined ? String(user.fullname) : `${String(user.fullname)} (${String(more)})`,
		value: String(user.id),
	};
};

function identityEntry(user: Json): INodeListSearchItems {
	const fields = objectsOf(user.extrafields).filter((field) => String(field.value ?? '') !== '');
	const best = fields.find((field) => field.name === 'email') ?? fields[0];
	return entry({
		id: user.id,
		fullname: user.fullname,
		email: best && unescaped(String(best.value)),
	});
}

const isRefused = (caught: unknown) =>
	caught instanceof MoodleFailure && ['function', 'context'].includes(caught.reach);

/** Everybody, by name; where the list of all is not allowed, by id, a look-up that every service holds. */
async function everybodyElse(read: Read, page: number): Promise<Json[]> {
	try {
		return await readPage(read, {
			from: page * LIST_PAGE,
			size: LIST_PAGE,
			fields: 'id,fullname,email,username',
			sort: 'siteorder',
		});
	} catch (caught) {
		if (!isRefused(caught)) throw asIs(caught);
		return await usersByField(
			read,
			'id',
			Array.from({ length: LIST_PAGE }, (_, index) => String(page * LIST_PAGE + index + 2)),
		);
	}
}

/** Pages without a filter. A page can be short before the end: users who may not be seen are left out of it. */
async function firstPages(read: Read, token: string | undefined): Promise<INodeListSearchResult> {
	const page = pageOf(token);
	const rows = await everybodyElse(read, page);
	const shown = rows.filter((user) => user.unreadable !== true && user.id !== GUEST);
	return listPage(shown.map(entry), page, rows.length > 0);
}

/** Escapes what Moodle takes for a pattern. */
const literal = (text: string) => text.replace(/[\\%_]/g, '\\$&');

/** Without the better function: by the beginnings of names, or a part of the address. */
async function byBeginnings(read: Read, filter: string): Promise<INodeListSearchResult> {
	const ask = async (criteria: Params) => {
		const reply = await read(READS.core_user_get_users, {
			criteria: Object.entries(criteria).map(([key, value]) => ({ key, value })),
		});
		return objectsOf(reply.users);
	};
	const [first, ...rest] = filter.split(/\s+/).map((word) => `${literal(word)}%`);
	const searches: Params[] = filter.includes('@')
		? [{ email: `%${literal(filter)}%` }]
		: rest.length > 0
			? [{ firstname: first, lastname: rest.join(' ').replace(/% /g, ' ') }]
			: [{ firstname: first }, { lastname: first }];
	const found = new Map<number, Json>();
	for (const criteria of searches)
		for (const user of await ask(criteria)) found.set(Number(user.id), user);
	found.delete(GUEST);
	return { results: [...found.values()].slice(0, 2 * LIST_PAGE).map(entry) };
}

/** Below this a search by beginnings could bring a large site's users all at once: it has no pages. */
const LEAST = 3;

/**
 * Users whose name, address or another identity field holds the filter: one request of about 10 ms for any size of site,
 * at most 100 of them (core_user_search_identity, 4.1, 4.5 and 5.1 measured). core_enrol_search_users would page, but ends in
 * a PHP error for the whole site (course 1, 4.1, 4.5 and 5.1 measured). Without a filter all users, page by page.
 */
export const searchUsers: ListSearch = async (read, filter = '', token) => {
	const wanted = filter.trim();
	if (wanted === '') return await firstPages(read, token);
	try {
		const reply = await read(READS.core_user_search_identity, { query: wanted });
		return { results: objectsOf(reply.list).map(identityEntry) };
	} catch (caught) {
		if (!isRefused(caught)) throw asIs(caught);
		return wanted.length < LEAST ? await firstPages(read, token) : await byBeginnings(read, wanted);
	}
};
