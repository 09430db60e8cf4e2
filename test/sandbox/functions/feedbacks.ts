/** mod_feedback_get_responses_analysis */
import { moduleContext, SYSTEM, type Ctx, type Handlers } from '../access';
import type { FeedbackResponse } from '../rows-learning';
import { fullName } from './user-details';

function describe(ctx: Ctx, row: FeedbackResponse, at: number): unknown {
	// other courses than its own are told by a feedback of the front page only
	const courseid = 0;
	const responses = Object.entries(row.answers).map(([name, value], index) => ({
		id: index + 1,
		name,
		printval: value,
		rawval: value,
	}));
	if (row.userid === 0) return { id: row.id, courseid, number: at + 1, responses };
	const fullname = fullName(ctx.person(row.userid));
	return {
		id: row.id,
		courseid,
		userid: row.userid,
		timemodified: row.timemodified,
		fullname,
		responses,
	};
}

function getResponses(
	ctx: Ctx,
	params: { feedbackid: number; page: number; perpage: number },
): unknown {
	const cm = ctx.site.modules.first('instance', `feedback:${params.feedbackid}`);
	if (!cm) throw ctx.missing('feedback');
	const contextid = moduleContext(ctx.site, cm.id)?.id ?? SYSTEM;
	ctx.enter(contextid);
	ctx.need('mod/feedback:viewreports', contextid);
	const all = ctx.site.feedbackResponses.find('feedback', cm.instance);
	const size = params.perpage || 20;
	const part = (rows: FeedbackResponse[]) =>
		rows
			.slice(params.page * size, (params.page + 1) * size)
			.map((row, at) => describe(ctx, row, at));
	const named = all.filter(({ userid }) => userid !== 0);
	const anonymous = all.filter(({ userid }) => userid === 0);
	return {
		attempts: part(named),
		totalattempts: named.length,
		anonattempts: part(anonymous),
		totalanonattempts: anonymous.length,
		warnings: [],
	};
}

export const feedbackFunctions: Handlers = { mod_feedback_get_responses_analysis: getResponses };
