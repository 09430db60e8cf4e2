/** A run that stops applies nothing after the refused record, wherever it stands, with the settings people have. */
import { operation as deleteCategory } from '../../nodes/Moodle/actions/category/delete';
import { operation as updateUser } from '../../nodes/Moodle/actions/user/update';
import { operation as upsertUser } from '../../nodes/Moodle/actions/user/upsert';
import { failed } from '../../nodes/Moodle/run/outcome';
import { runEngine } from '../support/engineRun';
import { InProcessMoodle } from '../support/inProcess';
import { addUser } from '../sandbox/builders';
import { addCategory } from '../sandbox/functions/course-tools';
import { scenarios } from './scenarios';
import { strike } from './strike';

const COUNT = 7;
const positions = Array.from({ length: COUNT }, (_, index) => index);

test.each(
	scenarios.flatMap((scenario) => positions.map((at) => ({ name: scenario.name, scenario, at }))),
)('$name: a refusal at $at stops what comes after it', async ({ scenario, at }) => {
	const { result, moodle } = await strike({
		scenario,
		schedule: () => undefined,
		count: COUNT,
		bad: new Set([at]),
		options: { stop: true },
	});
	expect(result.units.find(failed)?.items).toEqual([at]);
	const done = positions.map((index) =>
		scenario.startsDone?.(index) ? undefined : scenario.done(moodle, index),
	);
	// Whatever started as wanted says nothing; the refused one itself is what the site says it is.
	expect(
		done.map((times, index) => (times === undefined || index === at ? undefined : times)),
	).toEqual(
		positions.map((index) =>
			index === at || done[index] === undefined ? undefined : index < at ? 1 : 0,
		),
	);
});

const send = (moodle: InProcessMoodle) => async (body: string) =>
	await Promise.resolve(moodle.answer(body));
const exception = (errorcode: string, name = 'moodle_exception') => ({
	status: 200,
	headers: {},
	text: JSON.stringify({ exception: name, errorcode, message: errorcode }),
});
const byId = (id: number) => ({ mode: 'id', value: String(id) });

test('an update after a refused one is not sent', async () => {
	const moodle = new InProcessMoodle();
	const [bob, dot] = ['bob', 'dot'].map((username) => addUser(moodle.site, { username }).id);
	// Nobody but an administrator may change an administrator, and no function tells beforehand who is one: here the address is taken.
	const items = [
		{ userId: byId(bob), updateFields: { city: 'Rome' } },
		{ userId: byId(bob + 100_000), updateFields: { city: 'Rome' } },
		{ userId: byId(dot), updateFields: { city: 'Rome' } },
	];
	const { units } = await runEngine({
		operation: updateUser,
		items,
		send: send(moodle),
		options: { stop: true },
	});
	expect(units.find(failed)?.items).toEqual([1]);
	expect([bob, dot].map((id) => moodle.site.users.get(id)?.city)).toEqual([
		'Rome',
		expect.not.stringMatching('Rome'),
	]);
});

test('a creation does not overtake an update that is refused', async () => {
	const moodle = new InProcessMoodle();
	addUser(moodle.site, { username: 'taken', email: 'taken@example.org' });
	const bob = addUser(moodle.site, { username: 'bob', email: 'bob@example.org' });
	const person = (username: string, email: string) => ({
		matchBy: 'username',
		username,
		email,
		firstname: 'A',
		lastname: 'B',
		additionalFields: {},
	});
	const items = [person('bob', 'taken@example.org'), person('newer', 'newer@example.org')];
	const { units } = await runEngine({
		operation: upsertUser,
		items,
		send: send(moodle),
		options: { stop: true },
	});
	expect(units.find(failed)?.items).toEqual([0]);
	expect(moodle.site.users.get(bob.id)?.email).toBe('bob@example.org');
	expect(moodle.site.users.all().filter(({ username }) => username === 'newer')).toHaveLength(0);
});

test.each(['inner', 'alone'])(
	'categories inside others, %s refused: those before it are deleted, and those after it stay',
	async (refused) => {
		const moodle = new InProcessMoodle();
		const { site } = moodle;
		const alone = addCategory(site, { name: 'alone' }).id;
		const outer = addCategory(site, { name: 'outer' }).id;
		const inner = addCategory(site, { name: 'inner', parent: outer }).id;
		const ids = [alone, outer, inner];
		const bad = refused === 'inner' ? 2 : 0;
		const isRefused = new RegExp(`%5Bid%5D=${ids[bad]}(&|$)`);
		const { units } = await runEngine({
			operation: deleteCategory,
			items: ids.map((id) => ({ categoryId: byId(id), content: 'deleteAll' })),
			send: async (body) =>
				body.includes('core_course_delete_categories') && isRefused.test(body)
					? exception('cannotdeletecategory')
					: await send(moodle)(body),
			options: { stop: true },
		});
		expect(units.find(failed)?.items).toEqual([bad]);
		expect(ids.map((id) => site.categories.get(id) !== undefined)).toEqual(
			bad === 2 ? [false, false, false] : [true, true, true],
		);
	},
);
