// npm run pictures: makes the pictures of docs/images anew, from a real n8n and the stand-in. Needs Chromium or Chrome
// (CHROMIUM says where, if it is in no usual place); pngquant makes the files a third as big.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { browserPath } from './browser.mjs';
import { here } from './install.mjs';
import { look, lookAtRecipes } from './look.mjs';
import { root } from './n8n.mjs';
import { openStage } from './stage.mjs';

const LIMIT = 150_000;
const home = join(here, '.pictures');
const images = join(root, 'docs', 'images');
const running = [];
let failed = 0;

async function check(what, body) {
	try {
		const remark = await body();
		console.log(`ok       ${what}${remark ? `: ${remark}` : ''}`);
	} catch (error) {
		failed++;
		console.log(`FAILED   ${what}: ${error.message}`);
	}
}

/** @param area `{ x, y, width, height }` of the window, all of it when left out */
async function picture(name, page, area) {
	const file = join(images, `${name}.png`);
	await page.mouse.move(700, 20);
	await page.waitForTimeout(300);
	await page.screenshot({ path: file, ...(area ? { clip: area } : {}) });
	const args = ['--force', '--strip', '--quality', '70-95', '--output', file, file];
	spawnSync('pngquant', args, { stdio: 'ignore' });
	const { size } = statSync(file);
	console.log(`picture  docs/images/${name}.png, ${Math.round(size / 1000)} kB`);
	if (size <= LIMIT) return;
	failed++;
	console.log(`FAILED   ${name}.png is bigger than ${LIMIT / 1000} kB: is pngquant installed?`);
}

if (!browserPath()) {
	console.error('There is no Chromium or Chrome in the usual places: set CHROMIUM to the program');
	process.exit(2);
}
rmSync(home, { recursive: true, force: true });
mkdirSync(images, { recursive: true });
try {
	const stage = await openStage({ home, port: 0, running });
	for (const theme of ['light', 'dark']) {
		await lookAtRecipes(stage, check, picture, theme);
		await look(stage, check, picture, theme);
	}
} catch (error) {
	failed++;
	console.error(error);
}
for (const part of running.reverse()) await part();
rmSync(home, { recursive: true, force: true });
process.exit(failed > 0 ? 1 : 0);
