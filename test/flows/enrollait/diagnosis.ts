/** What the node says when a site refuses: a wrong token, REST or web services off, a function or a right that is missing. */
import { readExample } from '../support/example';
import type { Check } from '../support/report';
import type { Stage } from '../support/stage';
import { traced } from '../support/trace';

/** A category that is not there, so that it would have to be made. */
const CATEGORY = { id: 'ENR-DIAGNOSIS', name: 'Diagnosis', parent: '' };

/** Something that is wrong with a site, and what must be said of it. */
interface Trouble {
	name: string;
	stage: Stage;
	says: RegExp;
	/** Puts the site into this state, and answers how to put it back. */
	spoil?: () => () => void;
}

/** A token that no site knows. */
const WRONG = 'wrongtoken'.repeat(3);

function troubles(stage: Stage): Trouble[] {
	const wrong: Trouble = {
		name: 'wrong token',
		stage: stage.withToken(WRONG),
		says: /does not know the token.*Manage tokens/s,
	};
	const { standIn } = stage.site;
	if (!standIn) return [wrong];
	const { switches } = standIn;
	const off = (name: 'rest' | 'webservices') => () => {
		switches[name] = false;
		return () => void (switches[name] = true);
	};
	const few = standIn.addToken('few', {
		userid: standIn.account.userid,
		functions: ['core_webservice_get_site_info', 'core_course_get_categories'],
	});
	return [
		wrong,
		{ name: 'REST off', stage, says: /refuses web services.*REST protocol/s, spoil: off('rest') },
		{
			name: 'web services off',
			stage,
			says: /refuses web services.*Enable web services/s,
			spoil: off('webservices'),
		},
		{
			name: 'function not in the service',
			stage: stage.withToken(few),
			says: /does not contain a function.*External services.*core_course_create_categories/s,
		},
		{
			name: 'access denied',
			stage: stage.withToken(standIn.tokenWith([])),
			says: /lacks a permission.*role.*moodle\/category:manage/s,
		},
	];
}

/** Plays the workflow with one category, and answers what it says. */
async function saidIn({ stage }: Trouble): Promise<{ said: string; complaints: string[] }> {
	const data = { categories: [CATEGORY], courses: [], students: [] };
	const { run, complaints } = await stage.play(readExample('enrollait'), 'Example Data', [data]);
	const reasons = ['No Connection', 'Category Not Done']
		.flatMap((node) => traced(run, node, node))
		.map(({ json }) => String(json.reason));
	return { said: reasons.join(' '), complaints };
}

/** Tries every trouble that this site can be put into, tells what the node says, and checks it. */
export async function diagnose(stage: Stage): Promise<Check[]> {
	const checks: Check[] = [];
	for (const trouble of troubles(stage)) {
		const mend = trouble.spoil?.();
		try {
			const { said, complaints } = await saidIn(trouble);
			stage.say(`  ${trouble.name}: ${said === '' ? '(nothing is said)' : said}`);
			const wrong = trouble.says.test(said) ? complaints : [`it says: ${said}`, ...complaints];
			checks.push({ what: `${trouble.name}: the node says so, and what to do about it`, wrong });
		} finally {
			mend?.();
		}
	}
	if (!stage.site.standIn)
		stage.say(
			'  SKIPPED on a real site: REST off, web services off, missing function, access denied',
		);
	return checks;
}
