import { isObject, objectsOf, type Json } from '../../moodle/values';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { pick, reading } from '../build';
import { simplify } from '../fields';
import { withoutSecrets } from '../webService/reply';

const SIMPLE = [
	'sitename',
	'siteurl',
	'release',
	'version',
	'userid',
	'username',
	'fullname',
	'userissiteadmin',
	'lang',
];

/** What may go out. The reply also holds a key that opens the private files of the account, so only what is named here passes. */
const KNOWN = [
	...SIMPLE,
	'firstname',
	'lastname',
	'userpictureurl',
	'functions',
	'downloadfiles',
	'uploadfiles',
	'mobilecssurl',
	'advancedfeatures',
	'usercanmanageownfiles',
	'userquota',
	'usermaxuploadfilesize',
	'userhomepage',
	'userhomepageurl',
	'siteid',
	'sitecalendartype',
	'usercalendartype',
	'theme',
	'limitconcurrentlogins',
	'usersessionscount',
	'policyagreed',
];

/** Site info without the account's private key. @throws Problem when the reply is something else */
export function siteInfoOf(reply: unknown): Json {
	if (isObject(reply) && typeof reply.userid === 'number')
		return withoutSecrets(pick(reply, KNOWN)) as Json;
	throw new Problem({
		message: 'The site does not say who it is',
		mend: 'Check that the Site URL in the credential is the address of a Moodle site.',
		code: 'notjson',
	});
}

export const operation = reading({
	resource: 'site',
	value: 'getInfo',
	name: 'Get Info',
	action: 'Get site info',
	description:
		'Retrieve the version of the site, the account behind the token, and the functions it may use',
	reads: [READS.core_webservice_get_site_info],
	fields: [simplify],
	input: (p) => ({ simple: p.flag('simplify') }),
	steps: async (inputs, services) => {
		const info = siteInfoOf(await services.read(READS.core_webservice_get_site_info, {}));
		const simple = { ...pick(info, SIMPLE), functionCount: objectsOf(info.functions).length };
		return inputs.map((input) => ({ done: input.simple ? simple : info }));
	},
});
