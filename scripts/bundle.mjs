// The second half of `npm run build`: zod goes into the one emitted file that asks for it, so that dist needs nothing
// but the host's n8n-workflow; what the editor shows is written down, so that n8n need not load the operations when it
// starts; and dist loses what n8n-node copied from elsewhere in the repository.
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));

const files = (dir) =>
	readdirSync(dir).flatMap((name) => {
		const path = join(dir, name);
		return statSync(path).isDirectory() ? files(path) : [path];
	});

const entry = 'dist/nodes/Moodle/schemas/zod.js';
if (existsSync(entry)) {
	await build({
		entryPoints: [entry],
		outfile: entry,
		allowOverwrite: true,
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'node18',
		external: ['n8n-workflow'],
		legalComments: 'inline',
	});
	rmSync(`${entry}.map`, { force: true }); // maps tsc's output, which is gone
}

const require = createRequire(import.meta.url);
for (const part of ['actions', 'events']) {
	const file = resolve('dist', 'nodes', 'Moodle', part, 'form.js');
	const { form } = require(file);
	writeFileSync(file.replace(/js$/, 'json'), `${JSON.stringify({ form })}\n`);
	writeFileSync(
		file,
		'"use strict";\n// Written by `npm run build`: what form.ts comes to.\nmodule.exports = require("./form.json");\n',
	);
	rmSync(`${file}.map`, { force: true });
}

// n8n-node copies every image and schema of the repository, those of tools/scan/node_modules and docs included
const kept = ['icons', 'nodes', 'credentials', 'package.json'];
for (const name of readdirSync('dist')) {
	if (!kept.includes(name)) rmSync(join('dist', name), { recursive: true });
}

const left = files('dist').filter(
	(f) => f.endsWith('.js') && /require\(["']zod/.test(readFileSync(f, 'utf8')),
);
if (left.length) throw new Error(`zod is still asked for at run time by ${left.join(', ')}`);
