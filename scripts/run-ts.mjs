// Runs a TypeScript program: node scripts/run-ts.mjs path/to/entry.ts [arguments]
// Our own files are bundled into node_modules/.cache/run-ts, packages are loaded as they are installed. The program
// runs in this very process (same stdio, same exit code), with process.argv as if Node had started it.
// __dirname and __filename are those of the source file.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setup } from './setup.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Bundles a TypeScript entry; answers the path of the JavaScript file, ready to be run or required. */
export async function bundle(entry) {
	const { build } = await import('esbuild');
	const source = resolve(entry);
	const tag = createHash('sha256').update(relative(root, source)).digest('hex').slice(0, 8);
	const folder = join(root, 'node_modules', '.cache', 'run-ts');
	mkdirSync(folder, { recursive: true });
	const outfile = join(
		folder,
		`${basename(source).replace(/\.[cm]?ts$/, '')}-${tag}-${process.pid}.cjs`,
	);
	await build({
		entryPoints: [source],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node20',
		packages: 'external',
		sourcemap: 'inline',
		logLevel: 'warning',
		tsconfigRaw: {
			compilerOptions: { target: 'es2021', experimentalDecorators: true, esModuleInterop: true },
		},
		plugins: [
			{
				// every file keeps its own __dirname and __filename
				name: 'own-place',
				setup(plan) {
					plan.onLoad({ filter: /\.[cm]?[jt]s$/ }, ({ path }) => {
						const text = readFileSync(path, 'utf8');
						if (!/\b__(dirname|filename)\b/.test(text)) return undefined;
						const head = `const __filename = ${JSON.stringify(path)}, __dirname = ${JSON.stringify(dirname(path))}; `;
						return { contents: head + text, loader: path.endsWith('ts') ? 'ts' : 'js' };
					});
				},
			},
		],
	});
	return outfile;
}

/** Bundles and runs a program in this process. */
export async function run(entry, args = []) {
	const outfile = await bundle(entry);
	const { rmSync } = await import('node:fs');
	process.on('exit', () => rmSync(outfile, { force: true }));
	process.setSourceMapsEnabled(true);
	process.argv = [process.execPath, resolve(entry), ...args];
	createRequire(pathToFileURL(outfile))(outfile);
}

if (process.argv[1] && fileURLToPath(import.meta.url) === resolve(process.argv[1])) {
	const [entry, ...args] = process.argv.slice(2);
	if (!entry) {
		console.error('Usage: node scripts/run-ts.mjs path/to/entry.ts [arguments]');
		process.exit(2);
	}
	setup();
	await run(entry, args);
}
