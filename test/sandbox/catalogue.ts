/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/** Reads the signatures in facts/functions. */
import * as fs from 'node:fs';
import * as path from 'node:path';

import type { Catalogue, MoodleVersion } from './types';

const PACKAGE = 'n8n-nodes-moodle-lms';

/** The folder of the package, found by walking up from here and from the working directory. */
export function packageDir(): string {
	for (const start of [__dirname, process.cwd()]) {
		for (let dir = start; ; dir = path.dirname(dir)) {
			const file = path.join(dir, 'package.json');
			if (fs.existsSync(file)) {
				const found = JSON.parse(fs.readFileSync(file, 'utf8')) as { name?: string };
				if (found.name === PACKAGE) return dir;
			}
			if (path.dirname(dir) === dir) break;
		}
	}
	throw new Error(`No folder of ${PACKAGE} found above ${__dirname}`);
}

/** What is recorded of Moodle itself: facts/README.md. */
export function factsDir(): string {
	return path.join(packageDir(), 'facts');
}

/** Where the data of the stand-in lies. */
export function dataDir(): string {
	return path.join(packageDir(), 'test', 'data');
}

/** A file of facts/functions: all of a version, or what is different from another one. */
interface Stored extends Omit<Catalogue, 'names'> {
	names?: string[];
	/** The version that this one is like, but for `functions` and the names in `without`. */
	like?: MoodleVersion;
	without?: string[];
}

const loaded = new Map<MoodleVersion, Catalogue>();

/** The functions of a version, read once. */
export function catalogue(version: MoodleVersion): Catalogue {
	let found = loaded.get(version);
	if (!found) {
		const file = path.join(factsDir(), 'functions', `${version}.json`);
		found = complete(JSON.parse(fs.readFileSync(file, 'utf8')) as Stored);
		loaded.set(version, found);
	}
	return found;
}

function complete({ like, without = [], names = [], ...own }: Stored): Catalogue {
	if (!like) return { ...own, names };
	const base = catalogue(like);
	const functions = Object.entries({ ...base.functions, ...own.functions }).filter(
		([name]) => !without.includes(name),
	);
	return {
		...own,
		names: base.names.filter((name) => !without.includes(name)),
		functions: Object.fromEntries(functions),
	};
}
