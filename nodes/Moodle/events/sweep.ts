import { enrolledUsers } from '../actions/enrolment/pages';
import { inParallel, READ_WIDTH } from '../common/parallel';
import type { Read } from '../moodle/calls';
import { Problem } from '../moodle/problem';
import type { Json } from '../moodle/values';
import { needAtMost } from './comings';
import { needWholeList } from './groups';
import type { Look, Row, Sight } from './types';

/** Most participants of a course whose completion is followed: activation asks for each of them, 20 to 50 ms each. */
export const MOST_PARTICIPANTS = 1000;

/** Participants asked about in a poll: half of them those who were in the course last, half of them in turn. */
export const LOOKS = 50;

/** Participants asked about for a sample. */
const SAMPLE = 20;

const PAGE = 500;

/** What is found of one participant: the row of what is completed, `open`, or undefined where Moodle does not follow the user. */
export type Finding = Omit<Row, 'key' | 'version'> | 'open' | undefined;

interface Participant {
	id: number;
	access: number;
}

async function participants(read: Read, courseid: number): Promise<Participant[]> {
	const fields = { userfields: 'id,lastcourseaccess' };
	const { users } = await enrolledUsers(read, courseid, fields, Infinity, PAGE);
	return users.map((user: Json) => ({
		id: Number(user.id),
		access: Number(user.lastcourseaccess ?? 0),
	}));
}

/** Those to ask about in this poll, and where the turn goes on. Who has completed is asked again in turn only: it can be taken back. */
export function choose(
	people: Participant[],
	seen: ReadonlyMap<number, number>,
	place: number,
): { ids: number[]; place: number } {
	if (people.length <= LOOKS) return { ids: people.map(({ id }) => id), place: 0 };
	const recent = people
		.filter(({ id }) => !seen.has(id))
		.sort((a, b) => b.access - a.access || b.id - a.id)
		.slice(0, LOOKS / 2)
		.map(({ id }) => id);
	const chosen = new Set(recent);
	const others = people.map(({ id }) => id).filter((id) => !chosen.has(id));
	others.sort((a, b) => a - b);
	const turn = others.filter((id) => id > place).slice(0, LOOKS - recent.length);
	const again = others.slice(0, LOOKS - recent.length - turn.length);
	return { ids: [...recent, ...turn, ...again], place: (again.at(-1) ?? turn.at(-1)) || 0 };
}

/**
 * Who has completed something, where Moodle tells it of one user at a time: all participants at activation, some at each
 * poll. Found sooner or later, told once.
 *
 * @throws Problem for a course of more participants than can be asked about, and at activation where some are hidden
 */
export async function sweep(
	courseid: number,
	sight: Sight,
	find: (userid: number) => Promise<Finding>,
): Promise<Look> {
	if (sight.purpose === 'base') await needWholeList(courseid, sight);
	const { read, purpose, seen, place } = sight;
	const people = await participants(read, courseid);
	needAtMost(
		people.length,
		MOST_PARTICIPANTS,
		'participants in the course',
		'Use a custom report on course participants with the event Report Row Added.',
	);
	const turn = purpose === 'news' ? choose(people, seen, place) : undefined;
	const all = people.map(({ id }) => id);
	const ids =
		turn?.ids ?? (purpose === 'sample' ? choose(people, seen, 0).ids.slice(0, SAMPLE) : all);
	const found = await inParallel(ids, READ_WIDTH, find);
	const look: Required<Look> = { rows: [], gone: [], place: turn?.place ?? 0 };
	found.forEach((finding, index) => {
		const key = ids[index];
		if (finding === 'open') look.gone.push(key);
		else if (finding) look.rows.push({ ...finding, key, version: 0 });
	});
	return look;
}

/** For a course or activity whose completion Moodle does not follow at all. */
export function notFollowed(what: string): Problem {
	return new Problem({
		message: `Moodle does not follow the completion of this ${what}`,
		mend:
			what === 'course'
				? "Set what completes the course under 'Course completion' in the course, with 'Enable completion tracking' on in its settings."
				: "Set 'Completion conditions' in the settings of the activity.",
		code: 'nocompletion',
	});
}
