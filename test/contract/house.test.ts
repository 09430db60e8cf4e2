/* eslint-disable @n8n/community-nodes/no-restricted-imports */
/** How the sources are laid out: what a file may be, and which folder may know which. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { READS } from '../../nodes/Moodle/moodle/reads';
import { packageDir } from '../sandbox/catalogue';

const MOST_LINES = 300;

const root = packageDir();
const files = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => join(folder, name)),
);
const textOf = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const isGenerated = (file: string) => textOf.get(file)!.startsWith('// Generated');

/** An import of a file: types alone are gone when the program runs. */
interface Import {
	to: string;
	isTypeOnly: boolean;
}

/** Whether nothing but types comes from there. */
const onlyTypes = (keyword: string | undefined, names: string) =>
	keyword !== undefined ||
	names
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '')
		.every((name) => name.startsWith('type '));

/** What a file imports, or hands on: packages by their names, files by their paths. */
function importsOf(file: string): Import[] {
	const found = textOf
		.get(file)!
		.matchAll(/^(?:import|export) (type )?(?:\{([^}]*)\}|[^{};]*?) from '([^']+)';$/gm);
	return [...found].map(([, keyword, names = '*', path]) => {
		const isTypeOnly = onlyTypes(keyword, names);
		if (!path.startsWith('.')) return { to: path, isTypeOnly };
		return { to: join(dirname(file), `${path}.ts`), isTypeOnly };
	});
}

const imports = new Map(files.map((file) => [file, importsOf(file)]));

/** A circle of imports that are there when the program runs, as the files that it goes through; undefined where there is none. */
function circleFrom(start: string): string[] | undefined {
	const done = new Set<string>();
	const visit = (file: string, way: string[]): string[] | undefined => {
		if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
		if (done.has(file)) return undefined;
		for (const { to, isTypeOnly } of imports.get(file) ?? []) {
			if (isTypeOnly || !textOf.has(to)) continue;
			const circle = visit(to, [...way, file]);
			if (circle) return circle;
		}
		done.add(file);
		return undefined;
	};
	return visit(start, []);
}

const under = (folder: string) => (file: string) => file.startsWith(join('nodes/Moodle', folder));

/** Imports from one part of the sources that another must not have, as sentences. */
function offences(
	from: (file: string) => boolean,
	to: (path: string) => boolean,
	why: string,
): string[] {
	return files.filter(from).flatMap((file) =>
		imports
			.get(file)!
			.filter((entry) => to(entry.to))
			.map((entry) => `${file} imports ${entry.to}: ${why}`),
	);
}

test('the sources are found, and their imports', () => {
	expect(files.length).toBeGreaterThan(200);
	const missing = files.flatMap((file) =>
		imports
			.get(file)!
			.filter(({ to }) => to.endsWith('.ts') && !textOf.has(to))
			.map(({ to }) => `${file}: ${to}`),
	);
	expect(missing).toEqual([]);
	for (const file of files)
		expect({ file, count: imports.get(file)!.length }).toEqual({
			file,
			count: textOf.get(file)!.match(/^(?:import|export) .*from '|^\} from '/gm)?.length ?? 0,
		});
});

test(`no file has more than ${MOST_LINES} lines, but generated ones`, () => {
	const long = files
		.filter((file) => !isGenerated(file))
		.map((file) => ({ file, lines: textOf.get(file)!.split('\n').length - 1 }))
		.filter(({ lines }) => lines > MOST_LINES)
		.map(({ file, lines }) => `${file} has ${lines} lines: divide it where it does two things`);
	expect(long).toEqual([]);
});

test('no file needs itself', () => {
	const circles = files.map(circleFrom).filter((circle) => circle !== undefined);
	expect([...new Set(circles.map((circle) => circle.join(' > ')))]).toEqual([]);
});

/** What outlives a run, with the reason why that is no memory of one. */
const LASTING: Record<string, string> = {
	'moodle/signature.ts compiled': 'made of signatures, which never change',
	'moodle/signature.ts others': 'the same',
	'moodle/dates.ts formats': 'one for each time zone, whatever is written with it',
	'run/siteSpeeds.ts sites': 'how fast sites were: nothing but speed rests on it',
	'run/poll.ts underWay': 'two polls of one workflow in this process are what it keeps apart',
};

test('no file has a memory that outlives a run', () => {
	const kept =
		/^(?:export )?(?:let (\w+)|const (\w+)(?:: [^=]+)? = (?:new (?:Weak)?(?:Map|Set)(?:<.*>)?\(\)|\[\]|\{\});)/gm;
	const found = files.flatMap((file) =>
		[...textOf.get(file)!.matchAll(kept)].map(
			([, variable, constant]) => `${relative('nodes/Moodle', file)} ${variable ?? constant}`,
		),
	);
	expect(found.sort()).toEqual(Object.keys(LASTING).sort());
});

test('each folder knows only what it may', () => {
	expect([
		...offences(
			under('moodle/'),
			(path) =>
				path === 'n8n-workflow' || /nodes\/Moodle\/(?:run|actions|lookup|events)\//.test(path),
			'the client of Moodle knows nothing of n8n, items and operations',
		),
		...offences(
			under('common/'),
			(path) => path.startsWith('nodes/') && !under('common/')(path),
			'what all share knows nobody',
		),
		...offences(
			under('lookup/'),
			under('run/'),
			'a look-up reads by what it is handed, it does not run anything',
		),
		...offences(
			under('actions/'),
			under('run/'),
			'an operation says what is to be done, run/ does it',
		),
		...offences(under('events/'), under('run/'), 'an event says what to look at, run/ does it'),
	]).toEqual([]);
});

test('moodle/reads.ts has what several files read; what one file reads is known there', () => {
	const lonely = Object.keys(READS).flatMap((name) => {
		const readers = files.filter((file) => textOf.get(file)!.includes(`READS.${name}`));
		return readers.length > 1
			? []
			: [
					`${name} is read by ${readers[0] ?? 'nobody'} alone: put its record there, by readFacts, and take it out of nodes/Moodle/moodle/reads.ts`,
				];
	});
	expect(lonely).toEqual([]);
});

test('requests leave at one place', () => {
	const senders = files.filter((file) =>
		/helpers\s*\.\s*httpRequest|(?<![.\w])fetch\(/.test(textOf.get(file)!),
	);
	expect(senders.map((file) => relative('nodes/Moodle', file)).sort()).toEqual([
		// n8n itself calls it while the session token is empty, before any run
		'../../credentials/MoodleApi.credentials.ts',
		'run/transport.ts',
	]);
});
