import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { siteAddress } from '../../nodes/Moodle/moodle/address';
import { buildWorkflow } from '../support/harness';

const SITE = 'https://moodle.example.org';

/** What people paste, and the address that is meant. */
const GOOD: Array<[string, string]> = [
	[SITE, SITE],
	[`${SITE}/`, SITE],
	[`${SITE}//`, SITE],
	[`  ${SITE}/ \n`, SITE],
	['moodle.example.org', SITE],
	['moodle.example.org/lms/', `${SITE}/lms`],
	['http://moodle.example.org', 'http://moodle.example.org'],
	[`${SITE}:8443/`, `${SITE}:8443`],
	['localhost:8080', 'https://localhost:8080'],
	['http://127.0.0.1:8080/moodle', 'http://127.0.0.1:8080/moodle'],
	['http://[::1]:8080/moodle/', 'http://[::1]:8080/moodle'],
	['http://[2001:db8::7]/login/index.php', 'http://[2001:db8::7]'],
	[`${SITE}/index.php`, SITE],
	[`${SITE}/?redirect=0`, SITE],
	[`${SITE}/lms/index.php?redirect=0#top`, `${SITE}/lms`],
	[`${SITE}/login/index.php`, SITE],
	[`${SITE}/login/`, SITE],
	[`${SITE}/login`, SITE],
	[`${SITE}/my/`, SITE],
	[`${SITE}/my`, SITE],
	[`${SITE}/my/courses.php`, SITE],
	[`${SITE}/lms/my/?sesskey=abc`, `${SITE}/lms`],
	[`${SITE}/course/view.php?id=3`, SITE],
	[`${SITE}/lms/course/view.php?id=3&section=2#section-2`, `${SITE}/lms`],
	[`${SITE}/user/profile.php?id=3`, SITE],
	[`${SITE}/admin/settings.php?section=webservicetokens`, SITE],
	[`${SITE}/admin/webservice/tokens.php`, SITE],
	[`${SITE}/lms/mod/assign/view.php?id=7`, `${SITE}/lms`],
	[`${SITE}/grade/report/grader/index.php?id=2`, SITE],
	[`${SITE}/reportbuilder/view.php?id=1`, SITE],
	[`${SITE}/webservice/rest/server.php`, SITE],
	[`${SITE}/webservice/rest/server.php?wstoken=abc&wsfunction=x`, SITE],
	[`${SITE}/pluginfile.php/12/course/summary/x.png`, SITE],
	[`${SITE}/lms/help.php`, `${SITE}/lms`],
	['https://my.example.org/login/index.php', 'https://my.example.org'],
	['https://login', 'https://login'],
	['https://my/my/', 'https://my'],
	// a site may live in a folder with the name of a page
	[`${SITE}/course`, `${SITE}/course`],
	[`${SITE}/blog/moodle/`, `${SITE}/blog/moodle`],
	[`${SITE}/a/b/c`, `${SITE}/a/b/c`],
	[`${SITE}/mymoodle`, `${SITE}/mymoodle`],
	[`${SITE}/loginportal/`, `${SITE}/loginportal`],
	[`${SITE}/moodle.php.example`, `${SITE}/moodle.php.example`],
];

describe('siteAddress', () => {
	it.each(GOOD)('%s', (pasted, site) => {
		expect(siteAddress(pasted)).toBe(site);
	});

	it('writes host and scheme in lower case and leaves out the usual port', () => {
		expect(siteAddress('HTTPS://Moodle.Example.ORG:443/LMS/')).toBe(`${SITE}/LMS`);
		expect(siteAddress('http://moodle.example.org:80')).toBe('http://moodle.example.org');
		expect(siteAddress('https://lernen.müller.example/')).toBe(
			'https://lernen.xn--mller-kva.example',
		);
	});

	it('drops a user name and a password in front of the host', () => {
		expect(siteAddress('https://ada:word@moodle.example.org/lms')).toBe(`${SITE}/lms`);
	});

	it('gives the same for its own result', () => {
		for (const [, site] of GOOD) expect(siteAddress(site)).toBe(site);
	});

	it.each([
		'',
		'   ',
		'https://',
		'http://',
		'not an address',
		'ftp://moodle.example.org',
		'file:///etc/passwd',
		'javascript:alert(1)',
		'https://exa mple.org',
		'https://[::1',
		'https://host:99999',
		'://x',
		'?',
		'/moodle',
	])('is no address: %p', (pasted) => {
		expect(siteAddress(pasted)).toBeUndefined();
	});
});

describe('the address in the connection test', () => {
	const { baseURL } = new MoodleApi().test.request as { baseURL: string };
	const workflow = buildWorkflow({
		nodes: [{ name: 'Moodle', type: 'test.source' }],
		connections: {},
		nodeTypes: {},
	});
	const resolved = (siteUrl: string) =>
		workflow.expression.getParameterValue(baseURL, null, 0, 0, 'Moodle', [], 'manual', {
			$credentials: { siteUrl } as never,
		});

	it.each(GOOD)('is the one that the node uses: %s', (pasted, site) => {
		expect(resolved(pasted)).toBe(site);
	});
});
