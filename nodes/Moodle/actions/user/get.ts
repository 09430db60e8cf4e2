import { userLabel, type UserField } from '../../lookup/users';
import { unreadableRecord } from '../../lookup/unreadableRecord';
import { canSee } from '../../lookup/visibility';
import { Problem, shown } from '../../moodle/problem';
import type { Json } from '../../moodle/values';
import { reading } from '../build';
import { simplify } from '../fields';
import { locator } from '../locators';
import type { Parameters } from '../parameters';
import type { Services, Step } from '../types';
import { usersByFieldFacts } from './calls';
import { holders } from './holders';
import { simpleUser } from './userFields';

const BY: Record<UserField, string> = {
	id: 'ID',
	username: 'user name',
	email: 'e-mail address',
	idnumber: 'ID number',
};

/** The user is read by what was given, so a name needs no request of its own. */
function inputOf(p: Parameters) {
	const { mode, value } = p.ref('user', 'User');
	return { by: mode as UserField, value, simple: p.flag('simplify') };
}

type Input = ReturnType<typeof inputOf>;

function stepFor({ by, value, simple }: Input, hits: Json[]): Step {
	const exact = hits.filter((user) => user[by] === value);
	const best = hits.length > 1 && exact.length === 1 ? exact : hits;
	if (best.length === 1) {
		if (best[0].unreadable === true)
			return { problem: unreadableRecord(`The user with the ${BY[by]} ${shown(value)}`) };
		return { done: simple ? simpleUser(best[0]) : best[0] };
	}
	const names = best
		.slice(0, 5)
		.map((user) => `${userLabel(user)} (ID ${String(user.id)})`)
		.join(', ');
	return {
		problem: new Problem({
			message: `${best.length} users have the ${BY[by]} ${shown(value)}: ${names}`,
			mend: 'Choose one of them by its ID.',
			code: 'ambiguous',
		}),
	};
}

/** Nobody was found: true, or hidden from the account behind the token. */
async function nobody({ by, value }: Input, services: Services): Promise<Step> {
	const sees = await canSee(services.read, services.site, by);
	if (sees !== true) return { problem: sees };
	return {
		problem: new Problem({
			message: `No user has the ${BY[by]} ${shown(value)}`,
			mend: 'Check the spelling; the account may have been deleted.',
			code: 'notfound',
		}),
	};
}

async function stepsBy(
	by: UserField,
	inputs: Input[],
	services: Services,
	steps: Map<Input, Step>,
): Promise<void> {
	const of = await holders(
		services.read,
		by,
		inputs.map((input) => input.value),
	);
	for (const input of inputs) {
		const hits = of(input.value);
		steps.set(input, hits.length > 0 ? stepFor(input, hits) : await nobody(input, services));
	}
}

export const operation = reading({
	resource: 'user',
	value: 'get',
	name: 'Get',
	action: 'Get user',
	description: 'Retrieve a user',
	batched: true,
	reads: [usersByFieldFacts],
	fields: [locator('user'), simplify],
	input: inputOf,
	steps: async (inputs, services) => {
		const steps = new Map<Input, Step>();
		for (const by of new Set(inputs.map((input) => input.by)))
			await stepsBy(
				by,
				inputs.filter((input) => input.by === by),
				services,
				steps,
			);
		return inputs.map((input) => steps.get(input) ?? { done: [] });
	},
});
