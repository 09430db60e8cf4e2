import type { Sandbox } from '../sandbox';
import { addBadge } from '../sandbox/builders';
import { addBiology } from '../support/biology';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
let ada: number;
let course: number;
onStandIn((standIn) => (sandbox = standIn));
beforeEach(() => {
	({ course, ada } = addBiology(sandbox.site));
});

const badge = nodeOn('badge', () => sandbox);
const sent = sentTo(() => sandbox);
const ofAda = { userId: by('username', 'ada') };
const award = (name: string, courseid: number | null = null) =>
	addBadge(sandbox.site, name, ada, courseid, 1_700_000_000);

test('badges of a user, simplified and as Moodle gives them', async () => {
	const { id } = award('Diver');
	const { json } = await badge('getAll', { ...ofAda, returnAll: true });
	expect(json).toEqual([
		{
			id,
			userid: ada,
			name: 'Diver',
			description: 'About Diver',
			issuername: expect.any(String),
			dateissued: expect.stringMatching(/^\d{4}-/),
			dateexpire: null,
			uniquehash: expect.any(String),
			badgeurl: expect.stringContaining('/badgeimage/'),
		},
	]);
	const raw = await badge('getAll', { ...ofAda, returnAll: true, simplify: false });
	expect(raw.json[0]).toMatchObject({ id, alignment: [], relatedbadges: [] });
});

test('of one course only, at most as many as the limit says, over several pages', async () => {
	award('Site');
	for (let at = 0; at < 120; at++) award(`Course ${at}`, course);
	const all = await badge('getAll', { ...ofAda, returnAll: true });
	expect(new Set(all.json.map(({ id }) => id)).size).toBe(121);
	expect(sent('core_badges_get_user_badges')).toBe(2);
	const own = { ...ofAda, courseId: by('shortname', 'BIO') };
	expect((await badge('getAll', { ...own, returnAll: true })).json).toHaveLength(120);
	expect((await badge('getAll', { ...own, limit: 7 })).json).toHaveLength(7);
});

test('one bad user costs its item only; badges that are switched off are told', async () => {
	award('Diver');
	const users = [{ u: ada }, { u: 9999 }];
	const some = { userId: by('id', '={{ $json.u }}') };
	const { json, errors } = await badge('getAll', some, users, split);
	expect([json.length, errors.length]).toEqual([1, 1]);
	sandbox.switches.badges = false;
	const off = await badge('getAll', some, [{ u: ada }], split);
	expect(off.errors).toEqual([expect.stringMatching(/Badges are switched off/)]);
});
