import { isObject } from '../moodle/values';
import { credentialFlaw, siteAddress } from '../moodle/address';
import { explainCode } from '../moodle/explain';
import { yesOrNo } from '../moodle/yesNo';
import { isProtected } from './settings';
import type { N8nContext } from './transport';

/** What the credential says, the secrets apart that only the credential itself and the sign-in need. */
export interface CredentialFacts {
	siteUrl: string;
	readOnly: boolean;
	ignoreSsl: boolean;
	signIn?: { username: string; password: string; service: string };
}

/** @throws Problem when the Site URL is no address, or the token or the sign-in is empty */
export async function readCredential(context: N8nContext): Promise<CredentialFacts> {
	const values: unknown = await context.getCredentials('moodleApi');
	const facts = isObject(values) ? values : {};
	const siteUrl = siteAddress(String(facts.siteUrl ?? ''));
	const flaw = credentialFlaw(facts);
	if (flaw || !siteUrl) throw explainCode(flaw ?? 'badaddress');
	return {
		siteUrl,
		readOnly: 'readOnly' in facts && isProtected(facts.readOnly),
		// Here a clear yes is needed: it takes a protection away.
		ignoreSsl: yesOrNo(facts.ignoreSslIssues) === true,
		signIn:
			facts.authMethod === 'password'
				? {
						username: String(facts.username ?? ''),
						password: String(facts.password ?? ''),
						service: String(facts.service ?? ''),
					}
				: undefined,
	};
}
