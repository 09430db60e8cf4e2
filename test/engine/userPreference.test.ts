import type { Sandbox } from '../sandbox';
import { addUser } from '../sandbox/builders';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
let ada: number;
onStandIn((standIn) => (sandbox = standIn));
beforeEach(() => {
	ada = addUser(sandbox.site, { username: 'ada' }).id;
});

const preference = nodeOn('userPreference', () => sandbox);
const sent = sentTo(() => sandbox);
const setting = {
	userId: by('id', '={{ $json.user }}'),
	name: '={{ $json.name }}',
	value: '={{ $json.value }}',
};
const stored = (name: string) => sandbox.site.users.get(ada)?.preferences[name];

test('set: good ones are set in the same request as refused ones, which are told', async () => {
	const { json, errors } = await preference(
		'set',
		setting,
		[
			{ user: ada, name: 'htmleditor', value: 'textarea' },
			{ user: ada, name: 'nonsense', value: '1' },
			{ user: 9999, name: 'htmleditor', value: 'textarea' },
			{ user: ada, name: 'calendar_maxevents', value: '5' },
		],
		split,
	);
	expect(json).toEqual([
		{ success: true, userid: ada, name: 'htmleditor' },
		{ success: true, userid: ada, name: 'calendar_maxevents' },
	]);
	expect(errors).toEqual([
		expect.stringMatching(/did not set the preference 'nonsense'/),
		expect.stringMatching(/did not set the preference 'htmleditor' of the user with the ID 9999/),
	]);
	expect([stored('htmleditor'), stored('calendar_maxevents')]).toEqual(['textarea', '5']);
	expect(sent('core_user_set_user_preferences')).toBe(1);
});

test('the last wish counts; an account without the right sets nothing', async () => {
	const wishes = ['textarea', 'tiny'].map((value) => ({ user: ada, name: 'htmleditor', value }));
	await preference('set', setting, wishes);
	expect(stored('htmleditor')).toBe('tiny');
	const token = sandbox.tokenWith([]);
	const { errors } = await preference('set', setting, [wishes[0]], { ...split, token });
	expect(errors).toEqual([expect.stringMatching(/did not set the preference/)]);
	expect(stored('htmleditor')).toBe('tiny');
});
