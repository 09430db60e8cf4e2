import { filePath, nameByPath } from '../../nodes/Moodle/moodle/fileAddress';
import { Problem } from '../../nodes/Moodle/moodle/problem';

const SITE = 'https://example.org/lms';
const FILE = '/webservice/pluginfile.php/5/user/private/a%20b.txt';

describe('filePath', () => {
	test.each([
		`${SITE}/pluginfile.php/5/user/private/a%20b.txt`,
		`${SITE}/webservice/pluginfile.php/5/user/private/a%20b.txt`,
		`${SITE}/webservice/pluginfile.php/5/user/private/a b.txt?token=abc`,
		'/pluginfile.php/5/user/private/a%20b.txt#x',
		`  https://EXAMPLE.org:443/lms/pluginfile.php/5/user/private/a%20b.txt `,
	])('%s', (address) => {
		expect(filePath(SITE, address)).toBe(FILE);
	});

	test('keeps what belongs to the file, and nothing else', () => {
		expect(
			filePath(
				SITE,
				`${SITE}/pluginfile.php/5/a/b/c.png?forcedownload=1&token=x&preview=thumb&wstoken=y`,
			),
		).toBe('/webservice/pluginfile.php/5/a/b/c.png?preview=thumb&forcedownload=1');
		expect(
			filePath(SITE, `${SITE}/pluginfile.php?file=%2F5%2Fuser%2Fprivate%2Fj.json&token=x`),
		).toBe('/webservice/pluginfile.php?file=%2F5%2Fuser%2Fprivate%2Fj.json');
		expect(filePath('https://example.org', 'https://example.org/pluginfile.php/1/a')).toBe(
			'/webservice/pluginfile.php/1/a',
		);
	});

	test.each([
		'https://evil.example/lms/pluginfile.php/5/a',
		'https://example.org.evil.example/lms/pluginfile.php/5/a',
		'https://example.org@evil.example/lms/pluginfile.php/5/a',
		'http://example.org/lms/pluginfile.php/5/a',
		'https://example.org:8443/lms/pluginfile.php/5/a',
		'https://example.org/pluginfile.php/5/a',
		'https://example.org/lms2/pluginfile.php/5/a',
		`${SITE}/../pluginfile.php/5/a`,
		`${SITE}/%2e%2e/pluginfile.php/5/a`,
		'/../pluginfile.php/5/a',
		'ftp://example.org/lms/pluginfile.php/5/a',
	])('another site: %s', (address) => {
		expect(() => filePath(SITE, address)).toThrow(/another site/);
	});

	test.each([
		`${SITE}/draftfile.php/5/user/draft/1/a.txt`,
		`${SITE}/pluginfile.php`,
		`${SITE}/xpluginfile.php/5/a`,
		`${SITE}/mod/pluginfile.php/5/a`,
		'nonsense',
		'',
	])('no file: %s', (address) => {
		expect(() => filePath(SITE, address)).toThrow(Problem);
		expect(() => filePath(SITE, address)).toThrow(/not the address of a file/);
	});

	test.each([
		`${SITE}/tokenpluginfile.php/0123456789abcdef0123456789abcdef/5/user/icon/f1`,
		'/tokenpluginfile.php/0123456789abcdef0123456789abcdef/5/user/icon/f1',
		'tokenpluginfile.php/0123456789abcdef0123456789abcdef/5/user/icon/f1',
		`${SITE}/rss/file.php/5/0123456789abcdef0123456789abcdef/mod_forum/1/rss.xml`,
		`${SITE}/draftfile.php/5#0123456789abcdef0123456789abcdef`,
		'https://ada:0123456789abcdef0123456789abcdef@example.org/lms/index.php',
		'https://other.example.org/tokenpluginfile.php/0123456789abcdef0123456789abcdef/5/user/icon/f1',
	])('no message holds a key: %s', (address) => {
		expect(() => filePath(SITE, address)).toThrow(
			expect.objectContaining({ message: expect.not.stringMatching(/0123|ada/) }),
		);
	});

	test('no message holds the query', () => {
		expect(() => filePath(SITE, `${SITE}/draftfile.php/5?token=secret`)).toThrow(
			expect.objectContaining({ message: expect.not.stringContaining('secret') }),
		);
	});

	test.each([
		[FILE, 'a b.txt'],
		['/webservice/pluginfile.php?file=%2F5%2Fuser%2Fprivate%2Fj.json', 'j.json'],
		['/webservice/pluginfile.php/5/100%.txt', '100%.txt'],
	])('name of %s', (path, name) => expect(nameByPath(path)).toBe(name));
});
