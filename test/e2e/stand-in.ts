/* eslint-disable @n8n/community-nodes/no-restricted-globals, no-console */
/**
 * The Moodle stand-in as a process of its own, for e2e.mjs: prints one line of JSON with its address, the token and an
 * account for signing in, and runs until its standard input ends.
 *
 *   node scripts/run-ts.mjs test/e2e/stand-in.ts              the token is the administrator's: e2e.mjs makes its records
 *                                                             and looks into the site with the token that the node has
 *   node scripts/run-ts.mjs test/e2e/stand-in.ts --college    the token is that of the documents' account, on a site
 *                                                             with people and courses
 */
import { addUser, giveCapabilities, startSandbox } from '../sandbox';
import { addService } from '../sandbox/tokens';
import { openCollege } from './college';

async function main() {
	const college = process.argv.includes('--college');
	const sandbox = await startSandbox({ account: college ? 'role' : 'admin', path: '/moodle' });
	if (college) await openCollege(sandbox);
	const user = addUser(sandbox.site, { username: 'e2e.signin', password: 'Sign-in, 1 & only' });
	giveCapabilities(sandbox.site, user.id, [
		'webservice/rest:use',
		'moodle/webservice:createtoken',
		'moodle/user:viewdetails',
		'moodle/user:viewalldetails',
		'moodle/user:create',
		'moodle/user:update',
	]);
	addService(sandbox.site, { shortname: 'e2e_service', name: 'End to end' });
	const account = { username: user.username, password: user.password, service: 'e2e_service' };
	const { url, token, adminToken } = sandbox;
	console.log(JSON.stringify({ url, token, adminToken, account }));
	process.stdin.resume().on('end', () => void sandbox.close().then(() => process.exit(0)));
}

void main();
