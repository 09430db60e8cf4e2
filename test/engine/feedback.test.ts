import type { Sandbox } from '../sandbox';
import { addModule } from '../sandbox/builders';
import type { CourseModule } from '../sandbox/rows';
import { addBiology } from '../support/biology';
import { by, nodeOn, onStandIn, sentTo, split } from '../support/node';

let sandbox: Sandbox;
let ada: number;
let course: number;
let survey: CourseModule;
onStandIn((standIn) => (sandbox = standIn));
beforeEach(() => {
	const { site } = sandbox;
	({ course, ada } = addBiology(site));
	survey = addModule(site, course, 'feedback', 'Survey');
});

const feedback = nodeOn('feedback', () => sandbox);
const sent = sentTo(() => sandbox);
const answering = (userid: number) =>
	sandbox.site.feedbackResponses.insert({
		feedback: survey.instance,
		userid,
		timemodified: 1_700_000_000,
		answers: { 'How was it?': 'Good' },
	}).id;
const each = { activityId: by('id', '={{ $json.id }}') };

test('getResponses: with names and without; one bad activity costs its item only', async () => {
	const [named, anonymous] = [answering(ada), answering(0)];
	const items = [{ id: survey.id }, { id: 9999 }];
	const { json, errors } = await feedback('getResponses', each, items, split);
	const about = { activityid: survey.id, courseid: course };
	const answers = [{ id: 1, question: 'How was it?', answer: 'Good' }];
	expect(json).toEqual([
		{
			id: named,
			...about,
			userid: ada,
			userfullname: 'Ada Byron',
			timemodified: expect.stringMatching(/^2023-/),
			answers,
		},
		{ id: anonymous, ...about, userid: null, userfullname: null, timemodified: null, answers },
	]);
	expect(errors).toEqual([expect.stringMatching(/no activity with the number 9999/)]);
});

test('over several pages, at most as many as the limit says', async () => {
	for (let at = 0; at < 120; at++) answering(ada);
	const all = await feedback('getResponses', { ...each, returnAll: true }, [{ id: survey.id }]);
	expect(new Set(all.json.map(({ id }) => id)).size).toBe(120);
	expect(sent('mod_feedback_get_responses_analysis')).toBe(2);
	expect(
		(await feedback('getResponses', { ...each, limit: 7 }, [{ id: survey.id }])).json,
	).toHaveLength(7);
});

test('what the account may not see is an error', async () => {
	const token = sandbox.tokenWith(['moodle/course:view', 'mod/feedback:view']);
	const { errors } = await feedback('getResponses', each, [{ id: survey.id }], { ...split, token });
	expect(errors).toEqual([expect.stringMatching(/mod\/feedback:viewreports/)]);
});
