// npm start: installs what is missing, builds the package, then runs the example flows against the embedded Moodle
// stand-in (or a real site when MOODLE_URL and MOODLE_TOKEN are set).
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from './setup.mjs';
import { run } from './run-ts.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
setup();
const { status } = spawnSync('npm', ['run', 'build'], {
	stdio: 'inherit',
	shell: process.platform === 'win32',
});
if (status !== 0) process.exit(status ?? 1);
const entry = join('scripts', 'start-flows.ts');
if (!existsSync(entry)) {
	console.error(`${entry} is not there yet`);
	process.exit(1);
}
await run(entry, process.argv.slice(2));
