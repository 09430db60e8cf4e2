// n8n's editor in a real browser: Chromium or Chrome as it is installed on this machine, driven by playwright-core.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { OWNER } from './n8n.mjs';

const PLACES = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser: CHROMIUM, or where one usually is; undefined when there is none. */
export const browserPath = () =>
	[process.env.CHROMIUM, ...PLACES].find((path) => path && existsSync(path));

/**
 * Opens n8n's editor, signed in.
 * @param address of n8n
 * @param theme `light` or `dark`
 */
export async function openBrowser(address, { theme = 'light', width = 1440, height = 860 } = {}) {
	const browser = await chromium.launch({
		executablePath: browserPath(),
		args: ['--no-sandbox', '--hide-scrollbars', '--font-render-hinting=none', '--disable-lcd-text'],
	});
	const context = await browser.newContext({
		viewport: { width, height },
		deviceScaleFactor: 1,
		colorScheme: theme,
		reducedMotion: 'reduce',
		locale: 'en-GB',
		timezoneId: 'UTC',
	});
	// nothing but n8n is asked: no fonts, no pictures of others, no look for templates
	await context.route(/^https?:/, (route) =>
		route.request().url().startsWith(address) ? route.continue() : route.abort(),
	);
	const page = await context.newPage();
	page.setDefaultTimeout(45_000);
	page.setDefaultNavigationTimeout(90_000);
	await page.goto(`${address}/signin`);
	await page.fill('input[name="emailOrLdapLoginId"]', OWNER.email);
	await page.fill('input[type="password"]', OWNER.password);
	await page.keyboard.press('Enter');
	await page.waitForURL((url) => !url.pathname.startsWith('/signin'));
	return { browser, page, close: () => browser.close() };
}
