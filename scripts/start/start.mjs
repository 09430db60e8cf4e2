// npm start: installs what is missing; main.ts does the rest.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setup } from '../setup.mjs';
import { run } from '../run-ts.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..', '..'));
setup();
await run(join('scripts', 'start', 'main.ts'), process.argv.slice(2));
