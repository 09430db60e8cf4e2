/** What the endpoints get and give: a request as PHP would have it, and a reply. */
import { addVariable } from './php';
import type { PhpArray, PhpValue } from './types';

/** A file of a multipart body. */
export interface UploadedFile {
	field: string;
	filename: string;
	content: Buffer;
}

/** A request after PHP has parsed it. */
export interface Request {
	method: string;
	/** Path below the folder of the site. */
	path: string;
	query: Array<[string, string]>;
	/** `$_GET` */
	get: PhpArray;
	/** `$_POST` */
	post: PhpArray;
	files: UploadedFile[];
	ip: string;
}

/** An answer. */
export interface Reply {
	status: number;
	headers: Record<string, string>;
	body: string | Buffer;
	/** `ok` or the errorcode, for the list of requests seen. */
	outcome: string;
	/** Milliseconds that Moodle would have needed (cost model). */
	cost?: number;
}

/** Puts variables into a PHP array. */
export function phpArray(pairs: Array<[string, string]>): PhpArray {
	const array: PhpArray = new Map<string, PhpValue>();
	for (const [name, value] of pairs) addVariable(array, name, value);
	return array;
}

/** `optional_param` of a text: body before query. */
export function param(request: Request, name: string): string | undefined {
	const value = request.post.get(name) ?? request.get.get(name);
	return typeof value === 'string' ? value : undefined;
}

/** A page. */
export function html(
	status: number,
	body: string,
	outcome: string,
	headers: Record<string, string> = {},
): Reply {
	return {
		status,
		headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers },
		body,
		outcome,
	};
}
