// Installs the tools of this package when they are missing or older than package-lock.json says.
// Needs nothing but Node and npm; the other scripts call it first, because npm skips pre-scripts here
// (.npmrc switches them off). Usage: node scripts/setup.mjs, or import { setup }.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Why node_modules does not fit package-lock.json, or undefined when it does. */
export function whatDiffers(folder = root) {
	const wanted = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
	const file = join(folder, 'node_modules', '.package-lock.json');
	if (!existsSync(file)) return 'node_modules is not there';
	const there = JSON.parse(readFileSync(file, 'utf8')).packages;
	for (const [path, entry] of Object.entries(wanted)) {
		if (path === '') continue;
		const installed = there[path];
		if (!installed) {
			// built for another system, or wanted by nobody here
			if (entry.optional || entry.devOptional || entry.peer) continue;
			return `${path} is missing`;
		}
		if (installed.version !== entry.version)
			return `${path} is ${installed.version}, not ${entry.version}`;
	}
	return undefined;
}

/** Makes node_modules fit package-lock.json; ends the process when npm fails. */
export function setup(folder = root) {
	const reason = whatDiffers(folder);
	if (reason === undefined) return;
	console.log(`Setting up (${reason}): npm ci, about a minute ...`);
	const { status, error } = spawnSync(
		'npm',
		['ci', '--no-audit', '--no-fund', '--loglevel=error', '--progress=true'],
		{
			cwd: folder,
			stdio: 'inherit',
			shell: process.platform === 'win32',
		},
	);
	if (status !== 0) {
		console.error(`npm ci failed${error ? `: ${error.message}` : ''}`);
		process.exit(status || 1);
	}
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) {
	const [major] = process.versions.node.split('.').map(Number);
	if (major < 20) {
		console.error(`Node 20 or later is needed, this is ${process.version}`);
		process.exit(1);
	}
	setup();
}
