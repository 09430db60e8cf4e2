import { unknownCohort } from '../actions/cohort/memberCalls';
import { readMembers } from '../actions/cohort/read';
import { explain } from '../moodle/explain';
import type { Sight } from './types';
import { listed, type Comings } from './comings';

/** Most members of a cohort that are remembered: about 100 kB. */
export const MOST_MEMBERS = 50_000;

/** Who is in a cohort. Moodle refuses to tell where it may not, so a list without somebody is true. */
export async function lookAtMembers(
	{ cohortId }: { cohortId: number },
	sight: Sight,
): Promise<Comings> {
	const { rows, refused } = await readMembers(sight.read, [cohortId]);
	const refusal = refused.get(cohortId);
	if (refusal?.code.startsWith('invalidrecord')) throw unknownCohort(cohortId);
	if (refusal) throw explain(refusal, { capabilities: ['moodle/cohort:view'] });
	return listed(rows.get(cohortId) ?? [], sight, MOST_MEMBERS, 'members in the cohort');
}
