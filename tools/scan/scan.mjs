// n8n's verification scan without the network: the source leg and the tarball leg of @n8n/scan-community-package.
// Usage, after the build: node scan.mjs <package root>. Inline eslint-disable comments do not count here.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
	analyzePackage,
	SOURCE_FILE_PATTERNS,
} from '@n8n/scan-community-package/scanner/scanner.mjs';

const root = resolve(process.argv[2] ?? '.');
const legs = {
	async source(dir) {
		for (const part of ['package.json', 'nodes', 'credentials', 'icons']) {
			if (existsSync(join(root, part)))
				cpSync(join(root, part), join(dir, part), { recursive: true });
		}
		return await analyzePackage(dir, SOURCE_FILE_PATTERNS);
	},
	async tarball(dir) {
		const packed = execFileSync(
			'npm',
			['pack', '--json', '--ignore-scripts', '--pack-destination', dir],
			{
				cwd: root,
				encoding: 'utf8',
				stdio: ['ignore', 'pipe', 'ignore'],
			},
		);
		const answer = JSON.parse(packed);
		const [{ filename }] = Array.isArray(answer) ? answer : Object.values(answer); // npm 10 / npm 11
		execFileSync('tar', ['-xzf', join(dir, filename), '-C', dir, '--strip-components=1']);
		return await analyzePackage(dir, ['**/*.js', 'package.json']);
	},
};

for (const [name, leg] of Object.entries(legs)) {
	const dir = mkdtempSync(join(tmpdir(), `scan-${name}-`)); // outside the repository: no node_modules in reach
	try {
		const result = await leg(dir);
		console.log(`scan of the ${name}: ${result.passed ? 'passed' : 'FAILED'}`);
		const details = String(result.details ?? result.message ?? '').replaceAll(dir, '');
		if (details) console.log(details);
		if (!result.passed) process.exitCode = 1;
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}
