// npm run scan: installs the scan's own tools when they are missing, builds dist when it is missing or
// older than the sources, runs the scan.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from '../../scripts/setup.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
setup(here);

const newest = (path) => {
	const found = statSync(path);
	if (!found.isDirectory()) return found.mtimeMs;
	return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
};
const built = join(root, 'dist', 'package.json');
const sources = [
	'package.json',
	'tsconfig.json',
	'nodes',
	'credentials',
	'icons',
	'scripts/bundle.mjs',
];
if (
	!existsSync(built) ||
	sources.some((part) => newest(join(root, part)) > statSync(built).mtimeMs)
) {
	setup(root);
	const { status } = spawnSync('npm', ['run', 'build'], {
		cwd: root,
		stdio: 'inherit',
		shell: process.platform === 'win32',
	});
	if (status !== 0) process.exit(status ?? 1);
}
const { status } = spawnSync(process.execPath, [join(here, 'scan.mjs'), root], {
	cwd: here,
	stdio: 'inherit',
});
process.exit(status ?? 1);
