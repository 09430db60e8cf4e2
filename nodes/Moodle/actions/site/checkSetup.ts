import type { INodeProperties } from 'n8n-workflow';
import { hiddenOfUsers, type Hidden } from '../../lookup/visibility';
import { READS } from '../../moodle/reads';
import type { Json } from '../../moodle/values';
import { readSiteInfo, type SiteInfo } from '../../moodle/version';
import { reading } from '../build';
import { catalogue } from '../catalogue';
import type { Services } from '../types';
import { usersByFieldFacts } from '../user/calls';
import { siteInfoOf } from './getInfo';
import { reportOf, type Report, type Status } from './setup';

const unique = (list: string[]) => [...new Set(list)].sort();

/** A list as people paste it. */
const pasted = (lists: string[][]) => unique(lists.flat()).join(', ');

const HOW: Record<Status, string> = {
	usable: '',
	partlyUsable:
		'Works in part: add the missing functions to look up names, fill the lists and use all of it',
	notInService:
		'Add the missing functions under Site administration > Server > Web services > External services > Functions',
	notInMoodle: 'This version of Moodle does not have the function',
};

function operationItem({ operation, title, status, missing, unknown, capabilities }: Report): Json {
	return {
		name: title,
		resource: operation.resource,
		operation: operation.value,
		status,
		missingFunctions: missing.join(', '),
		functionsNotInThisMoodle: unknown.join(', '),
		capabilities: capabilities.join(', '),
		howToMend: HOW[status],
	};
}

function summary({ reports, site, hidden }: Looked): Json {
	const titles = (status: Status) =>
		reports.filter((report) => report.status === status).map((report) => report.title);
	return {
		siteurl: site.siteurl,
		release: site.releaseText,
		username: site.username,
		siteAdministrator: site.siteadmin,
		usable: titles('usable'),
		partlyUsable: titles('partlyUsable'),
		notInService: titles('notInService'),
		notInMoodle: titles('notInMoodle'),
		functionsToAdd: pasted(reports.map((report) => report.missing)),
		// Moodle tells nobody which rights an account has; an administrator has them all.
		capabilitiesNeeded: pasted([
			['webservice/rest:use'],
			...reports.map((report) => report.capabilities),
		]),
		hiddenFromToken: hidden.map(({ name, mend }) => `${name}: ${mend}`),
	};
}

/** What the site shows to the token. */
interface Looked {
	reports: Report[];
	site: SiteInfo;
	/** What it hides of users; nothing where the token may not ask. */
	hidden: Hidden[];
}

async function look(services: Services): Promise<Looked> {
	const reply = await services.read('core_webservice_get_site_info', {});
	const info = siteInfoOf(reply);
	const site = readSiteInfo(reply) as SiteInfo;
	const flags = { uploadfiles: info.uploadfiles !== 0, downloadfiles: info.downloadfiles !== 0 };
	const hidden = site.functions.has(usersByFieldFacts.function)
		? await hiddenOfUsers(services.read)
		: [];
	return { site, hidden, reports: catalogue().map((entry) => reportOf(entry, site, flags)) };
}

const output: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{
			name: 'One Item per Operation',
			value: 'operations',
			description: 'What the token can do with each operation',
		},
		{
			name: 'Summary',
			value: 'summary',
			description: 'One item, with lists that can be pasted into Moodle',
		},
	],
	default: 'summary',
};

export const operation = reading({
	resource: 'site',
	value: 'checkSetup',
	name: 'Check Setup',
	action: 'Check setup of site',
	description:
		'Tell which operations of this node the token can use, and which functions and capabilities to add for the others',
	reads: [READS.core_webservice_get_site_info, usersByFieldFacts],
	fields: [output],
	input: (p) => ({ each: p.choice(output) === 'operations' }),
	steps: async (inputs, services) => {
		const looked = await look(services);
		return inputs.map((input) => ({
			done: input.each ? looked.reports.map(operationItem) : summary(looked),
		}));
	},
});
