/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import type { IncomingMessage } from 'node:http';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { Sandbox } from '../sandbox';
import { addFile, addModule, addUser } from '../sandbox/builders';
import { addCourse } from '../sandbox/functions/course-tools';
import { serving } from '../sandbox/listening';
import { by, nodeOn, onStandIn, split, type More } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn), { path: '/lms' });

const file = async (
	operation: string,
	parameters: INodeParameters,
	input: INodeExecutionData[],
	{ site = sandbox.url, ...more }: More & { site?: string } = {},
) => {
	const at = { url: site, token: sandbox.token };
	return await nodeOn('file', () => at)(operation, parameters, undefined, { input, ...more });
};

const withFile = (
	fileName: string,
	content = 'hello wörld\n',
	json = {},
	mimeType = 'text/plain',
): INodeExecutionData => ({
	json,
	binary: { data: { data: Buffer.from(content, 'utf8').toString('base64'), mimeType, fileName } },
});
const items = (...list: object[]): INodeExecutionData[] =>
	list.map((json) => ({ json: json as never }));
const stored = () =>
	sandbox.site.files.all().map(({ filearea, itemid, filepath, filename, content }) => ({
		filearea,
		itemid,
		filepath,
		filename,
		text: Buffer.from(content).toString('utf8'),
	}));
const ask = () => sandbox.requests.filter((request) => request.function === null).length;

/** A server of any kind, which keeps what it was asked. */
async function other(
	answer: (
		request: IncomingMessage,
		body: string,
	) => { status?: number; headers?: Record<string, string>; body: string },
) {
	const seen: Array<{ url: string; headers: IncomingMessage['headers']; body: string }> = [];
	const server = await serving((request, response, bytes) => {
		const body = bytes.toString('utf8');
		seen.push({ url: String(request.url), headers: request.headers, body });
		const { status = 200, headers = {}, body: text } = answer(request, body);
		response.writeHead(status, headers).end(text);
	});
	return { seen, ...server };
}

describe('upload', () => {
	test('into a draft area, with the name that Moodle made of it', async () => {
		const { json, success } = await file('upload', {}, [
			withFile('notes ö.txt'),
			withFile('a:b.txt'),
		]);
		expect(json).toEqual([
			{
				itemid: expect.any(Number),
				filename: 'notes ö.txt',
				filepath: '/',
				renamed: false,
				contextid: expect.any(Number),
			},
			{
				itemid: expect.any(Number),
				filename: 'ab.txt',
				filepath: '/',
				renamed: true,
				contextid: expect.any(Number),
			},
		]);
		expect(success.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(stored()[0]).toMatchObject({
			filearea: 'draft',
			filename: 'notes ö.txt',
			text: 'hello wörld\n',
		});
		expect(json[0].itemid).not.toBe(json[1].itemid);
	});

	test('into one area, in a folder, under another name', async () => {
		const first = await file('upload', { options: { fileName: 'one.txt', filePath: '2026/a' } }, [
			withFile('x.txt'),
		]);
		const itemId = Number(first.json[0].itemid);
		const { json, errors } = await file(
			'upload',
			{ options: { itemId, filePath: '/2026/a/', fileName: '={{ $json.n }}' } },
			[
				withFile('x', 'x', { n: 'two.txt' }),
				withFile('x', 'x', { n: 'one.txt' }),
				withFile('x', 'x', { n: 'a/b.txt' }),
			],
			split,
		);
		expect(json).toMatchObject([{ itemid: itemId, filename: 'two.txt', filepath: '/2026/a/' }]);
		expect(errors).toEqual([
			expect.stringMatching(/with this name is there already/),
			expect.stringMatching(/'File Name' contains a slash/),
		]);
	});

	test('as a private file and as a picture', async () => {
		const { id } = addUser(sandbox.site, { username: 'ada' });
		const kept = await file('upload', { useAs: 'privateFiles' }, [
			withFile('a.txt'),
			withFile('a.txt', 'newer'),
		]);
		expect(kept.error).toBeUndefined();
		expect(kept.json[0]).toEqual({
			filename: 'a.txt',
			filepath: '/',
			renamed: false,
			contextid: expect.any(Number),
		});
		expect(stored().filter((row) => row.filearea === 'private')).toMatchObject([
			{ filename: 'a.txt', text: 'newer' },
		]);
		const picture: INodeParameters = {
			useAs: 'userPicture',
			userId: by('username', '={{ $json.u }}'),
		};
		const { json, errors } = await file(
			'upload',
			picture,
			[
				withFile('p.png', 'x', { u: 'ada' }, 'image/png'),
				withFile('p.txt', 'x', { u: 'ada' }),
				withFile('p.png', 'x', { u: 'nobody' }, 'image/png'),
			],
			split,
		);
		expect(json).toEqual([
			{
				userid: id,
				filename: 'p.png',
				filepath: '/',
				renamed: false,
				profileimageurl: expect.stringMatching(/user\/icon/),
			},
		]);
		expect(errors).toEqual([
			expect.stringMatching(/cannot use the file as a picture/),
			expect.stringMatching(/no user has the user name 'nobody'/),
		]);
	});

	test('no file, too large ones, and a service that may not', async () => {
		sandbox.switches.uploadMaxFilesize = 100;
		const { json, errors } = await file(
			'upload',
			{},
			[{ json: {} }, withFile('big.txt', 'x'.repeat(200)), withFile('ok.txt')],
			split,
		);
		expect(json).toHaveLength(1);
		expect(errors).toEqual([
			expect.stringMatching(/no file in the field 'data'/),
			expect.stringMatching(/larger than the server accepts/),
		]);
		sandbox.switches.clientMaxBodySize = 50;
		expect((await file('upload', {}, [withFile('a.txt')], split)).errors).toEqual([
			expect.stringMatching(/larger than the server accepts in one request/),
		]);
		sandbox.switches.clientMaxBodySize = 0;
		for (const service of sandbox.site.services.values()) service.uploadfiles = false;
		expect((await file('upload', {}, [withFile('a.txt')], split)).errors).toEqual([
			expect.stringMatching(/does not allow to upload files.*Can upload files/),
		]);
	});

	test('a lost answer: sent again, and the file is there once in its area', async () => {
		const itemId = Number((await file('upload', {}, [withFile('first.txt')])).json[0].itemid);
		let cut = 0;
		sandbox.switches.fault = ({ path }) =>
			path.includes('upload.php') && cut++ === 0 ? { execute: true, cut: 'before' } : null;
		const { json } = await file('upload', { options: { itemId } }, [withFile('second.txt')]);
		expect(json).toMatchObject([{ itemid: itemId, filename: 'second.txt', filepath: '/' }]);
		expect(
			stored()
				.filter((row) => row.itemid === itemId)
				.map((row) => row.filename),
		).toEqual(['first.txt', 'second.txt']);
	});

	test('a file of the same name that was there before is not taken for this one when the first try was not carried out', async () => {
		const itemId = Number((await file('upload', {}, [withFile('first.txt')])).json[0].itemid);
		let busy = 0;
		sandbox.switches.fault = ({ path }) =>
			path.includes('upload.php') && busy++ === 0
				? { execute: false, status: 503, body: '' }
				: null;
		const { json, errors } = await file(
			'upload',
			{ options: { itemId } },
			[withFile('first.txt')],
			split,
		);
		expect(json).toEqual([]);
		expect(errors).toEqual([expect.stringMatching(/with this name is there already/)]);
	});

	test('the token is the last part of the form, never in the address', async () => {
		const site = await other(() => ({
			body: '[{"itemid":5,"filename":"a.txt","filepath":"/","contextid":7}]',
		}));
		try {
			await file('upload', {}, [withFile('a.txt')], { site: site.url, token: 'example0123456789' });
			const [{ url, headers, body }] = site.seen;
			expect(url).toBe('/webservice/upload.php');
			expect(headers['content-length']).toBe(String(Buffer.byteLength(body)));
			expect([...body.matchAll(/; name="([^"]+)"/g)].map((match) => match[1])).toEqual([
				'itemid',
				'filepath',
				'file_1',
				'token',
			]);
		} finally {
			await site.close();
		}
	});

	test('dry run sends nothing', async () => {
		const { json } = await file('upload', { options: { dryRun: true } }, [withFile('a.txt')]);
		expect(json).toEqual([
			{ dryRun: true, action: 'upload', useAs: 'draft', filename: 'a.txt', filepath: '/' },
		]);
		expect(sandbox.requests).toEqual([]);
	});

	test('a token that ended is renewed by signing in', async () => {
		addUser(sandbox.site, { username: 'ada', password: 'Secret-1!' });
		const token = sandbox.addToken('uploads', {
			userid: sandbox.site.users.find('username', 'ada')[0].id,
		});
		const { json, everything } = await file('upload', {}, [withFile('a.txt')], {
			credentials: {
				moodleApi: {
					siteUrl: sandbox.url,
					authMethod: 'password',
					username: 'ada',
					password: 'Secret-1!',
					service: 'uploads',
					sessionToken: 'example-that-ended',
				},
			},
		});
		expect(json).toMatchObject([{ filename: 'a.txt' }]);
		expect(everything).not.toContain(token);
		expect(everything).not.toContain('Secret-1!');
	});
});

describe('download', () => {
	let address: string;
	let contextid: number;
	beforeEach(() => {
		const course = addCourse(sandbox.site, { fullname: 'One', shortname: 'one', category: 1 }).id;
		const page = addModule(sandbox.site, course, 'resource', 'File');
		contextid = addFile(sandbox.site, page, 'notes ö.txt', 'hello wörld\n').contextid;
		addFile(sandbox.site, page, 'odd.json', '{"error":"x","errorcode":"y"}');
		address = `${sandbox.url}/pluginfile.php/${contextid}/mod_resource/content/0`;
	});

	const url = { url: '={{ $json.url }}' };
	const text = (item: INodeExecutionData, field = 'data') =>
		Buffer.from(item.binary![field].data, 'base64').toString('utf8');

	test('by the address for browsers, for tokens, and by a path', async () => {
		const name = encodeURIComponent('notes ö.txt');
		const list = [
			`${address}/${name}?forcedownload=1`,
			`${address.replace('/pluginfile', '/webservice/pluginfile')}/${name}?token=abc`,
			`/pluginfile.php/${contextid}/mod_resource/content/0/${name}`,
		];
		const { success, json } = await file(
			'download',
			url,
			items(...list.map((entry) => ({ url: entry }))),
		);
		expect(success.map((item) => text(item))).toEqual(Array(3).fill('hello wörld\n'));
		expect(json[0]).toEqual({
			filename: expect.stringMatching(/^notes/),
			mimetype: 'text/plain',
			filesize: 13,
		});
		expect(success[0].binary!.data.directory).toBeUndefined();
		expect(success.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
	});

	test('a file that looks like a failure of Moodle is a file; another name and field', async () => {
		const { success, json } = await file(
			'download',
			{ ...url, binaryPropertyName: 'doc', options: { fileName: 'a/b.json' } },
			items({ url: `${address}/odd.json` }),
		);
		expect(text(success[0], 'doc')).toBe('{"error":"x","errorcode":"y"}');
		expect(json[0]).toMatchObject({ filename: 'a_b.json', mimetype: 'application/json' });
	});

	test('what is no file of this site: never asked for', async () => {
		const bad = [
			'https://evil.example/pluginfile.php/1/a/b/c.txt',
			`${new URL(sandbox.url).origin}/other/pluginfile.php/1/a/b/c.txt`,
			`${sandbox.url}/../pluginfile.php/1/a/b/c.txt`,
			`${sandbox.url}/draftfile.php/5/user/draft/1/a.txt`,
			`${sandbox.url}/course/view.php?id=1`,
			'nonsense',
			'',
		];
		const { errors } = await file(
			'download',
			url,
			items(...bad.map((entry) => ({ url: entry }))),
			split,
		);
		expect(errors).toEqual([
			expect.stringMatching(/belongs to another site/),
			expect.stringMatching(/belongs to another site/),
			expect.stringMatching(/belongs to another site/),
			expect.stringMatching(/not the address of a file/),
			expect.stringMatching(/not the address of a file/),
			expect.stringMatching(/not the address of a file/),
			expect.stringMatching(/'File URL' is empty/),
		]);
		expect(sandbox.requests).toEqual([]);
	});

	test('a missing file, a service that may not, a redirect', async () => {
		const { errors, success } = await file(
			'download',
			url,
			items({ url: `${address}/none.txt` }, { url: `${address}/odd.json` }),
			split,
		);
		expect(errors).toEqual([expect.stringMatching(/no such file/)]);
		expect(success).toHaveLength(1);
		for (const service of sandbox.site.services.values()) service.downloadfiles = false;
		expect(
			(await file('download', url, items({ url: `${address}/odd.json` }), split)).errors,
		).toEqual([expect.stringMatching(/does not allow to download files/)]);
		const elsewhere = await other(() => ({ body: 'caught' }));
		try {
			sandbox.switches.httpsRedirect = elsewhere.url;
			expect(
				(await file('download', url, items({ url: `${address}/odd.json` }), split)).errors,
			).toEqual([expect.stringMatching(/on to another one, which is not followed/)]);
			expect(elsewhere.seen).toEqual([]);
		} finally {
			await elsewhere.close();
		}
	});

	test('a connection that breaks in the middle is tried again', async () => {
		let cut = 0;
		sandbox.switches.fault = ({ path }) =>
			path.includes('pluginfile') && cut++ === 0 ? { execute: true, cut: 'midbody' } : null;
		const { success } = await file('download', url, items({ url: `${address}/odd.json` }));
		expect(text(success[0])).toBe('{"error":"x","errorcode":"y"}');
		expect(ask()).toBe(2);
	});

	test('a page in place of a file is no file, and the token goes in the body', async () => {
		const site = await other(() => ({
			headers: { 'content-type': 'text/html' },
			body: '<html>log in</html>',
		}));
		try {
			const { errors } = await file(
				'download',
				url,
				items({ url: `${site.url}/pluginfile.php/1/a/b/c.txt?preview=thumb&token=zzz` }),
				{ ...split, site: site.url, token: 'example0123456789' },
			);
			expect(errors).toEqual([expect.stringMatching(/web page instead of data/)]);
			expect(site.seen[0]).toMatchObject({
				url: '/webservice/pluginfile.php/1/a/b/c.txt?preview=thumb',
				body: 'token=example0123456789',
			});
		} finally {
			await site.close();
		}
	});
});
