import { asIs } from '../../common/asIs';
import { searchCohorts } from '../../lookup/cohorts';
import { customFieldProblem, setCustomFields } from '../../lookup/customFields';
import type { Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import type { Problem } from '../../moodle/problem';
import type { Params } from '../../moodle/values';

/** Custom fields of these records that Moodle would lose without a word; any cohort of the site tells which fields there are. */
export async function customFieldProblems(
	read: Read,
	records: Params[],
): Promise<Array<Problem | undefined>> {
	if (!setCustomFields(records)) return records.map(() => undefined);
	try {
		const [sample] = await searchCohorts(read, '', 0, 1);
		return records.map((record) => customFieldProblem(record, sample));
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody')
			return records.map(() => undefined);
		throw asIs(caught);
	}
}
