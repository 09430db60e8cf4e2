import type { Read } from '../moodle/calls';
import { objectsOf } from '../moodle/values';
import { readSiteInfo } from '../moodle/version';
import { readHalving } from './halving';
import { knownUsers, usersByField } from './users';
import { canSee } from './visibility';

const unique = (ids: number[]) => [...new Set(ids)];

async function siteOf(read: Read) {
	try {
		return readSiteInfo(await read('core_webservice_get_site_info', {}));
	} catch {
		return undefined;
	}
}

/**
 * Users that are not there. An account that may not see others would miss everybody: then nobody is called missing,
 * unless Moodle has refused the record already.
 */
export async function missingUsers(read: Read, ids: number[], isRefused: boolean): Promise<Set<number>> {
	const known = knownUsers(read);
	const doubtful = unique(ids).filter((id) => !known.has(id));
	const found = new Set((await usersByField(read, 'id', doubtful.map(String))).map((user) => Number(user.id)));
	const missing = doubtful.filter((id) => !found.has(id));
	if (missing.length === 0 || isRefused) return new Set(missing);
	const sees = await canSee(read, async () => await siteOf(read), 'username');
	return new Set(sees === true ? missing : []);
}

/** Cohorts that are not there. Those that the account may only fill, but not see, are not among them. */
export async function missingCohorts(read: Read, ids: number[]): Promise<Set<number>> {
	const { rows, refused } = await readHalving(unique(ids), async (cohortids) => objectsOf(await read('core_cohort_get_cohorts', { cohortids })));
	const found = new Set(rows.map((cohort) => Number(cohort.id)));
	return new Set(unique(ids).filter((id) => !found.has(id) && !refused.has(id)));
}
