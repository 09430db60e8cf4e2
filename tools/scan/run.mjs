// npm run scan: installs the scan's own tools when they are missing, builds dist when it is missing or
// older than the sources, runs the scan.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../../scripts/ensure-build.mjs';
import { setup } from '../../scripts/setup.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
setup(here);

build();
const { status } = spawnSync(process.execPath, [join(here, 'scan.mjs'), root], {
	cwd: here,
	stdio: 'inherit',
});
process.exit(status ?? 1);
