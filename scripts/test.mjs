// npm test: installs what is missing, then runs jest; arguments go through (npm test -- -t "word").
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setup } from './setup.mjs';

setup();
const jest = join(
	dirname(createRequire(import.meta.url).resolve('jest/package.json')),
	'bin',
	'jest.js',
);
const { status, signal } = spawnSync(process.execPath, [jest, ...process.argv.slice(2)], {
	stdio: 'inherit',
});
if (signal) console.error(`jest was ended by ${signal}`);
process.exit(status ?? 1);
