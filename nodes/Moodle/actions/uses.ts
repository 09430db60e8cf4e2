import type { Needing } from './types';

/**
 * What people connect a Moodle for. Function lists, role presets, `docs/moodle-setup.php` and Check Setup are all derived
 * from these and from what their operations say of themselves.
 */
export interface Use {
	/** Public: an option of moodle-setup.php, the name of files in docs/setup. */
	value: string;
	name: string;
	description: string;
	/** Whether an operation belongs to it. */
	covers: (operation: Needing) => boolean;
	/** For uses of some operations: these, each as `resource/value`. */
	names?: string[];
}

/** Covers these operations, each as `resource/value`. */
function only(...names: string[]): Pick<Use, 'covers' | 'names'> {
	return { names, covers: ({ resource, value }) => names.includes(`${resource}/${value}`) };
}

export const USES: Use[] = [
	{
		value: 'onboarding',
		name: 'Onboarding',
		description: 'People become users and members of cohorts',
		...only(
			'user/get',
			'user/create',
			'user/upsert',
			'user/update',
			'cohort/get',
			'cohort/addMember',
			'cohort/removeMember',
		),
	},
	{
		value: 'enrolment',
		name: 'Enrolment',
		description: 'Users get places in courses, and give them back',
		...only('user/get', 'course/get', 'enrolment/enrol', 'enrolment/unenrol', 'enrolment/getAll'),
	},
	{
		value: 'reporting',
		name: 'Grades Back',
		description: 'Final grades and completion of courses go back to another system',
		...only('grade/getCourseGrades', 'completion/getCourse'),
	},
	{
		value: 'events',
		name: 'Events',
		description: 'What happens in Moodle starts workflows',
		covers: ({ resource }) => resource === 'trigger',
	},
	{
		value: 'reading',
		name: 'Reading Only',
		description: 'Everything that changes nothing, for example for AI agents',
		covers: (operation) => !operation.writes,
	},
	{
		value: 'everything',
		name: 'Everything',
		description: 'All operations of the node, and all events of the trigger',
		covers: () => true,
	},
];
