/** core_notes_create_notes, as 4.1 and 5.1 answered. */
import type { Ctx, Handlers } from '../access';
import type { Note } from '../rows-learning';

type Input = Pick<Note, 'userid' | 'courseid' | 'publishstate' | 'text'>;

/** Note by note: a refused user is told in the answer, a course without the right stops it after those before. */
function createNotes(ctx: Ctx, params: { notes: Input[] }): unknown {
	return params.notes.map(({ userid, courseid, publishstate, text }) => {
		const refused = (errormessage: string) => ({ noteid: -1, errormessage });
		if (!ctx.site.courses.get(courseid))
			return refused('You are trying to use an invalid course ID');
		ctx.need('moodle/notes:manage', ctx.enterCourseContext(courseid));
		if (!ctx.site.users.get(userid)) return refused(`Invalid user id: ${userid}`);
		const place = publishstate === 'site' ? 1 : courseid;
		return { noteid: ctx.site.notes.insert({ userid, courseid: place, publishstate, text }).id };
	});
}

export const noteFunctions: Handlers = { core_notes_create_notes: createNotes };
