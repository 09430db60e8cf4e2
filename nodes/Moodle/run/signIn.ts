import { decode } from '../moodle/decode';
import { asIs } from '../common/asIs';
import { MoodleFailure } from '../moodle/failure';
import { isObject } from '../moodle/values';
import type { CredentialFacts } from './credential';
import { networkFailure, sendUnsigned, type Destination, type N8nContext } from './transport';

const SIGN_IN_PAGE = '/login/token.php';

/** A failed sign-in in terms of the call that it was for: that one was not carried out, and no other call can be. */
function judged(caught: unknown): MoodleFailure {
	if (!(caught instanceof MoodleFailure))
		return new MoodleFailure(SIGN_IN_PAGE, { reach: 'unsent', code: networkFailure(caught).code });
	if (caught.reach === 'later') return caught;
	if (caught.reach === 'lost')
		return new MoodleFailure(SIGN_IN_PAGE, { reach: 'everybody', code: 'notoken' });
	return caught.reaching('everybody');
}

async function askForToken(
	context: N8nContext,
	destination: Destination,
	body: string,
): Promise<unknown> {
	try {
		const { status, text } = await sendUnsigned(context, destination, SIGN_IN_PAGE, body);
		return decode(SIGN_IN_PAGE, { status, headers: {}, text }).value;
	} catch (caught) {
		throw judged(caught);
	}
}

/**
 * Signs in with user name and password. Moodle hands out the token that is still valid, or makes a new one
 * (login/token.php, all versions), so that signing in again does not pile up tokens.
 *
 * @throws MoodleFailure when Moodle refuses or cannot be reached: a refusal reaches everybody
 */
async function newToken(
	context: N8nContext,
	destination: Destination,
	facts: CredentialFacts,
): Promise<string> {
	const { username, password, service } = facts.signIn ?? {
		username: '',
		password: '',
		service: '',
	};
	const body = new URLSearchParams({ username, password, service }).toString();
	const reply = await askForToken(context, destination, body);
	if (isObject(reply) && typeof reply.token === 'string') return reply.token;
	throw new MoodleFailure(SIGN_IN_PAGE, { reach: 'everybody', code: 'notoken' });
}

/** The token of a renewed sign-in, as one run of the node has it. */
export interface Renewal {
	/** Undefined as long as the token that n8n keeps is good. */
	token: () => string | undefined;
	/**
	 * Signs in, once a run; true when there is another token than the one that was used. Absent without a password.
	 *
	 * @param used what `token` gave for the refused request
	 * @throws MoodleFailure; once refused, always the same: each further try would bring the account closer to being locked
	 */
	renew?: (used?: string) => Promise<boolean>;
}

/** Renews the sign-in of a run, at most once. */
export function renewal(
	context: N8nContext,
	destination: Destination,
	facts: CredentialFacts,
): Renewal {
	let token: string | undefined;
	let asked: Promise<void> | undefined;
	const ask = async () => {
		try {
			token = await newToken(context, destination, facts);
		} catch (caught) {
			// What Moodle has not judged may be tried again.
			if (!(caught instanceof MoodleFailure) || caught.reach !== 'everybody') asked = undefined;
			throw asIs(caught);
		}
	};
	const renew = async (used?: string) => {
		if (token !== used) return true;
		if (token !== undefined) return false;
		asked ??= ask();
		await asked;
		return true;
	};
	return { token: () => token, renew: facts.signIn ? renew : undefined };
}
