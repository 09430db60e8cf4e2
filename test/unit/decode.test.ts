import { decode, plain, type RawReply } from '../../nodes/Moodle/moodle/decode';
import { MoodleFailure, type FailureFacts } from '../../nodes/Moodle/moodle/failure';

const reply = (text: string, status = 200, headers: Record<string, string> = {}): RawReply => ({
	status,
	headers,
	text,
});
const json = (value: unknown) => reply(JSON.stringify(value));

/** The facts of the failure that a reply is read as. */
function factsOf(raw: RawReply): FailureFacts {
	try {
		decode('core_x', raw);
	} catch (caught) {
		if (caught instanceof MoodleFailure) return caught.facts;
		throw caught as Error;
	}
	throw new Error('decoded');
}

const PAGE =
	'<!DOCTYPE html>\n<html lang="en">\n<head><title>Log in</title></head>\n<body>\n5 messages\n</body>\n</html>\n';
const WARNING =
	'<br />\n<b>Warning</b>:  Undefined array key "x" in <b>/srv/moodle/lib/setup.php</b> on line <b>17</b><br />\n';

describe('decode: results', () => {
	it.each([
		['null', null],
		['0', 0],
		['-1.5', -1.5],
		['true', true],
		['""', ''],
		['[]', []],
		['[{"id":5}]', [{ id: 5 }]],
		['{"token":"x","error":null}', { token: 'x', error: null }],
		['{"warnings":[]}', { warnings: [] }],
		[
			'{"error":"a key of its own, without errorcode"}',
			{ error: 'a key of its own, without errorcode' },
		],
		['{"text":"\\u00fc \\ud83c\\udf93"}', { text: 'ü 🎓' }],
	])('reads %s', (text, value) => {
		expect(decode('core_x', reply(text))).toEqual({ value });
	});

	it('reads JSON between spaces, and after a byte order mark', () => {
		expect(decode('core_x', reply(' \n[1]\r\n')).value).toEqual([1]);
		expect(decode('core_x', reply('\ufeff{"id":1}')).value).toEqual({ id: 1 });
		expect(decode('core_x', reply('\ufeff\ufeff{"id":1}')).value).toEqual({ id: 1 });
	});

	it('keeps what stands in front of the JSON as a note', () => {
		expect(
			decode('core_grades_update_grades', reply('The instance of this module does not exist\n0')),
		).toEqual({
			value: 0,
			note: 'The instance of this module does not exist',
		});
	});

	it('reads JSON after PHP warnings', () => {
		const { value, note } = decode('core_x', reply(`${WARNING}${WARNING}[{"id":5}]`));
		expect(value).toEqual([{ id: 5 }]);
		expect(note).toContain('Undefined array key');
		expect(note?.length).toBeLessThanOrEqual(200);
	});

	it('reads JSON of several lines after other text', () => {
		expect(decode('core_x', reply('Notice\n{\n "id": 5\n}')).value).toEqual({ id: 5 });
	});

	it('finds an exception after a warning', () => {
		expect(
			factsOf(
				reply(
					`${WARNING}{"exception":"moodle_exception","errorcode":"invalidtoken","message":"x"}`,
				),
			).code,
		).toBe('invalidtoken');
	});

	it('does not care about the content type or the status text', () => {
		expect(decode('core_x', reply('[]', 200, { 'content-type': 'text/plain' })).value).toEqual([]);
	});
});

describe('decode: pages and empty answers', () => {
	it.each<[string, RawReply, Partial<FailureFacts>]>([
		['an empty 200', reply(''), { reach: 'lost', code: 'emptyreply', status: 200 }],
		['a 200 of blanks', reply(' \n '), { reach: 'lost', code: 'emptyreply' }],
		['a page with 200', reply(PAGE), { reach: 'lost', code: 'html' }],
		['a page after a byte order mark', reply(`\ufeff${PAGE}`), { reach: 'lost', code: 'html' }],
		['plain text', reply('File not found.'), { reach: 'lost', code: 'notjson' }],
		['JSON cut in the middle', reply('[{"id":1},{"id"'), { reach: 'lost', code: 'notjson' }],
		[
			'XML, so the form was emptied',
			reply('<?xml version="1.0" encoding="UTF-8" ?>\n<EXCEPTION class="x">'),
			{ reach: 'tooBig', code: 'xml' },
		],
		['an empty 403', reply('', 403), { reach: 'everybody', code: 'wsoff', status: 403 }],
		['a 403 with a page', reply(PAGE, 403), { reach: 'everybody', code: 'http403', status: 403 }],
		['a 401', reply(PAGE, 401), { reach: 'everybody', code: 'http401' }],
		['a 404', reply(PAGE, 404), { reach: 'everybody', code: 'http404' }],
		['a 414', reply(PAGE, 414), { reach: 'everybody', code: 'http414' }],
		['a 413', reply(PAGE, 413), { reach: 'tooBig', code: 'http413' }],
		['an empty 500', reply('', 500), { reach: 'lost', code: 'http500' }],
		['a 502', reply(PAGE, 502), { reach: 'lost', code: 'http502' }],
		['a 504', reply(PAGE, 504), { reach: 'lost', code: 'http504' }],
		[
			'a 503 without a time',
			reply(PAGE, 503),
			{ reach: 'later', code: 'http503', retryAfter: undefined },
		],
		[
			'a 429 with seconds',
			reply('', 429, { 'retry-after': '7' }),
			{ reach: 'later', code: 'http429', retryAfter: 7000 },
		],
		[
			'a 503 with seconds',
			reply(PAGE, 503, { 'retry-after': '300' }),
			{ reach: 'later', retryAfter: 300_000 },
		],
		[
			'a 503 with a wait in the past',
			reply('', 503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }),
			{ reach: 'later', retryAfter: 0 },
		],
		[
			'a 503 with nonsense',
			reply('', 503, { 'retry-after': 'soon' }),
			{ reach: 'later', retryAfter: undefined },
		],
	])('reads %s', (_name, raw, expected) => {
		expect(factsOf(raw)).toMatchObject(expected);
	});

	it('reads a Retry-After that is a date', () => {
		const at = new Date(Date.now() + 20_000).toUTCString();
		const { retryAfter } = factsOf(reply('', 429, { 'retry-after': at }));
		expect(retryAfter).toBeGreaterThan(15_000);
		expect(retryAfter).toBeLessThanOrEqual(20_000);
	});

	it.each([301, 302, 303, 307, 308])('keeps only the origin of the target of a %d', (status) => {
		const location =
			'https://user:word@other.example.org:8443/webservice/rest/server.php?wstoken=abc&x=1#y';
		expect(factsOf(reply('', status, { location }))).toEqual({
			reach: 'everybody',
			code: 'redirect',
			status,
			location: 'https://other.example.org:8443',
		});
	});

	it('bears a redirect without a target, or with a relative one', () => {
		expect(factsOf(reply('', 303)).location).toBeUndefined();
		expect(factsOf(reply('', 303, { location: '/login/index.php' })).location).toBeUndefined();
	});

	it('reads a page of many lines that begin like JSON in reasonable time', () => {
		const lines = Array.from({ length: 20_000 }, (_, index) => `${index} ["broken`).join('\n');
		const start = Date.now();
		expect(factsOf(reply(`<html>\n${lines}\n</html>`)).code).toBe('html');
		expect(Date.now() - start).toBeLessThan(5000);
	});
});

describe('decode: refusals', () => {
	it.each(['moodle_exception', 'core\\exception\\moodle_exception'])(
		'reads an exception of class %s',
		(exception) => {
			const body = {
				exception,
				errorcode: 'invalidtoken',
				message: 'Invalid token - token not found',
			};
			expect(factsOf(json(body))).toMatchObject({
				reach: 'everybody',
				code: 'invalidtoken',
				exception: 'moodle_exception',
				text: 'Invalid token - token not found',
			});
		},
	);

	it('reads the shape of upload.php, token.php and downloads', () => {
		const body = {
			error: 'Invalid login, please try again',
			errorcode: 'invalidlogin',
			stacktrace: null,
			debuginfo: null,
			reproductionlink: null,
		};
		expect(factsOf(json(body))).toMatchObject({
			code: 'invalidlogin',
			text: 'Invalid login, please try again',
		});
	});

	it('reads an Error of PHP, which has no code', () => {
		expect(factsOf(json({ exception: 'TypeError', message: 'x(): Argument #1' }))).toMatchObject({
			reach: 'lost',
			code: 'TypeError',
			exception: 'TypeError',
		});
	});

	it('strips the tags of a password policy that comes in place of a code', () => {
		const rules =
			'<div>Passwords must be at least 8 characters long.</div><div>Passwords must have at least 1 digit(s).</div>';
		const facts = factsOf(
			json({ exception: 'moodle_exception', errorcode: rules, message: `error/${rules}` }),
		);
		expect(facts.reach).toBe('record');
		expect(facts.code).toBe(
			'Passwords must be at least 8 characters long. Passwords must have at least 1 digit(s).',
		);
		expect(facts.text).toBe(`error/${facts.code}`);
	});

	it('takes links and entities out of a message', () => {
		const message =
			'Site policy not agreed: <a href="https://m.example.org/user/policy.php?sesskey=abc">Click here</a> &amp; &quot;go&quot;';
		expect(
			factsOf(json({ exception: 'moodle_exception', errorcode: 'sitepolicynotagreed', message }))
				.text,
		).toBe('Site policy not agreed: Click here & "go"');
	});

	it('keeps debug information apart from the text', () => {
		const body = {
			exception: 'invalid_parameter_exception',
			errorcode: 'invalidparameter',
			message: 'Invalid',
			debuginfo: 'Username already exists: ada',
		};
		expect(factsOf(json(body))).toMatchObject({
			text: 'Invalid',
			debuginfo: 'Username already exists: ada',
		});
	});

	it('has nothing of the request or the page in the error that is thrown', () => {
		for (const raw of [
			reply(PAGE),
			reply(PAGE, 403),
			reply('', 303, { location: 'https://x.example/?wstoken=abc' }),
		]) {
			try {
				decode('core_x', raw);
			} catch (caught) {
				const { message, facts } = caught as MoodleFailure;
				expect(`${message}${JSON.stringify(facts)}`).not.toMatch(/wstoken|<|abc|Log in/);
			}
		}
	});
});

describe('plain', () => {
	it.each([
		['<div>One.</div><div>Two.</div>', 'One. Two.'],
		['a<br />b<br>c', 'a b c'],
		['<p class="x">Hi</p>  there', 'Hi there'],
		['5 &lt; 6 &amp;&amp; &#39;x&#039;', "5 < 6 && 'x'"],
		['', ''],
	])('%s', (html, text) => {
		expect(plain(html)).toBe(text);
	});

	it('hides keys that stand in an address', () => {
		const text = plain(
			'Open https://m.example.org/x.php?wstoken=abc&id=5&token=def#x or <a href="?sesskey=ghi">here</a> password=jkl',
		);
		expect(text).toBe(
			'Open https://m.example.org/x.php?wstoken=(hidden)&id=5&token=(hidden) or here password=(hidden)',
		);
	});

	it('looks at each character a fixed number of times', () => {
		let looked = 0;
		const { indexOf } = String.prototype;
		const spy = jest.spyOn(String.prototype, 'indexOf').mockImplementation(function (
			this: string,
			text: string,
			from = 0,
		) {
			const found = indexOf.call(this, text, from);
			looked += (found < 0 ? this.length : found) - from + 1;
			return found;
		});
		const size = 3000;
		for (const part of ['<', '<<>', '<a ', '< >', '<a>', '>']) {
			looked = 0;
			plain(part.repeat(size));
			expect({ part, isLinear: looked > 0 && looked <= 6 * size * part.length }).toEqual({
				part,
				isLinear: true,
			});
		}
		spy.mockRestore();
	});

	it.each([
		['<'.repeat(3), '<<<'],
		['a < b', 'a < b'],
		['a < b <c>d</c> e', 'a d e'],
		['1 <2 <b', '1 <2'],
	])('reads %s', (html, text) => expect(plain(html)).toBe(text));

	it('hides keys in the path of an address', () => {
		expect(
			plain(
				'See https://m.example.org/tokenpluginfile.php/0123456789abcdef0123456789abcdef/5/user/icon/f1?x=1 there',
			),
		).toBe('See https://m.example.org/tokenpluginfile.php/(hidden) there');
	});

	it.each(['<img src=x onerror=alert(1)', '<script>alert(1)</script>', '<<div>div>x</div>'])(
		'leaves no tag of %s',
		(html) => {
			expect(plain(html)).not.toMatch(/<[a-z/]/i);
		},
	);
});
