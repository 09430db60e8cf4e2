/** The plainest possible client, for tests of the stand-in itself. */
import type { Got } from './replay-compare';
import { send } from './replay-send';

export type Pairs = Array<[string, string]>;

/** Posts a form. */
export async function post(address: string, form: Pairs): Promise<Got> {
	const body = form
		.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
		.join('&');
	const headers = {
		'Content-Type': 'application/x-www-form-urlencoded',
		'Content-Length': String(body.length),
	};
	return await send(address, { method: 'POST', path: '', headers, body });
}

/** Calls a function, the token last. */
export async function call(
	url: string,
	name: string,
	form: Pairs,
	token: string,
): Promise<unknown> {
	const all: Pairs = [
		['moodlewsrestformat', 'json'],
		['wsfunction', name],
		...form,
		['wstoken', token],
	];
	const reply = await post(`${url}/webservice/rest/server.php`, all);
	return JSON.parse(reply.text) as unknown;
}
