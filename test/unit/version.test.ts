import { hasReached, readSiteInfo, releaseOf } from '../../nodes/Moodle/moodle/version';

describe('releaseOf', () => {
	it.each([
		['4.5.5+ (Build: 20250613)', '4.5'],
		['5.1+ (Build: 20251017)', '5.1'],
		['4.1.18 (Build: 20250414)', '4.1'],
		['4.10 (Build: 20300101)', '4.10'],
		[' 5.0dev', '5.0'],
		['Moodle Workplace 4.5', ''],
		['', ''],
	])('%s', (text, release) => {
		expect(releaseOf(text)).toBe(release);
	});
});

describe('hasReached', () => {
	it.each<[string | undefined, string, boolean]>([
		['4.1', '4.1', true],
		['4.1', '4.2', false],
		['4.5', '4.2', true],
		['5.0', '4.5', true],
		['4.5', '5.0', false],
		['4.10', '4.9', true],
		['10.0', '9.9', true],
		['', '4.2', true],
		[undefined, '4.2', true],
	])('%p has reached %s: %p', (release, since, reached) => {
		expect(hasReached(release, since)).toBe(reached);
	});
});

describe('readSiteInfo', () => {
	const reply = {
		userid: 5,
		username: 'ada',
		release: '4.5.5+ (Build: 20250613)',
		siteurl: 'https://moodle.example.org',
		userissiteadmin: true,
		userprivateaccesskey: 'a-private-key',
		functions: [{ name: 'core_a', version: '1' }, { name: 'core_b' }, 'odd', null],
	};

	it('takes what is needed, and never the private key', () => {
		const info = readSiteInfo(reply);
		expect(info).toEqual({
			release: '4.5',
			releaseText: '4.5.5+ (Build: 20250613)',
			siteurl: 'https://moodle.example.org',
			userid: 5,
			username: 'ada',
			siteadmin: true,
			firstNameFirst: false,
			functions: new Set(['core_a', 'core_b']),
		});
	});

	it.each([null, [], 'x', 5, {}, { userid: '5' }, { token: 'x' }, { code: 'rest_no_route' }])(
		'is undefined for %j',
		(value) => {
			expect(readSiteInfo(value)).toBeUndefined();
		},
	);

	it.each([
		['Ada Byron', true],
		['Byron Ada', false],
		['Ada', false],
	])('knows the order of names by those of the account: %s', (fullname, firstNameFirst) => {
		expect(readSiteInfo({ ...reply, firstname: 'Ada', lastname: 'Byron', fullname })).toMatchObject(
			{ firstNameFirst },
		);
	});

	it('bears a site that tells little', () => {
		expect(readSiteInfo({ userid: 5 })).toMatchObject({
			release: '',
			siteadmin: false,
			functions: new Set(),
		});
	});
});
