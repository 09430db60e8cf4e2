import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';

/** The content type of a form of texts. */
export const FORM = 'application/x-www-form-urlencoded';

/** A request of this package, of n8n's HTTP Request node (`uri`, `form`, `formData`), or of the credential test. */
export type AnyRequest = IHttpRequestOptions & {
	uri?: string;
	form?: IDataObject;
	formData?: IDataObject;
};

/** The pages for files want the token under a name of their own (upload.php, pluginfile.php, all versions). */
const FILE_PAGES = /\/webservice\/(?:upload|pluginfile)\.php(?:\/|$)/;

function variableFor(request: AnyRequest): string {
	const [path] = String(request.url ?? request.uri ?? '').split(/[?#]/);
	return FILE_PAGES.test(path) ? 'token' : 'wstoken';
}

function contentType(request: AnyRequest): string {
	const header = Object.entries(request.headers ?? {}).find(
		([name]) => name.toLowerCase() === 'content-type',
	);
	return String(header?.[1] ?? '');
}

/** A copy of a form with a text after all it holds. */
function withLast<T extends FormData | URLSearchParams>(copy: T, name: string, token: string): T {
	copy.delete(name);
	copy.append(name, token);
	return copy;
}

function copyOf(form: FormData): FormData {
	const copy = new FormData();
	// `getAll` and names keep files as they are; a file keeps its name.
	for (const [name, value] of form as unknown as Iterable<[string, string | Blob]>) {
		if (typeof value === 'string') copy.append(name, value);
		else copy.append(name, value, (value as Blob & { name?: string }).name);
	}
	return copy;
}

/**
 * A copy of the request with the token as its last form variable, so that a request that PHP cuts is refused as a whole.
 * In an address it stands only for requests of others, such as a GET of the HTTP Request node.
 */
export function withToken(request: AnyRequest, token: string): IHttpRequestOptions {
	const { body } = request;
	const name = variableFor(request);
	if (request.form)
		return { ...request, form: { ...request.form, [name]: token } } as IHttpRequestOptions;
	if (request.formData)
		return { ...request, formData: { ...request.formData, [name]: token } } as IHttpRequestOptions;
	if (body instanceof URLSearchParams)
		return { ...request, body: withLast(new URLSearchParams(body), name, token) };
	if (body instanceof FormData)
		return { ...request, body: withLast(copyOf(body), name, token) as unknown as IDataObject };
	if (contentType(request).startsWith(FORM)) {
		const tail = new URLSearchParams({ [name]: token }).toString();
		if (typeof body === 'string')
			return { ...request, body: body === '' ? tail : `${body}&${tail}` };
		if (body === undefined || body === null) return { ...request, body: tail };
		if (typeof body === 'object')
			return { ...request, body: { ...(body as IDataObject), [name]: token } };
	}
	return { ...request, qs: { ...request.qs, [name]: token } };
}
