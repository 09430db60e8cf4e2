/** mod_quiz_*: quizzes and attempts at them. */
import { moduleContext, SYSTEM, type Ctx, type Handlers } from '../access';
import { invalidParameter } from '../errors';
import type { CourseModule } from '../rows';
import type { QuizAttempt } from '../rows-learning';
import { formatName } from './text-tools';

const setting = (cm: CourseModule, name: string, preset = 0) => Number(cm.settings[name] ?? preset);

/** What students may see afterwards: bits for each time, as the site's settings have them. */
const REVIEW = 69904;
const REVIEW_OVERALL = 4368;

function reviewOf(ctx: Ctx): Record<string, number> {
	return {
		reviewattempt: REVIEW,
		reviewcorrectness: REVIEW,
		...(ctx.modern ? { reviewmaxmarks: REVIEW } : {}),
		reviewmarks: REVIEW,
		reviewspecificfeedback: REVIEW,
		reviewgeneralfeedback: REVIEW,
		reviewrightanswer: REVIEW,
		reviewoverallfeedback: REVIEW_OVERALL,
	};
}

function describeQuiz(ctx: Ctx, cm: CourseModule): unknown {
	const { version, site } = ctx;
	return {
		id: cm.instance,
		coursemodule: cm.id,
		course: cm.course,
		name: formatName(ctx, cm.name),
		intro: `About ${cm.name}`,
		introformat: 1,
		introfiles: [],
		section: site.sections.get(cm.section)?.section ?? 0,
		visible: cm.visible === 1,
		groupmode: cm.groupmode,
		groupingid: cm.groupingid,
		lang: '',
		...(version === '5.1' ? { enableaitools: null, enabledaiactions: null } : {}),
		timeopen: setting(cm, 'timeopen'),
		timeclose: setting(cm, 'timeclose'),
		timelimit: setting(cm, 'timelimit'),
		overduehandling: 'autosubmit',
		graceperiod: 86400,
		preferredbehaviour: 'deferredfeedback',
		canredoquestions: 0,
		attempts: setting(cm, 'attempts'),
		attemptonlast: 0,
		grademethod: 1,
		decimalpoints: 2,
		questiondecimalpoints: -1,
		...reviewOf(ctx),
		questionsperpage: 1,
		navmethod: 'free',
		shuffleanswers: 1,
		sumgrades: setting(cm, 'sumgrades', 2),
		grade: setting(cm, 'grade', 10),
		timecreated: cm.added,
		timemodified: cm.added,
		password: String(cm.settings.password ?? ''),
		subnet: '',
		browsersecurity: '',
		delay1: 0,
		delay2: 0,
		showuserpicture: 0,
		showblocks: 0,
		completionattemptsexhausted: 0,
		completionpass: 0,
		allowofflineattempts: 0,
		autosaveperiod: 60,
		hasfeedback: 0,
		hasquestions: 0,
		...(version === '5.0' || version === '5.1' ? { precreateattempts: null } : {}),
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
			id: attempt.id,
			quiz: attempt.quiz,
			userid: attempt.userid,
			attempt: attempt.attempt,
			uniqueid: attempt.id,
			layout: '1,0',
			currentpage: 0,
			preview: 0,
			state: attempt.state,
			timestart: attempt.timestart,
			timefinish: attempt.timefinish,
			timemodified: attempt.timefinish || attempt.timestart,
			timemodifiedoffline: 0,
			timecheckstate: null,
			sumgrades: attempt.sumgrades,
			...(ctx.modern ? { gradeitemmarks: [] } : {}),
			gradednotificationsenttime: null,
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
