import { unknownCohort } from '../actions/cohort/memberCalls';
import { readMembers } from '../actions/cohort/read';
import { locator } from '../actions/locators';
import type { Parameters } from '../actions/parameters';
import { usersByFieldFacts } from '../actions/user/calls';
import type { Read } from '../moodle/calls';
import { explain } from '../moodle/explain';
import { READS } from '../moodle/reads';
import { listed, type Comings } from './comings';
import { withUser, withUsers } from './people';
import type { Row, Show, Sight } from './types';

/** Most members of a cohort that are remembered: about 100 kB. */
const MOST_MEMBERS = 50_000;

/** Who is in a cohort. Moodle refuses to tell where it may not, so a list without somebody is true. */
async function look({ cohortId }: { cohortId: number }, sight: Sight): Promise<Comings> {
	const { rows, refused } = await readMembers(sight.read, [cohortId]);
	const refusal = refused.get(cohortId);
	if (refusal?.code.startsWith('invalidrecord')) throw unknownCohort(cohortId);
	if (refusal) throw explain(refusal, { capabilities: ['moodle/cohort:view'] });
	return listed(rows.get(cohortId) ?? [], sight, MOST_MEMBERS, 'members in the cohort');
}

/** What the events of members who come and go have in common. */
export const memberEvent = {
	reads: [READS.core_cohort_get_cohort_members, usersByFieldFacts],
	fields: [locator('cohort'), withUser],
	most: MOST_MEMBERS,
	input: (p: Parameters) => ({ cohortId: p.ref('cohort', 'Cohort') }),
	look,
	items: async ({ cohortId }: { cohortId: number }, rows: Row[], read: Read, show: Show) =>
		await withUsers(read, rows, show, ({ key }) => ({ cohortid: cohortId, userid: key })),
};
