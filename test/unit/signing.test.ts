import type { IHttpRequestOptions } from 'n8n-workflow';
import { withToken, type AnyRequest } from '../../nodes/Moodle/run/signing';

const REST = 'https://example.org/webservice/rest/server.php';
const UPLOAD = 'https://example.org/webservice/upload.php';
const FILE = 'https://example.org/lms/webservice/pluginfile.php/5/a/b.txt?preview=thumb';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const signed = (request: Partial<AnyRequest>) =>
	withToken({ url: REST, ...request } as AnyRequest, 'T') as AnyRequest;

describe('withToken', () => {
	test('comes last in every kind of form, and leaves the request as it was', () => {
		const body = new URLSearchParams('wstoken=old&a=1');
		expect(String(signed({ body }).body)).toBe('a=1&wstoken=T');
		expect(String(body)).toBe('wstoken=old&a=1');
		expect(signed({ headers: FORM, body: 'a=1' }).body).toBe('a=1&wstoken=T');
		expect(signed({ headers: FORM, body: '' }).body).toBe('wstoken=T');
		expect(signed({ headers: FORM }).body).toBe('wstoken=T');
		expect(Object.keys(signed({ headers: FORM, body: { a: 1 } }).body as object)).toEqual([
			'a',
			'wstoken',
		]);
		expect(signed({ form: { a: 1 } }).form).toEqual({ a: 1, wstoken: 'T' });
		expect(signed({ formData: { a: 1 } }).formData).toEqual({ a: 1, wstoken: 'T' });
		expect(signed({ method: 'GET', qs: { a: 1 } } as Partial<IHttpRequestOptions>).qs).toEqual({
			a: 1,
			wstoken: 'T',
		});
	});

	test('the pages for files want another name', () => {
		expect(signed({ url: UPLOAD, headers: FORM, body: 'a=1' }).body).toBe('a=1&token=T');
		expect(signed({ url: FILE, headers: FORM, body: '' }).body).toBe('token=T');
		expect(
			signed({ url: undefined, uri: UPLOAD, formData: { file_1: 'x' } } as Partial<AnyRequest>)
				.formData,
		).toEqual({ file_1: 'x', token: 'T' });
		expect(signed({ url: FILE, method: 'GET' }).qs).toEqual({ token: 'T' });
		expect(signed({ url: `${REST}?x=/webservice/upload.php`, headers: FORM, body: '' }).body).toBe(
			'wstoken=T',
		);
	});

	test('a form with files keeps files and order', async () => {
		const form = new FormData();
		form.append('itemid', '0');
		form.append('file_1', new Blob(['hällo'], { type: 'text/csv' }), 'ü "x".csv');
		const copy = signed({ url: UPLOAD, body: form as never }).body as unknown as FormData;
		expect([...copy.keys()]).toEqual(['itemid', 'file_1', 'token']);
		const file = copy.get('file_1') as File;
		expect([file.name, file.type, await file.text()]).toEqual(['ü "x".csv', 'text/csv', 'hällo']);
		expect([...form.keys()]).toEqual(['itemid', 'file_1']);
	});
});
