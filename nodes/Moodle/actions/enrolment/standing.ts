import { asIs } from '../../common/asIs';
import { chunks, inParallel, READ_WIDTH } from '../../common/parallel';
import { isEnrolled } from '../../lookup/participants';
import type { Read } from '../../moodle/calls';
import { MoodleFailure } from '../../moodle/failure';
import { READS } from '../../moodle/reads';
import { objectsOf } from '../../moodle/values';
import type { Services } from '../types';
import {
	blindSpots,
	participantsOf,
	sightOf,
	SIZE,
	type Blindness,
	type Participants,
	type Sight,
} from './participants';

/** Whether a user is enrolled in a course is asked. */
export interface Question {
	courseId: number;
	userId: number;
	/** Whether it matters which roles the user has there. */
	withRoles: boolean;
}

/** What is known of a user in a course; the roles where they matter. */
export type Standing =
	| { isEnrolled: boolean; roles?: Set<number> }
	| { unknown: Blindness | MoodleFailure };

/** Up to so many users of a course are asked about one by one: a question costs 10 ms, a list of 30 participants 23 ms. */
const FEW = 2;

/** A question costs as much as so many rows of a list (10 ms to 0.34 ms; 5.1, processor time). */
const ROWS = 30;

/** Users in one request for profiles, two form variables each: 2.5 ms a row. */
const PROFILES = 50;

/** From so many users on it is likely that some are new: what tells whether to trust a list is asked beside it, then. */
const MANY = 50;

/** Questions in vain, without one that was answered, after which no more are asked. */
const IN_VAIN = 4;

const keyOf = (courseId: number, userId: number) => `${courseId} ${userId}`;

function byCourse(questions: Question[]): Map<number, Question[]> {
	const courses = new Map<number, Question[]>();
	for (const question of questions) {
		const known = courses.get(question.courseId);
		if (known) known.push(question);
		else courses.set(question.courseId, [question]);
	}
	return courses;
}

/** Each user of each course once. */
function distinct(questions: Question[]): Question[] {
	const once = new Map<string, Question>();
	for (const question of questions) {
		const key = keyOf(question.courseId, question.userId);
		const withRoles = question.withRoles || once.get(key)?.withRoles === true;
		once.set(key, { ...question, withRoles });
	}
	return [...once.values()];
}

/** Questions of which no two concern the same user: the function gives one row a user, for the last of the courses (all versions). */
function rounds(questions: Question[]): Question[][] {
	const made: Question[][] = [];
	const seen = new Map<number, number>();
	for (const question of questions) {
		const round = seen.get(question.userId) ?? 0;
		seen.set(question.userId, round + 1);
		(made[round] ??= []).push(question);
	}
	return made;
}

/** What was found out, step by step. */
class Standings {
	private readonly known = new Map<string, Standing>();

	private readonly lists = new Map<number, Participants | MoodleFailure>();

	/** Who is enrolled by Moodle's own word, whatever a list shows later. */
	private readonly enrolled = new Set<string>();

	private answered = 0;

	private inVain = 0;

	constructor(private readonly services: Services) {}

	of(courseId: number, userId: number): Standing {
		return this.known.get(keyOf(courseId, userId))!;
	}

	/** Those that nothing is known about yet. */
	open(questions: Question[]): Question[] {
		return questions.filter(({ courseId, userId }) => !this.known.has(keyOf(courseId, userId)));
	}

	private keep({ courseId, userId }: Question, standing: Standing): void {
		this.known.set(keyOf(courseId, userId), standing);
	}

	/** Asks about each user, and for the roles of those who are enrolled. What is not answered stays open. */
	async ask(questions: Question[]): Promise<void> {
		const enrolled = await inParallel(questions, READ_WIDTH, async (question) => {
			const answer = await this.answer(question);
			if (answer) this.enrolled.add(keyOf(question.courseId, question.userId));
			if (answer === false || (answer && !question.withRoles))
				this.keep(question, { isEnrolled: answer });
			return answer === true && question.withRoles;
		});
		const pages = rounds(questions.filter((_, index) => enrolled[index])).flatMap((round) =>
			chunks(round, PROFILES),
		);
		await inParallel(pages, READ_WIDTH, async (page) => await this.askRoles(page));
	}

	private async answer({ courseId, userId }: Question): Promise<boolean | undefined> {
		if (this.answered === 0 && this.inVain >= IN_VAIN) return undefined;
		const answer = await isEnrolled(this.services.read, courseId, userId);
		if (answer === undefined) this.inVain++;
		else this.answered++;
		return answer;
	}

	private async askRoles(questions: Question[]): Promise<void> {
		const userlist = questions.map(({ courseId, userId }) => ({
			userid: userId,
			courseid: courseId,
		}));
		try {
			const rows = objectsOf(
				await this.services.read(READS.core_user_get_course_user_profiles, { userlist }),
			);
			const roles = new Map(
				rows.map((row) => [
					Number(row.id),
					new Set(objectsOf(row.roles).map((role) => Number(role.roleid))),
				]),
			);
			for (const question of questions) {
				const own = roles.get(question.userId);
				if (own) this.keep(question, { isEnrolled: true, roles: own });
			}
		} catch (caught) {
			if (!(caught instanceof MoodleFailure) || caught.reach === 'everybody') throw asIs(caught);
		}
	}

	/** Reads the lists of these courses, each until it has `rows` rows for every user in question. */
	async list(questions: Question[], rows: number): Promise<void> {
		const courses = [...byCourse(questions)].filter(([id]) => this.isWorthReading(id));
		await inParallel(courses, READ_WIDTH, async ([id, users]) => {
			this.lists.set(id, await listOf(this.services.read, id, users.length * rows));
		});
		for (const question of questions) {
			const list = this.lists.get(question.courseId);
			const roles = list instanceof MoodleFailure ? undefined : list?.roles.get(question.userId);
			if (roles) this.keep(question, { isEnrolled: true, roles });
		}
	}

	/** Whether a course refuses its list: asked about together with it, others may get no answer either. */
	private isRefused(): boolean {
		return [...this.lists.values()].some((list) => list instanceof MoodleFailure);
	}

	/** A list that was refused, or read to its end in whole pages, tells no more the second time. */
	private isWorthReading(courseId: number): boolean {
		const list = this.lists.get(courseId);
		return !list || (!(list instanceof MoodleFailure) && !(list.isEnded && list.size === SIZE));
	}

	/** Who is not on a list that lacks nobody is not enrolled. At last, the others are told as unknown, with the reason. */
	async conclude(questions: Question[], isLast: boolean, sight?: Promise<Sight>): Promise<void> {
		const ended = new Map<number, Participants>();
		const unlisted = new Map<number, number[]>();
		for (const [courseId, users] of byCourse(questions)) {
			const list = this.lists.get(courseId);
			if (!list || list instanceof MoodleFailure || !list.isEnded) continue;
			ended.set(courseId, list);
			unlisted.set(
				courseId,
				users.map(({ userId }) => userId),
			);
		}
		const blindness =
			ended.size > 0
				? await blindSpots(ended, unlisted, this.services, this.isRefused() ? undefined : sight)
				: () => undefined;
		for (const question of questions) {
			const list = this.lists.get(question.courseId);
			const isSaid = this.enrolled.has(keyOf(question.courseId, question.userId));
			const gap =
				list instanceof MoodleFailure ? list : blindness(question.courseId, question.userId);
			const why = gap ?? (isSaid ? 'users' : undefined);
			if (why === undefined && ended.has(question.courseId))
				this.keep(question, { isEnrolled: false });
			else if (why !== undefined && isLast) this.keep(question, { unknown: why });
		}
	}
}

/** A list of participants; in place of one that Moodle refuses, the failure. */
async function listOf(
	read: Read,
	courseId: number,
	rows: number,
): Promise<Participants | MoodleFailure> {
	try {
		return await participantsOf(read, courseId, rows);
	} catch (caught) {
		if (caught instanceof MoodleFailure && caught.reach !== 'everybody') return caught;
		throw asIs(caught);
	}
}

/**
 * Whether users are enrolled in courses: by the cheapest questions. A few users of a course are asked about one by one; of
 * many the list of participants is read, as long as that is cheaper than asking about each. Who is not on a list that
 * may lack people, because the account does not see them, is asked about as well. Where Moodle does not tell, the list
 * is read as a whole.
 *
 * Profiles, which take many users in many courses at once, do not tell: somebody who is enrolled without a role looks
 * there like a stranger (get_course_user_profiles, 4.1 to 5.1 measured), and `core_enrol_get_users_courses` leaves suspended
 * enrolments out.
 */
export async function standingsOf(
	questions: Question[],
	services: Services,
): Promise<(courseId: number, userId: number) => Standing> {
	const all = distinct(questions);
	const courses = [...byCourse(all).values()];
	const few = courses.filter((users) => users.length <= FEW).flat();
	const many = courses.filter((users) => users.length > FEW).flat();
	const standings = new Standings(services);
	await standings.ask(few);
	const listed = standings.list(many, ROWS);
	const sight = many.length < MANY ? undefined : sightOf(services.read, [...byCourse(many).keys()]);
	// Where it is needed its failure is met. Where the lists fail as well, theirs is the one that is told.
	sight?.catch(() => undefined);
	await listed;
	await standings.conclude(standings.open(many), false, sight);
	await standings.ask(standings.open(many));
	await standings.list(standings.open(all), Infinity);
	await standings.conclude(standings.open(all), true);
	return (courseId, userId) => standings.of(courseId, userId);
}
