/** All functions of the stand-in, merged from one file a domain. */
import type { Handlers } from '../access';
import { activityFunctions } from './activities';
import { assignmentFunctions } from './assignments';
import { badgeFunctions } from './badges';
import { calendarFunctions } from './calendar';
import { categoryFunctions } from './categories';
import { cohortMemberFunctions } from './cohort-members';
import { cohortFunctions } from './cohorts';
import { competencyFunctions } from './competencies';
import { completionFunctions } from './completion';
import { contentFunctions } from './contents';
import { courseFunctions } from './courses';
import { enrolManualFunctions } from './enrol-manual';
import { enrolledFunctions } from './enrolled';
import { feedbackFunctions } from './feedbacks';
import { fileFunctions } from './files';
import { forumFunctions } from './forums';
import { gradeFunctions } from './grades';
import { groupMemberFunctions } from './group-members';
import { groupingFunctions } from './groupings';
import { groupFunctions } from './groups';
import { messageFunctions } from './messages';
import { noteFunctions } from './notes';
import { preferenceFunctions } from './preferences';
import { quizFunctions } from './quizzes';
import { reportFunctions } from './reports';
import { roleFunctions } from './roles';
import { siteFunctions } from './site';
import { updateFunctions } from './updates';
import { userFunctions } from './users';

export const handlers: Handlers = {
	...siteFunctions,
	...userFunctions,
	...categoryFunctions,
	...courseFunctions,
	...contentFunctions,
	...enrolManualFunctions,
	...enrolledFunctions,
	...groupFunctions,
	...groupMemberFunctions,
	...groupingFunctions,
	...cohortFunctions,
	...cohortMemberFunctions,
	...roleFunctions,
	...gradeFunctions,
	...assignmentFunctions,
	...completionFunctions,
	...messageFunctions,
	...calendarFunctions,
	...badgeFunctions,
	...fileFunctions,
	...reportFunctions,
	...forumFunctions,
	...activityFunctions,
	...quizFunctions,
	...noteFunctions,
	...preferenceFunctions,
	...feedbackFunctions,
	...competencyFunctions,
	...updateFunctions,
};
