/** The few pages that the stand-in shows. */
import { parseUrlencoded } from './php';
import { html, type Reply } from './request';
import type { Site } from './site';
import type { Switches } from './types';

const page = (title: string, body: string): string =>
	`<!DOCTYPE html>\n<html  dir="ltr" lang="en" xml:lang="en">\n<head>\n    <title>${title}</title>\n    <meta name="keywords" content="moodle, ${title}" />\n</head>\n<body id="page-site-index">\n${body}\n</body>\n</html>\n`;

/** The home page. */
export function frontPage(site: Site, switches: Switches): Reply {
	const state = switches.maintenance === 'web' ? '<p>This site is undergoing maintenance</p>' : '';
	return html(200, page(site.config.sitename, `<h1>${site.config.sitename}</h1>${state}`), 'page');
}

/** What the web server says about a path it does not know. */
export function notFoundPage(): Reply {
	return {
		...html(404, 'File not found.\n', '404'),
		headers: { 'Content-Type': 'text/html; charset=UTF-8' },
	};
}

/** Maintenance mode from the command line. */
export function cliMaintenancePage(site: Site): Reply {
	const text = page(
		`${site.config.sitename} under maintenance`,
		'<div id="page"><h3>This site is undergoing maintenance</h3></div>',
	);
	return html(503, text, '503', { 'Retry-After': '300' });
}

/** The page of a firewall (as ModSecurity shows it) where the body holds what it looks for; else null. */
export function firewallPage({ firewall }: Switches, body: string): Reply | null {
	if (!firewall || !parseUrlencoded(body).some(([, value]) => firewall.pattern.test(value)))
		return null;
	const title = firewall.status === 403 ? '403 Forbidden' : '406 Not Acceptable';
	return html(
		firewall.status,
		`<!DOCTYPE HTML>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
		'firewall',
	);
}
