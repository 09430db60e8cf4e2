// Builds dist when it is missing or older than the sources.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from './setup.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SOURCES = [
	'package.json',
	'tsconfig.json',
	'nodes',
	'credentials',
	'icons',
	'scripts/bundle.mjs',
];

function newest(path) {
	const found = statSync(path);
	if (!found.isDirectory()) return found.mtimeMs;
	return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Installs what the build needs, and builds; ends the process when that fails. */
export function build() {
	setup(root);
	const built = join(root, 'dist', 'package.json');
	const sources = SOURCES.map((part) => newest(join(root, part)));
	if (existsSync(built) && Math.max(...sources) <= statSync(built).mtimeMs) return;
	console.log('Building the package ...');
	const { status, stdout } = spawnSync('npm', ['run', '--silent', 'build'], {
		cwd: root,
		stdio: ['ignore', 'pipe', 'inherit'],
		shell: process.platform === 'win32',
	});
	if (status === 0) return;
	process.stdout.write(stdout);
	process.exit(status ?? 1);
}
