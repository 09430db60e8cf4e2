// Calls functions of Moodle past the node, to prepare a site and to see what has become of it.

/** Values as a form names them: `users[0][email]`. */
function flat(value, name, form = new URLSearchParams()) {
	if (value !== null && typeof value === 'object')
		for (const [key, inner] of Object.entries(value))
			flat(inner, name ? `${name}[${key}]` : key, form);
	else form.append(name, String(value));
	return form;
}

/** Where a site takes calls. */
export const endpointOf = (url) => `${url.replace(/\/+$/, '')}/webservice/rest/server.php`;

/** What a function answers; an exception with Moodle's message where it refuses. */
export async function callMoodle({ url, token }, wsfunction, params = {}) {
	const body = flat({ wsfunction, moodlewsrestformat: 'json', ...params, wstoken: token });
	const answer = await (await fetch(endpointOf(url), { method: 'POST', body })).json();
	if (answer?.exception || answer?.errorcode) throw new Error(`${wsfunction}: ${answer.message}`);
	return answer;
}
