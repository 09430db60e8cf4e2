import type { AnyRequest } from './signing';

/** An address with a scheme, or with a host alone: what stands in front of it does not count. */
const ABSOLUTE = /^\s*(?:[a-z][a-z0-9+.-]*:|[\\/]{2})/i;

/** Whether a request stays inside the site: same origin, and below its folder. */
export function isInside(site: string, request: AnyRequest): boolean {
	const path = String(request.url ?? request.uri ?? '');
	const base = ABSOLUTE.test(path) ? '' : (request.baseURL ?? '');
	if (site === '' || `${base}${path}` === '') return false;
	const address = base === '' ? path : `${base.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
	try {
		const [target, home] = [new URL(address, site), new URL(site)];
		return (
			target.origin === home.origin &&
			`${target.pathname}/`.startsWith(`${home.pathname.replace(/\/+$/, '')}/`)
		);
	} catch {
		return false;
	}
}
