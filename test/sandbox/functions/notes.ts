/** core_notes_*, as 4.1 to 5.1 answered. */
import { SYSTEM, type Ctx, type Handlers } from '../access';
import { invalidResponse } from '../errors';
import type { Note } from '../rows-learning';

/** The front page, under which notes for the whole site are kept. */
const SITE = 1;

type Input = Pick<Note, 'userid' | 'courseid' | 'publishstate' | 'text'>;

/** Note by note: a refused user is told in the answer, a course without the right stops it after those before. */
function createNotes(ctx: Ctx, params: { notes: Input[] }): unknown {
	return params.notes.map(({ userid, courseid, publishstate, text }) => {
		const refused = (errormessage: string) => ({ noteid: -1, errormessage });
		if (!ctx.site.courses.get(courseid))
			return refused('You are trying to use an invalid course ID');
		ctx.need('moodle/notes:manage', ctx.enterCourseContext(courseid));
		if (!ctx.site.users.get(userid)) return refused(`Invalid user id: ${userid}`);
		const { id } = ctx.site.notes.insert({
			userid,
			courseid: publishstate === 'site' ? SITE : courseid,
			publishstate,
			text,
			author: ctx.user,
			timecreated: ctx.now(),
		});
		return { noteid: id };
	});
}

const unknownNote = (itemid: number) => ({
	item: 'note',
	itemid,
	warningcode: 'badid',
	message: 'Note does not exist',
});

/** Note by note: an unknown one is told in the answer, one without the right stops it after those before. */
function deleteNotes(ctx: Ctx, params: { notes: number[] }): unknown {
	return params.notes.flatMap((id) => {
		const note = ctx.site.notes.get(id);
		if (!note) return [unknownNote(id)];
		ctx.need('moodle/notes:manage', ctx.enterCourseContext(note.courseid));
		ctx.site.notes.remove(id);
		return [];
	});
}

/** The words in which notes are kept and read. */
const KEPT: Record<string, string> = { personal: 'draft', course: 'public', site: 'site' };

/** Without any note that is there the answer lacks its list, and Moodle refuses its own answer (4.1 to 5.1 measured). */
function getNotes(ctx: Ctx, params: { notes: number[] }): unknown {
	const notes = params.notes.flatMap((id) => {
		const note = ctx.site.notes.get(id);
		if (!note) return [];
		ctx.need('moodle/notes:view', ctx.enterCourseContext(note.courseid));
		const { userid, courseid, publishstate, text } = note;
		return [{ text, format: 1, noteid: id, userid, publishstate: KEPT[publishstate], courseid }];
	});
	if (notes.length === 0)
		throw invalidResponse('notes => Missing required key in single structure');
	const warnings = params.notes.filter((id) => !ctx.site.notes.get(id)).map(unknownNote);
	return warnings.length > 0 ? { notes, warnings } : { notes };
}

const listed = ({ id, courseid, userid, publishstate, text, author, timecreated }: Note) => ({
	id,
	courseid,
	userid,
	content: text,
	format: 1,
	created: timecreated,
	lastmodified: timecreated,
	usermodified: author,
	publishstate: KEPT[publishstate],
});

/**
 * Notes of a course, newest first; those for the site come with every course, personal ones with their author only. Without
 * the right to see them the lists of the front page are empty, and other courses are refused.
 */
function getCourseNotes(ctx: Ctx, params: { courseid: number; userid: number }): unknown {
	const { userid } = params;
	if (userid) ctx.person(userid);
	const course = ctx.course(params.courseid || SITE);
	const isSite = course.id === SITE;
	const context = isSite ? SYSTEM : ctx.enterCourseContext(course.id);
	// the notes of all courses of a user
	if (isSite && userid) ctx.notImplemented();
	if (!isSite) ctx.need('moodle/notes:view', context);
	const notes = ctx.can('moodle/notes:view', context)
		? ctx.site.notes.all().filter((note) => !userid || note.userid === userid)
		: [];
	const shown = notes.sort((a, b) => b.timecreated - a.timecreated);
	const inCourse = (state: string) =>
		isSite
			? []
			: shown.filter((note) => note.publishstate === state && note.courseid === course.id);
	return {
		sitenotes: shown.filter(({ publishstate }) => publishstate === 'site').map(listed),
		coursenotes: inCourse('course').map(listed),
		personalnotes: inCourse('personal')
			.filter(({ author }) => author === ctx.user)
			.map(listed),
		canmanagesystemnotes: ctx.can('moodle/notes:manage', SYSTEM),
		canmanagecoursenotes: ctx.can('moodle/notes:manage', context),
		warnings: [],
	};
}

export const noteFunctions: Handlers = {
	core_notes_create_notes: createNotes,
	core_notes_delete_notes: deleteNotes,
	core_notes_get_course_notes: getCourseNotes,
	core_notes_get_notes: getNotes,
};
