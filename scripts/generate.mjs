// `npm run generate`: makes the files that follow from the operations. `node scripts/generate.mjs --check` only compares,
// and fails when one of them is not up to date.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateDocuments } from './generate-documents.mjs';
import { generateNames, NAMES_FILE } from './generate-names.mjs';
import {
	EVENTS_FILE,
	generateEvents,
	generateRegistry,
	REGISTRY_FILE,
} from './generate-registry.mjs';
import {
	CATALOGUE_FILE,
	generateCatalogue,
	generateSignatures,
	SIGNATURES_FILE,
} from './generate-signatures.mjs';
import { bundle } from './run-ts.mjs';
import { setup } from './setup.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
const isCheck = process.argv.includes('--check');

function contentOf(file) {
	try {
		// Windows checkouts may have other line ends
		return readFileSync(file, 'utf8').replace(/\r\n/g, '\n');
	} catch {
		return undefined;
	}
}

/** Writes the files that differ; with --check it only names them. */
function bringUpToDate(wanted) {
	const stale = Object.entries(wanted).filter(([file, text]) => contentOf(file) !== text);
	for (const [file, text] of isCheck ? [] : stale) {
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, text);
	}
	return stale.map(([file]) => file);
}

/** The operations and signatures as the node has them. */
async function facts() {
	const outfile = await bundle('scripts/facts.ts');
	try {
		return createRequire(import.meta.url)(outfile);
	} finally {
		rmSync(outfile, { force: true });
	}
}

setup();
// The documents are made from the sources, so these come first.
const sources = bringUpToDate({
	[REGISTRY_FILE]: generateRegistry(),
	[EVENTS_FILE]: generateEvents(),
	[SIGNATURES_FILE]: generateSignatures(),
	[CATALOGUE_FILE]: generateCatalogue(),
});
/** What follows from the operations as the node has them. */
async function derived() {
	const known = await facts();
	return {
		[NAMES_FILE]: generateNames(known, contentOf(NAMES_FILE) ?? '{}'),
		...generateDocuments(known),
	};
}
const documents = isCheck && sources.length > 0 ? [] : bringUpToDate(await derived());
const stale = [...sources, ...documents];
if (isCheck && stale.length > 0) {
	console.error(`Not up to date: ${stale.join(', ')}. Run npm run generate.`);
	process.exitCode = 1;
} else if (stale.length > 0) console.log(`Written: ${stale.join(', ')}`);
