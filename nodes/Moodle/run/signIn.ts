import { decode } from '../moodle/decode';
import { asIs } from '../lookup/chunks';
import { explain } from '../moodle/explain';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import { isObject } from '../moodle/values';
import type { CredentialFacts } from './credential';
import { networkFailure, requestOptions, type Destination, type N8nContext } from './transport';

const SIGN_IN_PAGE = '/login/token.php';

async function askForToken(context: N8nContext, destination: Destination, body: string): Promise<unknown> {
	try {
		const reply = (await context.helpers.httpRequest(requestOptions(destination, SIGN_IN_PAGE, body))) as { statusCode: number; body: unknown };
		return decode('login/token.php', { status: reply.statusCode, headers: {}, text: String(reply.body ?? '') }).value;
	} catch (caught) {
		throw caught instanceof MoodleFailure ? asIs(caught) : asIs(networkFailure(caught));
	}
}

/**
 * Signs in with user name and password. Moodle hands out the token that is still valid, or makes a new one
 * (login/token.php, all versions), so that signing in again does not pile up tokens.
 *
 * @throws Problem when Moodle refuses
 */
export async function signIn(context: N8nContext, destination: Destination, facts: CredentialFacts): Promise<string> {
	const { username, password, service } = facts.signIn ?? { username: '', password: '', service: '' };
	const body = new URLSearchParams({ username, password, service }).toString();
	let reply: unknown;
	try {
		reply = await askForToken(context, destination, body);
	} catch (caught) {
		throw caught instanceof MoodleFailure ? explain(caught) : asIs(caught);
	}
	if (isObject(reply) && typeof reply.token === 'string') return reply.token;
	throw new Problem({ message: 'Moodle gave no token at sign-in', mend: 'Check user name, password and service in the credential.', code: 'invalidlogin' });
}

/** The token of a renewed sign-in, as one run of the node has it. */
export interface Renewal {
	/** Undefined as long as the token that n8n keeps is good. */
	token: () => string | undefined;
	/** Signs in once; false where the credential holds no password, or when that has been done. */
	renew: () => Promise<boolean>;
}

/** Renews the sign-in of a run, at most once. */
export function renewal(context: N8nContext, destination: Destination, facts: CredentialFacts): Renewal {
	let token: string | undefined;
	const renew = async () => {
		if (!facts.signIn || token !== undefined) return false;
		token = await signIn(context, destination, facts);
		return true;
	};
	return { token: () => token, renew };
}
