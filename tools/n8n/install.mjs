// Installs n8n, the Node that it needs and what drives a browser into this folder, and nowhere else. Everything here is
// apart from the package's own tools: n8n is 2 GB.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from '../../scripts/setup.mjs';

export const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, 'node_modules');
const WINDOWS = process.platform === 'win32';
const NEEDED = 24;

/** The folder of a Node that n8n runs on: this very one, or the one that came with the packages. */
function nodeFolder() {
	if (parseInt(process.versions.node) >= NEEDED) return dirname(process.execPath);
	const packages = [`node-${process.platform}-${process.arch}`, `node-win-${process.arch}`];
	const found = packages
		.map((name) => join(modules, name, 'bin'))
		.find((folder) => existsSync(join(folder, WINDOWS ? 'node.exe' : 'node')));
	if (found) return found;
	console.error(`n8n needs Node ${NEEDED} or later, this is ${process.version}`);
	process.exit(1);
}

/** Runs a program of the installed tools in a folder; whether it went well. */
function went(folder, environment, program, ...args) {
	const { status } = spawnSync(program, args, {
		cwd: folder,
		env: environment,
		stdio: ['ignore', 'ignore', 'ignore'],
		shell: WINDOWS,
	});
	return status === 0;
}

/** n8n keeps its data in SQLite, the one of its parts that is machine code and does not come ready. */
function buildSqlite(environment, node) {
	const folder = join(modules, 'sqlite3');
	if (existsSync(join(folder, 'build', 'Release', 'node_sqlite3.node'))) return;
	const tool = (name) => join(modules, '.bin', name);
	if (went(folder, environment, tool('prebuild-install'), '-r', 'napi')) return;
	console.log('SQLite does not come ready for this machine, it is built: about two minutes ...');
	const headers = dirname(node);
	const own = existsSync(join(headers, 'include', 'node')) ? [`--nodedir=${headers}`] : [];
	if (went(folder, environment, tool('node-gyp'), 'rebuild', ...own)) return;
	console.error(
		'SQLite can neither be fetched nor built: Python 3, make and a C++ compiler are needed',
	);
	process.exit(1);
}

/**
 * Makes this folder ready; takes some minutes the first time.
 * @returns the program and the first arguments of the n8n command, and the environment that it needs
 */
export function install() {
	setup(here);
	const node = nodeFolder();
	const environment = { ...process.env, PATH: `${node}${delimiter}${process.env.PATH}` };
	buildSqlite(environment, node);
	return {
		program: join(node, WINDOWS ? 'node.exe' : 'node'),
		first: [join(modules, 'n8n', 'bin', 'n8n')],
		environment,
	};
}
