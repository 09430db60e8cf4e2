import { Problem, shown } from './problem';

/** The page that hands out files to tokens. */
export const FILE_PAGE = '/webservice/pluginfile.php';

/** Variables of an address that are kept; everything else, such as a token, is dropped. */
const KEPT = ['file', 'preview', 'offline', 'forcedownload'];

function addressOf(siteUrl: string, pasted: string): URL | undefined {
	try {
		return new URL(pasted.startsWith('/') ? `${siteUrl}${pasted}` : pasted);
	} catch {
		return undefined;
	}
}

function notAFile(pasted: string): Problem {
	return new Problem({
		message: `This is not the address of a file in Moodle: ${shown(pasted)}`,
		mend: 'Such an address contains pluginfile.php, as in the answers of Moodle. Files in a draft area cannot be downloaded.',
		code: 'notafile',
	});
}

/**
 * The path below the site by which a token can download a file, from an address as Moodle gives it to browsers or to
 * tokens, or a path below the site. A token in the address is left out.
 *
 * @throws Problem for what is no such address, and for other sites: the token must never get there
 */
export function filePath(siteUrl: string, pasted: string): string {
	const address = addressOf(siteUrl, pasted.trim());
	if (!address) throw notAFile(pasted);
	const home = new URL(siteUrl);
	const folder = home.pathname.replace(/\/+$/, '');
	if (address.origin !== home.origin || !address.pathname.startsWith(`${folder}/`)) {
		throw new Problem({
			message: `The file belongs to another site: ${shown(address.origin)}`,
			mend: 'Use a credential for that site, or the HTTP Request node for files that need no token.',
			code: 'othersite',
		});
	}
	const inside = address.pathname.slice(folder.length);
	const match = /^\/(?:webservice\/)?pluginfile\.php(\/.*)?$/.exec(inside);
	const kept = new URLSearchParams();
	for (const name of KEPT)
		for (const value of address.searchParams.getAll(name)) kept.append(name, value);
	if (!match || (!match[1] && !kept.has('file'))) throw notAFile(pasted);
	const query = kept.toString();
	return `${FILE_PAGE}${match[1] ?? ''}${query === '' ? '' : `?${query}`}`;
}

/** The name of a file by its path: the last part. */
export function nameByPath(path: string): string {
	const [place, query] = path.split('?');
	const last = (new URLSearchParams(query ?? '').get('file') ?? place).split('/').pop() ?? '';
	try {
		return decodeURIComponent(last);
	} catch {
		return last;
	}
}
