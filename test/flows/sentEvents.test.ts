/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals */
/** Whose request the example with pushed events believes, and whom it takes for the person, in the form of each plugin. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

interface Sent {
	headers?: Record<string, string>;
	body?: unknown;
}

const SECRET = 'a-secret-of-the-test'.padEnd(64, '0');

const { nodes } = JSON.parse(
	readFileSync(join(__dirname, '..', '..', 'examples', 'moodle-sends-events.json'), 'utf8'),
) as { nodes: Array<{ name: string; parameters: { jsCode?: string } }> };
const code = nodes.find(({ name }) => name === 'Compare in Constant Time')!.parameters.jsCode!;

/** What the Code node of the example makes of a request. */
function judged({ headers = {}, body }: Sent, secret = SECRET): unknown {
	const given: Record<string, object> = {
		Secret: { secret },
		'Moodle Sends an Event': { headers, ...(body === undefined ? {} : { body }) },
	};
	const $ = (name: string) => ({ first: () => ({ json: given[name] }) });
	const [{ json }] = runInNewContext(`(() => { ${code} })()`, { $ }) as Array<{ json: unknown }>;
	return { ...(json as object) };
}

const event = {
	eventname: '\\core\\event\\user_enrolment_created',
	courseid: '7',
	userid: 2,
	relateduserid: 42,
};

test('local_webhooks: the secret is in the body, the person is the one it happened to', () => {
	expect(judged({ body: { ...event, token: SECRET } })).toEqual({ isKnown: true, userid: 42 });
});

test('tool_trigger: the secret is in a header, numbers come as text, and nobody else as an empty one', () => {
	const headers = { 'x-moodle-secret': SECRET };
	const body = { userid: '2', relateduserid: '42' };
	expect(judged({ headers, body })).toEqual({ isKnown: true, userid: 42 });
	const alone = { headers, body: { userid: '5', relateduserid: '' } };
	expect(judged(alone)).toEqual({ isKnown: true, userid: 5 });
});

test('an event about nobody else is about who did it', () => {
	const body = { ...event, relateduserid: null, token: SECRET };
	expect(judged({ body })).toEqual({ isKnown: true, userid: 2 });
});

test.each<[string, Sent]>([
	['no secret at all', { body: event }],
	['an empty one', { body: { ...event, token: '' } }],
	['another one', { body: { ...event, token: SECRET.replace('0', '1') } }],
	['the beginning of it', { body: { ...event, token: SECRET.slice(0, -1) } }],
	['more than it', { body: { ...event, token: `${SECRET}0` } }],
	['another one in the header', { headers: { 'x-moodle-secret': 'no' }, body: event }],
	['a list', { body: { ...event, token: [SECRET, SECRET] } }],
	['no body', {}],
])('turned away: %s', (_, sent) => {
	expect(judged(sent)).toMatchObject({ isKnown: false });
});

test.each(['', 'short'])(
	'everybody is turned away while the secret of the workflow is "%s"',
	(secret) => {
		expect(judged({ body: { ...event, token: secret } }, secret)).toMatchObject({ isKnown: false });
	},
);
