/** The Moodle that the flows run against: the embedded stand-in, or a real site. */
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';
import type { MoodleVersion } from '../../sandbox/types';

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
	version: MoodleVersion,
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
