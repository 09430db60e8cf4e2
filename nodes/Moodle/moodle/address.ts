/**
 * Pages that people paste instead of the home page, as the source of a regular expression: everything from here on is cut
 * off. A bare folder is cut only for the two where people land when they log in; a site may well live in a folder
 * that is called `course` or `blog`. Never the `//` in front of the host.
 */
export const PAGES =
	'(?<![:/])/(?:(?:login|my)/?|(?:login|my|course|user|admin|webservice|mod|local|calendar|message|grade|cohort|group|enrol|badges|report|reportbuilder|blog|search|question|tag|contentbank|theme)/.*[.]php(?:/.*)?|[^/]*[.]php(?:/.*)?)$';

/**
 * The address of a Moodle site from what somebody pasted: no space, no trailing slash, no query, no page such as
 * `/login/index.php` or `/my/`; a sub-folder stays.
 *
 * @returns undefined when it is no http address
 */
export function siteAddress(pasted: string): string | undefined {
	const text = pasted.trim();
	if (text.startsWith('/')) return undefined;
	const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
	try {
		const url = new URL(withScheme);
		if (!/^https?:$/.test(url.protocol) || url.hostname === '') return undefined;
		const path = url.pathname.replace(new RegExp(PAGES), '').replace(/\/+$/, '');
		return `${url.protocol}//${url.host}${path}`;
	} catch {
		return undefined;
	}
}

const isEmpty = (value: unknown) => String(value ?? '').trim() === '';

/** What is missing in a credential before anything needs to be asked, as a code of ours; undefined when it can be tried. */
export function credentialFlaw(facts: {
	[key: string]: unknown;
}): 'badaddress' | 'emptytoken' | 'emptylogin' | undefined {
	if (siteAddress(String(facts.siteUrl ?? '')) === undefined) return 'badaddress';
	if (facts.authMethod === 'password')
		return isEmpty(facts.username) || isEmpty(facts.password) ? 'emptylogin' : undefined;
	return isEmpty(facts.token) ? 'emptytoken' : undefined;
}
