/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import type { IDataObject } from 'n8n-workflow';
import { MoodleApi } from '../../credentials/MoodleApi.credentials';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { startSandbox, type Sandbox } from '../sandbox';
import { runNode, type NodeRun } from '../support/harness';

/** The site the scenarios run against: that of MOODLE_URL and MOODLE_TOKEN, or the stand-in. */
export interface LiveSite {
	url: string;
	token: string;
	/** Whether it is a real one, where things the web service cannot do have not been prepared. */
	isReal: boolean;
	/** The stand-in, where it is no real one. */
	sandbox?: Sandbox;
	close: () => Promise<void>;
}

/** Opens the site. */
export async function openSite(): Promise<LiveSite> {
	const { MOODLE_URL: url, MOODLE_TOKEN: token } = process.env;
	if (url && token) return { url, token, isReal: true, close: async () => await Promise.resolve() };
	const sandbox = await startSandbox({ version: '5.1', path: '/moodle' });
	return { url: sandbox.url, token: sandbox.token, isReal: false, sandbox, close: sandbox.close };
}

/** Words of one run, so that records of several runs on one site never meet. */
export const tag = `lv${Date.now().toString(36)}`;

/** What a run gave: data of the success and of the error branch. */
export interface Gave {
	good: IDataObject[];
	bad: IDataObject[];
	run: NodeRun;
}

/** Runs one operation for these items; without items for a single one. Nothing secret may be in anything it leaves. */
export async function operate(
	site: LiveSite,
	operation: string,
	parameters: object,
	items: IDataObject[] = [{}],
): Promise<Gave> {
	const [resource, value] = operation.split('.');
	const run = await runNode(new Moodle(), {
		parameters: { resource, operation: value, ...parameters } as never,
		items,
		onError: 'continueErrorOutput',
		credentialTypes: { moodleApi: new MoodleApi() },
		credentials: { moodleApi: { siteUrl: site.url, token: site.token } },
	});
	if (run.everything.includes(site.token))
		throw new Error(`${operation} leaves the token in its run`);
	if (run.error) throw new Error(`${operation}: ${run.error.message}`);
	return {
		good: run.success.map((item) => item.json as IDataObject),
		bad: run.failed.map((item) => item.json as IDataObject),
		run,
	};
}

/** The data of a run in which nothing may fail. */
export async function fine(
	site: LiveSite,
	operation: string,
	parameters: object,
	items?: IDataObject[],
): Promise<IDataObject[]> {
	const { good, bad } = await operate(site, operation, parameters, items);
	if (bad.length > 0) throw new Error(`${operation}: ${JSON.stringify(bad)}`);
	return good;
}

/** A locator. */
export const by = (mode: string, value: unknown) => ({ __rl: true, mode, value: String(value) });

/** The fields of a user, each from the item. */
export const fromJson = {
	username: '={{ $json.username }}',
	firstname: '={{ $json.firstname }}',
	lastname: '={{ $json.lastname }}',
	email: '={{ $json.email }}',
};
