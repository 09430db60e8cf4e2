import type { INodeParameters } from 'n8n-workflow';
import type { Sandbox } from '../sandbox';
import { addUser } from '../sandbox/builders';
import { by, nodeOn, onStandIn, split, waysTo } from '../support/node';

let sandbox: Sandbox;
onStandIn((standIn) => (sandbox = standIn));

const message = nodeOn('message', () => sandbox);
const FUNCTION = 'core_message_send_instant_messages';
const sent = () => sandbox.requests.filter((request) => request.function === FUNCTION).length;
const stored = () => sandbox.site.messages.all();

let users: number[];
beforeEach(() => {
	users = ['ada', 'bob', 'cyd'].map(
		(username) => addUser(sandbox.site, { username, idnumber: `N-${username}` }).id,
	);
});

const asked: INodeParameters = {
	userId: by('username', '={{ $json.u }}'),
	text: '={{ $json.t ?? "Hello" }}',
};

test('users in all ways; each message in a request of its own', async () => {
	for (const userId of waysTo(sandbox, users[0])) {
		const { json } = await message('send', { ...asked, userId });
		expect(json).toEqual([
			{
				id: expect.any(Number),
				userid: users[0],
				useridfrom: sandbox.account.userid,
				conversationid: expect.any(Number),
				timesent: expect.stringMatching(/^\d{4}-/),
			},
		]);
	}
	sandbox.requests.length = 0;
	const { json } = await message('send', asked, [{ u: 'ada' }, { u: 'bob' }, { u: 'ada' }]);
	expect(json.map((row) => row.userid)).toEqual([users[0], users[1], users[0]]);
	expect(sent()).toBe(3);
});

test('a refused message hides none that was sent', async () => {
	const items = [
		{ u: users[0] },
		{ u: 9999 },
		{ u: users[1], t: '' },
		{ u: users[1], t: 'é'.repeat(2049) },
		{ u: users[1], t: 'x'.repeat(4096) },
		{ u: users[2] },
	];
	const { json, errors, success } = await message(
		'send',
		{ ...asked, userId: by('id', '={{ $json.u }}') },
		items,
		split,
	);
	expect(json.map((row) => row.userid)).toEqual(users);
	expect(success.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 4 }, { item: 5 }]);
	expect(errors).toEqual([
		expect.stringMatching(/did not send the message: .*9999/),
		expect.stringMatching(/'Message' is empty/),
		expect.stringMatching(/takes 4098 bytes, and Moodle sends at most 4096/),
	]);
	expect(stored()).toHaveLength(3);
});

test('a message whose answer was lost is never sent again', async () => {
	sandbox.switches.fault = ({ function: name, form }) =>
		name === FUNCTION && form.some(([, value]) => value === String(users[0]))
			? { execute: true, cut: 'before' }
			: null;
	const { json, errors } = await message('send', asked, [{ u: 'ada' }, { u: 'bob' }], split);
	expect(json.map((row) => row.userid)).toEqual([users[1]]);
	expect(errors).toEqual([expect.stringMatching(/may have been carried out/)]);
	expect(stored()).toHaveLength(2);
});

test('a server that asks to wait is asked again: nothing was sent', async () => {
	let asks = 0;
	sandbox.switches.fault = ({ function: name }) =>
		name === FUNCTION && asks++ === 0
			? { execute: false, status: 503, headers: { 'Retry-After': '0' } }
			: null;
	const { json } = await message('send', asked, [{ u: 'ada' }]);
	expect(json).toHaveLength(1);
	expect(stored()).toHaveLength(1);
});

test('a run that stops sends nothing after the refused one', async () => {
	const { error } = await message('send', { ...asked, userId: by('id', '={{ $json.u }}') }, [
		{ u: users[0] },
		{ u: 9999 },
		{ u: users[1] },
	]);
	expect(error?.message).toMatch(/did not send the message.*\[Item 1\]/);
	expect(stored()).toHaveLength(1);
});

test('messaging off, and an account that may not write', async () => {
	sandbox.switches.messaging = false;
	const off = await message('send', asked, [{ u: 'ada' }], split);
	expect(off.errors).toEqual([expect.stringMatching(/Messaging is switched off/)]);
	sandbox.switches.messaging = true;
	const token = sandbox.tokenWith([]);
	const { errors } = await message('send', { ...asked, userId: by('id', users[0]) }, [{}, {}], {
		...split,
		token,
	});
	expect(errors).toHaveLength(2);
	expect(stored()).toEqual([]);
});

test('format and dry run', async () => {
	await message('send', { ...asked, textformat: 1 }, [{ u: 'ada', t: '<b>x</b>' }]);
	expect(
		new Map(sandbox.requests.find((request) => request.function === FUNCTION)!.form).get(
			'messages[0][textformat]',
		),
	).toBe('1');
	const { json } = await message('send', { ...asked, options: { dryRun: true } }, [{ u: 'bob' }]);
	expect(json).toEqual([
		{
			dryRun: true,
			action: 'send',
			function: FUNCTION,
			touserid: users[1],
			text: 'Hello',
			textformat: 2,
		},
	]);
	expect(stored()).toHaveLength(1);
});
