/** mod_quiz_*: quizzes and attempts at them. As 4.1 to 5.1 answered an administrator; the fields that matter. */
import { moduleContext, SYSTEM, type Ctx, type Handlers } from '../access';
import { invalidParameter } from '../errors';
import type { CourseModule } from '../rows';
import type { QuizAttempt } from '../rows-learning';
import { formatName } from './text-tools';

const setting = (cm: CourseModule, name: string, preset = 0) => Number(cm.settings[name] ?? preset);

function describeQuiz(ctx: Ctx, cm: CourseModule): unknown {
	return {
		id: cm.instance,
		coursemodule: cm.id,
		course: cm.course,
		name: formatName(ctx, cm.name),
		intro: `About ${cm.name}`,
		introformat: 1,
		introfiles: [],
		visible: cm.visible === 1,
		groupmode: cm.groupmode,
		timeopen: setting(cm, 'timeopen'),
		timeclose: setting(cm, 'timeclose'),
		timelimit: setting(cm, 'timelimit'),
		attempts: setting(cm, 'attempts'),
		sumgrades: setting(cm, 'sumgrades', 2),
		grade: setting(cm, 'grade', 10),
		password: String(cm.settings.password ?? ''),
	};
}

function getQuizzes(ctx: Ctx, params: { courseids: number[] }): unknown {
	const warnings: unknown[] = [];
	const quizzes = params.courseids.flatMap((id) => {
		if (!ctx.canEnterCourse(id)) {
			const message = 'No access rights in course context';
			warnings.push({ item: 'course', itemid: id, warningcode: '1', message });
			return [];
		}
		return ctx.site.modules
			.find('course', id)
			.filter(
				(cm) =>
					cm.modname === 'quiz' &&
					ctx.can('mod/quiz:view', moduleContext(ctx.site, cm.id)?.id ?? SYSTEM),
			)
			.map((cm) => describeQuiz(ctx, cm));
	});
	return { quizzes, warnings };
}

interface OfUser {
	quizid: number;
	userid: number;
}

/** The quiz, and whose attempts are wanted: those of others need a right. */
function enterQuiz(ctx: Ctx, { quizid, userid }: OfUser): { cm: CourseModule; userid: number } {
	const cm = ctx.site.modules.first('instance', `quiz:${quizid}`);
	if (!cm) throw ctx.missing('quiz');
	const contextid = moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;
	ctx.enter(contextid);
	const user = ctx.person(userid || ctx.user);
	if (user.id !== ctx.user) ctx.need('mod/quiz:viewreports', contextid);
	return { cm, userid: user.id };
}

const WANTED: Record<string, (attempt: QuizAttempt) => boolean> = {
	all: () => true,
	finished: ({ state }) => state === 'finished' || state === 'abandoned',
	unfinished: ({ state }) => state === 'inprogress' || state === 'overdue',
};

function getAttempts(ctx: Ctx, params: OfUser & { status: string }): unknown {
	const { cm, userid } = enterQuiz(ctx, params);
	if (!(params.status in WANTED)) throw invalidParameter('Invalid status value');
	const attempts = ctx.site.quizAttempts
		.find('place', `${cm.instance}:${userid}`)
		.filter(WANTED[params.status])
		.sort((a, b) => a.attempt - b.attempt)
		.map((attempt) => ({
			...attempt,
			uniqueid: attempt.id,
			layout: '1,0',
			currentpage: 0,
			preview: 0,
			timemodified: attempt.timefinish || attempt.timestart,
			timemodifiedoffline: 0,
			timecheckstate: 0,
			gradednotificationsenttime: null,
			...(ctx.modern ? { gradeitemmarks: [] } : {}),
		}));
	return { attempts, warnings: [] };
}

/** The best of the finished attempts; a quiz may be set to other ways. */
function getBestGrade(ctx: Ctx, params: OfUser): unknown {
	const { cm, userid } = enterQuiz(ctx, params);
	const points = ctx.site.quizAttempts
		.find('place', `${cm.instance}:${userid}`)
		.flatMap(({ state, sumgrades }) =>
			state === 'finished' && sumgrades !== null ? [sumgrades] : [],
		);
	if (points.length === 0) return { hasgrade: false, warnings: [] };
	const [sum, grade] = [setting(cm, 'sumgrades', 2), setting(cm, 'grade', 10)];
	return { hasgrade: true, grade: (Math.max(...points) / sum) * grade, warnings: [] };
}

export const quizFunctions: Handlers = {
	mod_quiz_get_quizzes_by_courses: getQuizzes,
	mod_quiz_get_user_attempts: getAttempts,
	mod_quiz_get_user_best_grade: getBestGrade,
};
