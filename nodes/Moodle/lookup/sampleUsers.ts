import { asIs } from '../common/asIs';
import { inParallel, READ_WIDTH } from '../common/parallel';
import type { Read } from '../moodle/calls';
import { MoodleFailure } from '../moodle/failure';
import { READS } from '../moodle/reads';
import { objectsOf, type Json } from '../moodle/values';

/**
 * Ids to look at: the own one; the guest, who is on every site and in no course, so that only those see it who may see
 * everybody; the first accounts of the site, and those around the own one.
 */
function sample(own: number | undefined): number[] {
	const ids = Array.from({ length: 20 }, (_, index) => index + 1);
	if (own !== undefined) for (let away = 0; away <= 5; away++) ids.push(own - away, own + away);
	return [...new Set(ids)].filter((id) => id > 0);
}

/**
 * Users by id, deleted ones too. An account that Moodle cannot serialise is left out.
 *
 * @throws MoodleFailure when Moodle cannot be asked
 */
export async function usersById(read: Read, ids: number[]): Promise<Json[]> {
	const ask = async (values: number[]) =>
		objectsOf(await read(READS.core_user_get_users_by_field, { field: 'id', values }));
	try {
		return await ask(ids);
	} catch (caught) {
		if (!isPoisoned(caught)) throw asIs(caught);
	}
	const alone = await inParallel(ids, READ_WIDTH, async (id) => {
		try {
			return await ask([id]);
		} catch (caught) {
			if (isPoisoned(caught)) return [];
			throw asIs(caught);
		}
	});
	return alone.flat();
}

function isPoisoned(caught: unknown): boolean {
	return caught instanceof MoodleFailure && caught.code === 'invalidresponse';
}

/**
 * Some users of the site as the account sees them, the account itself among them: whether it sees others is asked about
 * the same people as what the database does with its own address. Asked once a run, unless Moodle did not answer.
 *
 * @param own id of the account, where it is known
 * @throws MoodleFailure when Moodle cannot be asked
 */
export async function sampleUsers(read: Read, own: number | undefined): Promise<Json[]> {
	const { memory } = read;
	memory.sample ??= usersById(read, sample(own)).catch((caught: unknown) => {
		memory.sample = undefined;
		throw asIs(caught);
	});
	return await memory.sample;
}
