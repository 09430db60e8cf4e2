import { Problem, shown } from '../moodle/problem';

/** Records whose pages carry their number in the address. */
export type PageKind = 'user' | 'course' | 'category' | 'activity' | 'report';

/** A page: its path below the site as the source of a regular expression, and the variable that holds the number. */
interface Page {
	path: string;
	variable: string;
}

/**
 * Pages by the record they show, those that decide first. `id` is the activity only on the pages where every module keeps
 * to that (`view.php`); elsewhere it can be a submission, an entry or a course, while `cmid` is always the activity
 * (source 4.1 to 5.1).
 */
const PAGES: Record<PageKind, Page[]> = {
	user: [{ path: '/user/(?:profile|view|edit|editadvanced)\\.php', variable: 'id' }],
	course: [{ path: '/course/(?:view|edit)\\.php', variable: 'id' }],
	category: [
		{ path: '/course/(?:index|management)\\.php', variable: 'categoryid' },
		{ path: '/course/editcategory\\.php', variable: 'id' },
	],
	activity: [
		{ path: '/mod/\\w+/\\w+\\.php', variable: 'cmid' },
		{ path: '/mod/\\w+/view\\.php', variable: 'id' },
		{ path: '/course/modedit\\.php', variable: 'update' },
	],
	report: [{ path: '/reportbuilder/(?:view|edit)\\.php', variable: 'id' }],
};

/** What n8n takes the number out of an address by, as the source of a regular expression with one group. */
export function addressPattern(kind: PageKind): string {
	const pages = PAGES[kind].map(({ path, variable }) => `${path}\\?(?:[^#]*?&)??${variable}`);
	return `^\\s*https?://[^?#]+(?:${pages.join('|')})=([0-9]+)`;
}

function parsed(text: string): URL | undefined {
	try {
		return new URL(text);
	} catch {
		return undefined;
	}
}

/** The path of an address below the site; undefined when it lies elsewhere. Whether it says http or https does not count. */
function pathInside(address: URL, siteUrl: string | undefined): string | undefined {
	if (siteUrl === undefined) return address.pathname;
	const home = new URL(siteUrl);
	const folder = home.pathname.replace(/\/+$/, '');
	return address.host === home.host && address.pathname.startsWith(`${folder}/`)
		? address.pathname.slice(folder.length)
		: undefined;
}

/** The number on the first page that fits. A variable that is there twice, with two values, names nobody. */
function numberIn(address: URL, path: string, kind: string, isWhole: boolean): string | undefined {
	const pages = Object.prototype.hasOwnProperty.call(PAGES, kind) ? PAGES[kind as PageKind] : [];
	for (const { path: pattern, variable } of pages) {
		const values = new Set(address.searchParams.getAll(variable));
		if (values.size > 0 && new RegExp(`${isWhole ? '^' : ''}${pattern}$`).test(path))
			return values.size === 1 ? [...values][0] : undefined;
	}
	return undefined;
}

/**
 * The number of a record in the address of its page in Moodle.
 *
 * @param siteUrl home page of the site; without it any site is taken
 * @throws Problem for addresses of other sites, whose numbers mean other records, and for other pages
 */
export function idInAddress(
	text: string,
	kind: string,
	label: string,
	siteUrl: string | undefined,
): string {
	const address = parsed(text);
	const path = address && pathInside(address, siteUrl);
	if (address && path === undefined) {
		throw new Problem({
			message: `'${label}' is an address outside of the site of the credential: ${shown(address.origin)}`,
			mend: `Copy the address from ${siteUrl}, or give the ID instead.`,
			code: 'othersite',
		});
	}
	const number =
		address && path !== undefined
			? numberIn(address, path, kind, siteUrl !== undefined)
			: undefined;
	if (number !== undefined) return number;
	throw new Problem({
		message: `'${label}' is not the address of ${kind === 'activity' ? 'an' : 'a'} ${kind}: ${shown(text)}`,
		mend: `Copy the address from the browser while you look at the ${kind} in Moodle. It ends with ${kind === 'category' ? 'categoryid' : 'id'}= and a number.`,
		code: 'badvalue',
	});
}
