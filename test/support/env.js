// Importing n8n-core writes a config file into the user folder: give it one that is thrown away.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

if (!process.env.N8N_USER_FOLDER) {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-test-'));
	process.env.N8N_USER_FOLDER = folder;
	process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}
process.env.N8N_LOG_LEVEL ??= 'silent'; // the harness keeps the log of each run instead
process.env.N8N_DIAGNOSTICS_ENABLED ??= 'false';
// The workflow's time zone when it names none; tests must not depend on the machine's.
process.env.GENERIC_TIMEZONE ??= 'UTC';
