/** The Moodle that the flows run against: the embedded stand-in, or a real site. */
import { startSandbox, type Sandbox, type SandboxOptions } from '../../test/sandbox';
import { UsageError, type StandInVersion } from './options';

/** Where the flows run. */
export interface Site {
	url: string;
	/** Never printed, and taken out of everything that is. */
	token: string;
	/** For making records and looking into the site, where the account of `token` must not be the one that judges itself. */
	adminToken?: string;
	/** The stand-in with its data; absent for a real site. */
	standIn?: Sandbox;
	/** What to call it. */
	label: string;
	close(): Promise<void>;
}

/** Starts the stand-in, with the account that the documents ask for. */
export async function standInSite(
	version: StandInVersion,
	options: Pick<SandboxOptions, 'account' | 'database'> = {},
): Promise<Site> {
	const standIn = await startSandbox({ version, ...options });
	// the forms of many thousand contacts are of no use here
	standIn.switches.keepForms = false;
	return {
		url: standIn.url,
		token: standIn.token,
		adminToken: standIn.adminToken,
		standIn,
		label: `stand-in for Moodle ${version}`,
		close: async () => await standIn.close(),
	};
}

/**
 * The site of MOODLE_URL and MOODLE_TOKEN, or else the stand-in.
 * @throws UsageError when only one of the two is set
 */
export async function openSite(
	environment: Record<string, string | undefined>,
	version: StandInVersion,
): Promise<Site> {
	const url = environment.MOODLE_URL?.trim() ?? '';
	const token = environment.MOODLE_TOKEN?.trim() ?? '';
	if (url === '' && token === '') return await standInSite(version);
	if (url === '') throw new UsageError('MOODLE_TOKEN is set, but MOODLE_URL is not');
	if (token === '') throw new UsageError('MOODLE_URL is set, but MOODLE_TOKEN is not');
	return { url, token, label: 'real site', close: async () => {} };
}
