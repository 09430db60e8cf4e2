// npm run compat: installs the versions of n8n-workflow when they are missing, builds dist when it is missing or older
// than the sources, starts the Moodle stand-in and runs the built package on each version, in a process of its own.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/run-ts.mjs';
import { build } from '../../scripts/ensure-build.mjs';
import { setup } from '../../scripts/setup.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
build();
setup(here);

const outfile = await bundle(join(root, 'test', 'sandbox', 'index.ts'));
const { startSandbox } = createRequire(import.meta.url)(outfile);
rmSync(outfile, { force: true });

const exception = (errorcode, message) =>
	JSON.stringify({ exception: 'core\\exception\\moodle_exception', errorcode, message });
/** Answers that try n8n's rewriting of texts which hold names of system errors, by user name. */
const TRAPS = {
	trapexist: { status: 200, body: exception('groupnameexists', 'groupnameexists') },
	trapenoent: {
		status: 200,
		body: exception('filenotfound', 'Cannot open file: ENOENT, no such file EACCES'),
	},
	traphtml: { status: 200, body: '<html><body>ECONNREFUSED</body></html>' },
	trapgateway: { status: 504, body: '<html><body>ETIMEDOUT</body></html>' },
	trapredirect: {
		status: 307,
		headers: { Location: 'https://other.example.org/?wstoken=x' },
		body: '',
	},
};

/** One version in a process of its own; gives its exit code. */
async function check(name) {
	const sandbox = await startSandbox();
	sandbox.switches.fault = ({ form }) => {
		const trap = TRAPS[form.find(([key]) => key === 'users[0][username]')?.[1]];
		return trap ? { execute: false, ...trap } : null;
	};
	const child = spawn(process.execPath, [join(here, 'check.cjs')], {
		stdio: 'inherit',
		env: {
			...process.env,
			COMPAT: JSON.stringify({
				root,
				name,
				url: sandbox.url,
				token: sandbox.token,
				traps: Object.keys(TRAPS),
			}),
		},
	});
	const limit = setTimeout(() => child.kill('SIGKILL'), 120_000);
	const code = await new Promise((resolve) => child.on('exit', (status) => resolve(status ?? 1)));
	clearTimeout(limit);
	const users = [...sandbox.site.users.all()].filter((user) => user.username.startsWith('compat'));
	await sandbox.close();
	if (code === 0 && users.length !== 3) {
		console.error(`${name}: 3 users should have been made, ${users.length} were`);
		return 1;
	}
	return code;
}

const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
let failed = 0;
for (const name of Object.keys(dependencies)) if ((await check(name)) !== 0) failed++;
console.log(
	failed === 0
		? `The package behaves the same on ${Object.keys(dependencies).length} versions of n8n-workflow`
		: `${failed} versions failed`,
);
process.exit(failed === 0 ? 0 : 1);
