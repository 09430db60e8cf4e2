import type { INodeProperties } from 'n8n-workflow';
import { hiddenOfUsers, type Hidden } from '../../lookup/visibility';
import { READS } from '../../moodle/reads';
import type { Json } from '../../moodle/values';
import { readSiteInfo, type SiteInfo } from '../../moodle/version';
import { explain } from '../../moodle/explain';
import { MoodleFailure } from '../../moodle/failure';
import { Problem, shown } from '../../moodle/problem';
import { asIs } from '../../common/asIs';
import { reading } from '../build';
import { eventNeeds } from '../../events/needs';
import { isBlank } from '../convert';
import { titleOf } from '../description';
import type { Parameters } from '../parameters';
import type { Needing, Services, ServiceSetting } from '../types';
import { USES, type Use } from '../uses';
import { usersByFieldFacts } from '../user/calls';
import { siteInfoOf } from './getInfo';
import {
	reportOf,
	useReportOf,
	type Report,
	type Seen,
	type Status,
	type UseReport,
} from './setup';

const unique = (list: string[]) => [...new Set(list)].sort();

/** A list as people paste it. */
const pasted = (lists: string[][]) => unique(lists.flat()).join(', ');

const SETTINGS: Record<ServiceSetting, string> = {
	uploadfiles: 'Can upload files',
	downloadfiles: 'Can download files',
};

/** All operations of the node, and all events of the trigger. */
const all = ({ operations }: Services): Needing[] => [...operations, ...eventNeeds];

const SERVICES = 'Site administration > Server > Web services > External services';

const HOW: Record<Status, string> = {
	usable: '',
	partlyUsable:
		'Works in part: add the missing functions to look up names, fill the lists and use all of it',
	notInService: `Add the missing functions under ${SERVICES} > Functions`,
	notInMoodle: 'This version of Moodle does not have the function',
};

const namesOf = (settings: ServiceSetting[]) => settings.map((name) => SETTINGS[name]);

function operationItem(report: Report): Json {
	const { operation, title, status, missing, unknown, capabilities } = report;
	const off = namesOf(report.off);
	return {
		name: title,
		resource: operation.resource,
		operation: operation.value,
		status,
		missingFunctions: missing.join(', '),
		functionsNotInThisMoodle: unknown.join(', '),
		capabilities: capabilities.join(', '),
		howToMend: off.length > 0 ? `Tick ${off.join(' and ')} under ${SERVICES} > Edit` : HOW[status],
	};
}

const BY_HAND = (use: Use) =>
	`Run moodle-setup.php with --use=${use.value} on the Moodle server, or add the functions under ${SERVICES} > Functions`;

/** Moodle tells nobody which rights an account has; an administrator has them all. */
const RIGHTS =
	'The service has all that is needed. Moodle does not tell what the role of the account allows: it must allow the capabilities.';

/** What to do for a use that is not ready, or not in all its comfort. */
function mendOf(
	{ use, isReady, missing, useful, siteadmin }: UseReport,
	problem?: Problem,
): string {
	if (problem)
		return `${problem.mend ?? ''} Then: ${BY_HAND(use)}, and allow the capabilities.`.trim();
	if (!isReady)
		return missing.length > 0 ? BY_HAND(use) : `Tick the settings under ${SERVICES} > Edit`;
	return [
		siteadmin ? '' : RIGHTS,
		useful.length > 0 ? 'The useful functions fill the lists of the editor.' : '',
	]
		.filter((text) => text !== '')
		.join(' ');
}

function useItem(report: UseReport, operations: string[], problem?: Problem): Json {
	return {
		use: report.use.value,
		name: report.use.name,
		description: report.use.description,
		ready: report.isReady,
		...(problem ? { problem: problem.message } : {}),
		operations,
		missingFunctions: report.missing.join(', '),
		usefulFunctions: report.useful.join(', '),
		settingsToTick: namesOf(report.off).join(', '),
		functionsNotInThisMoodle: report.unknown.join(', '),
		capabilities: report.capabilities.join(', '),
		howToMend: mendOf(report, problem),
	};
}

/** What the site shows to the token. */
interface Looked extends Seen {
	reports: Report[];
	uses: UseReport[];
	/** What it hides of users; nothing where the token may not ask. */
	hidden: Hidden[];
}

function summary({ reports, uses, site, hidden }: Looked): Json {
	const titles = (status: Status) =>
		reports.filter((report) => report.status === status).map((report) => report.title);
	return {
		siteurl: site.siteurl,
		release: site.releaseText,
		username: site.username,
		siteAdministrator: site.siteadmin,
		readyUses: uses.filter(({ isReady }) => isReady).map(({ use }) => use.name),
		usable: titles('usable'),
		partlyUsable: titles('partlyUsable'),
		notInService: titles('notInService'),
		notInMoodle: titles('notInMoodle'),
		functionsToAdd: pasted(reports.map((report) => report.missing)),
		settingsToTick: namesOf([...new Set(reports.flatMap(({ off }) => off))]).join(', '),
		// Moodle tells nobody which rights an account has; an administrator has them all.
		capabilitiesNeeded: pasted([
			['webservice/rest:use'],
			...reports.map((report) => report.capabilities),
		]),
		hiddenFromToken: hidden.map(({ name, mend }) => `${name}: ${mend}`),
	};
}

async function look(services: Services): Promise<Looked> {
	const reply = await services.read(READS.core_webservice_get_site_info, {});
	const info = siteInfoOf(reply);
	const site = readSiteInfo(reply) as SiteInfo;
	const isOn = (name: ServiceSetting) => info[name] !== 0;
	const seen: Seen = {
		site,
		settings: new Set((['uploadfiles', 'downloadfiles'] as const).filter(isOn)),
	};
	const hidden = site.functions.has(usersByFieldFacts.function)
		? await hiddenOfUsers(services.read)
		: [];
	return {
		...seen,
		hidden,
		reports: all(services).map((entry) => reportOf(entry, seen)),
		uses: USES.map((use) => useReportOf(use, all(services), seen)),
	};
}

/** Why a site that answers to nobody yet does not show anything. @throws what is no failure of the site */
function notSetUp(caught: unknown): Problem {
	if (caught instanceof Problem) return caught;
	if (caught instanceof MoodleFailure) return explain(caught);
	throw asIs(caught);
}

const titlesOf = ({ covers }: Use, operations: Needing[]) =>
	operations.filter(covers).map((entry) => `${titleOf(entry.resource)}: ${entry.name}`);

/** One item for each use. While nothing is set up, each says what it needs. */
async function useItems(services: Services): Promise<Map<string, Json>> {
	const items = (reports: UseReport[], problem?: Problem) =>
		new Map(
			reports.map((report) => [
				report.use.value,
				useItem(report, titlesOf(report.use, all(services)), problem),
			]),
		);
	try {
		return items((await look(services)).uses);
	} catch (caught) {
		const problem = notSetUp(caught);
		return items(
			USES.map((use) => useReportOf(use, all(services))),
			problem,
		);
	}
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
			name: 'One Item per Use',
			value: 'uses',
			description:
				'Whether each use is ready, and what is missing for it. Answers before anything is set up in Moodle, too.',
		},
		{
			name: 'Summary',
			value: 'summary',
			description: 'One item, with lists that can be pasted into Moodle',
		},
	],
	default: 'summary',
};

const uses: INodeProperties = {
	displayName: 'Uses',
	name: 'uses',
	type: 'multiOptions',
	options: [...USES]
		.sort((a, b) => a.name.localeCompare(b.name, 'en'))
		.map(({ name, value, description }) => ({ name, value, description })),
	default: [],
	description: 'What Moodle is to be used for. Left empty, all of them.',
	displayOptions: { show: { output: ['uses'] } },
};

/** The chosen uses; all when none is chosen. @throws Problem for a word that is none */
function chosen(p: Parameters): string[] {
	const raw = p.raw(uses.name);
	const values = isBlank(raw) ? [] : [raw].flat().map((value) => String(value).trim());
	const known = USES.map(({ value }) => value);
	const odd = values.find((value) => !known.includes(value));
	if (odd !== undefined)
		throw new Problem({
			message: `'Uses' cannot be ${shown(odd)}`,
			mend: `Use some of: ${known.join(', ')}.`,
			code: 'badvalue',
		});
	return values.length > 0 ? values : known;
}

export const operation = reading({
	resource: 'site',
	value: 'checkSetup',
	name: 'Check Setup',
	action: 'Check setup of site',
	description:
		'Tell which operations and uses of this node the token is ready for, and which functions and capabilities to add for the others',
	reads: [READS.core_webservice_get_site_info, usersByFieldFacts],
	fields: [output, uses],
	input: (p) => {
		const shows = p.choice(output);
		return { shows, uses: shows === 'uses' ? chosen(p) : [] };
	},
	steps: async (inputs, services) => {
		const byUse = inputs.some((input) => input.shows === 'uses')
			? await useItems(services)
			: new Map<string, Json>();
		const looked = inputs.some((input) => input.shows !== 'uses')
			? await look(services)
			: undefined;
		return inputs.map((input) => {
			if (input.shows === 'uses' || !looked)
				return { done: input.uses.flatMap<Json>((value) => byUse.get(value) ?? []) };
			return {
				done: input.shows === 'operations' ? looked.reports.map(operationItem) : summary(looked),
			};
		});
	},
});
