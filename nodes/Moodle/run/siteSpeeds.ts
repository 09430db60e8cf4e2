import { SiteSpeed } from '../moodle/siteSpeed';

/** What was found out counts for an hour after the last run began: a server is seldom replaced, but its load changes. */
const LASTS = 3_600_000;

/** Most sites that are kept: an n8n that serves many schools must not grow with them. */
const MOST_SITES = 100;

/** By address, the one that was used last at the end. As long as n8n's process lives; nothing of it is ever stored. */
const sites = new Map<string, { speed: SiteSpeed; usedAt: number }>();

/**
 * What runs of this n8n have shown of a site's speed, to begin with and to go on with.
 *
 * @param now in milliseconds
 */
export function speedOf(siteUrl: string, now: number): SiteSpeed {
	const known = sites.get(siteUrl);
	const speed = known && now - known.usedAt < LASTS ? known.speed : new SiteSpeed();
	sites.delete(siteUrl);
	sites.set(siteUrl, { speed, usedAt: now });
	if (sites.size > MOST_SITES) sites.delete(sites.keys().next().value as string);
	return speed;
}

/** Every site is unknown again, as when n8n has just started. */
export function forgetSites(): void {
	sites.clear();
}
