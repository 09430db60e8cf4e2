/** What the tests of operations have in common: a stand-in, and the node that runs operations on it in n8n's own engine. */
import type { INodeParameters } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { startSandbox, type Sandbox, type SandboxOptions } from '../sandbox';
import { runNode, type NodeOptions } from './harness';

/** What a run needs of a stand-in. */
type Place = Pick<Sandbox, 'url' | 'token'>;

/** How a run is to be different from what a user has who only fills in the credential. */
export type More = Partial<NodeOptions> & { token?: string; readOnly?: boolean; at?: Place };

/**
 * Starts a stand-in for all tests of the file or block, puts it back before each of them and closes it in the end.
 * @param started keeps it: `(standIn) => (sandbox = standIn)`
 */
export function onStandIn(started: (sandbox: Sandbox) => void, options?: SandboxOptions): void {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox(options);
		started(sandbox);
	});
	beforeEach(() => sandbox.reset());
	afterAll(async () => await sandbox.close());
}

/** Runs any operation over items on the stand-in that `at` gives; the token must not be in anything that comes of it. */
export const runOn =
	(at: () => Place) =>
	async (
		resource: string,
		operation: string,
		parameters: INodeParameters,
		items: object[] = [{}],
		more: More = {},
	) => {
		const { at: place = at(), token = place.token, readOnly = false, ...rest } = more;
		const result = await runNode(new Moodle(), {
			parameters: { resource, operation, ...parameters },
			items: items as never,
			credentialTypes: { moodleApi: new MoodleApi() },
			credentials: { moodleApi: { siteUrl: place.url, token, readOnly } },
			...rest,
		});
		expect(result.everything).not.toContain(token);
		return {
			...result,
			json: result.success.map((item) => item.json),
			errors: result.failed.map((item) => String(item.json.error)),
		};
	};

/** Runs operations of one resource: `const group = nodeOn('group', () => sandbox)`. */
export const nodeOn =
	(resource: string, at: () => Place) =>
	async (operation: string, parameters: INodeParameters, items?: object[], more?: More) =>
		await runOn(at)(resource, operation, parameters, items, more);

/** Makes records by the Create of a resource, before anything is counted; gives their ids. */
export const seeding =
	(resource: string, creating: INodeParameters, at: () => Sandbox) =>
	async (...items: object[]): Promise<number[]> => {
		const { json, error } = await nodeOn(resource, at)('create', creating, items);
		expect(error).toBeUndefined();
		at().requests.length = 0;
		return json.map((row) => Number(row.id));
	};

/** Counts the requests for a function. */
export const sentTo =
	(at: () => Sandbox) =>
	(name: string, sandbox = at()): number =>
		sandbox.requests.filter((request) => request.function === name).length;

/** Creates the users of `{ name, email }` items. */
export const creatingUsers: INodeParameters = {
	resource: 'user',
	operation: 'create',
	username: '={{ $json.name }}',
	firstname: '={{ $json.name }}',
	lastname: 'Byron',
	email: '={{ $json.email }}',
};

/** A locator in one of its modes. */
export const by = (mode: string, value: unknown) => ({ __rl: true, mode, value }) as never;

/** The locators of a user, in every mode. */
export function waysTo({ site, url }: Sandbox, userid: number) {
	const { username, email, idnumber } = site.users.get(userid)!;
	return [
		by('username', username),
		by('email', email),
		by('idnumber', idnumber),
		by('id', userid),
		by('list', userid),
		by('url', `${url}/user/profile.php?id=${userid}`),
	];
}

/** Bad items leave by the error output. */
export const split = { onError: 'continueErrorOutput' as const };

/** A collection whose entries come from the item, as users build it: what the item lacks is not there. */
export const entries = (path: string, ...names: string[]) =>
	Object.fromEntries(names.map((name) => [name, `={{ $json.${path}?.${name} }}`]));
