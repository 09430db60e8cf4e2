import {
	sleep,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type ResourceMapperFields,
} from 'n8n-workflow';
import {
	searchCategories,
	searchCohorts,
	searchCourses,
	searchFunctions,
	searchGroupings,
	searchGroups,
	searchReports,
	searchRoles,
	searchUsers,
} from '../lookup/search';
import { toReference } from '../actions/parameters';
import { formOf } from '../actions/webService/form';
import { Lookup } from '../lookup/lookup';
import type { Read } from '../moodle/calls';
import { Client } from '../moodle/client';
import { explain } from '../moodle/explain';
import { MoodleFailure } from '../moodle/failure';
import { Problem } from '../moodle/problem';
import { asIs } from '../common/asIs';
import { readCredential } from './credential';
import { nodeError } from './items';
import { renewal } from './signIn';
import { transport } from './transport';
import { readerOf } from '../moodle/memory';

/** Somebody waits in front of the list: give up soon. */
const TIMEOUT = 20_000;

type Search = (
	read: Read,
	filter?: string,
	paginationToken?: string,
	courseId?: number,
) => Promise<INodeListSearchResult>;

async function clientFor(
	context: ILoadOptionsFunctions,
): Promise<{ client: Client; siteUrl: string }> {
	const facts = await readCredential(context);
	const destination = { siteUrl: facts.siteUrl, ignoreSsl: facts.ignoreSsl, timeout: TIMEOUT };
	const { token, renew } = renewal(context, destination, facts);
	const clock = {
		now: () => Date.now(),
		random: () => Math.random(),
		cancelled: () => false,
		sleep: async (milliseconds: number) => await sleep(milliseconds),
	};
	return {
		client: new Client({
			send: transport(context, destination, token),
			clock,
			readOnly: true,
			renew,
			recovery: 0,
		}),
		siteUrl: facts.siteUrl,
	};
}

/** What a locator of the same node holds; undefined while it is empty or an expression. */
function chosenIn(context: ILoadOptionsFunctions, name: string): string | undefined {
	const raw: unknown = context.getCurrentNodeParameter(name);
	const text =
		typeof raw === 'object' && raw !== null
			? String((raw as { value?: unknown }).value ?? '')
			: String(raw ?? '');
	return text.trim() === '' || text.startsWith('=') ? undefined : text.trim();
}

/** The course chosen in the same node; undefined while it is empty or an expression. */
async function chosenCourse(
	context: ILoadOptionsFunctions,
	client: Client,
	siteUrl: string,
): Promise<number | undefined> {
	const raw: unknown = context.getCurrentNodeParameter('courseId');
	if (chosenIn(context, 'courseId') === undefined) return undefined;
	const reference = toReference(raw, 'course', 'Course', { siteUrl });
	if (!reference) return undefined;
	const resolution = (
		await new Lookup({ read: readerOf(client), site: async () => await client.site() }).resolve([
			reference,
		])
	).get(reference);
	return resolution && 'id' in resolution ? resolution.id : undefined;
}

/** What went wrong, as the editor shows it. */
function shownIn(context: ILoadOptionsFunctions, caught: unknown): Error {
	if (caught instanceof Problem) return nodeError(context.getNode(), caught);
	return caught instanceof MoodleFailure
		? nodeError(context.getNode(), explain(caught))
		: asIs(caught);
}

function picker(search: Search, needsCourse = false) {
	return async function (
		this: ILoadOptionsFunctions,
		filter?: string,
		paginationToken?: string,
	): Promise<INodeListSearchResult> {
		try {
			const { client, siteUrl } = await clientFor(this);
			const course = needsCourse ? await chosenCourse(this, client, siteUrl) : undefined;
			return await search(readerOf(client), filter, paginationToken, course);
		} catch (caught) {
			throw shownIn(this, caught);
		}
	};
}

/** The searches for the lists of the locators. */
export const listSearch = {
	searchUsers: picker(searchUsers),
	searchCourses: picker(searchCourses),
	searchCategories: picker(searchCategories),
	searchCohorts: picker(searchCohorts),
	searchGroups: picker(searchGroups, true),
	searchGroupings: picker(searchGroupings, true),
	searchReports: picker(searchReports),
	searchRoles: picker(searchRoles),
	searchFunctions: picker(searchFunctions),
};

/** The parameters of the chosen function in the site's version, as fields. */
async function functionParameters(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	try {
		const { client } = await clientFor(this);
		return formOf(chosenIn(this, 'functionName'), (await client.site())?.release);
	} catch (caught) {
		throw shownIn(this, caught);
	}
}

/** The forms that follow from what is chosen. */
export const resourceMapping = { functionParameters };
