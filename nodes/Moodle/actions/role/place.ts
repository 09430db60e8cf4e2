import type { INodeProperties } from 'n8n-workflow';
import type { Reference, Resolved } from '../../lookup/reference';
import type { Json } from '../../moodle/values';
import { activityLocator, locator } from '../locators';
import type { Parameters } from '../parameters';

/** Where a role is given, as the user chooses it, and as Moodle calls it. */
const LEVELS = {
	course: 'course',
	category: 'coursecat',
	system: 'system',
	activity: 'module',
} as const;

type Place = keyof typeof LEVELS;

const shownFor = (place: Place, property: INodeProperties): INodeProperties => ({
	...property,
	displayOptions: { show: { context: [place] } },
});

const contextField: INodeProperties = {
	displayName: 'Context',
	name: 'context',
	type: 'options',
	options: [
		{ name: 'Activity', value: 'activity' },
		{ name: 'Category', value: 'category', description: 'The category and all courses in it' },
		{
			name: 'Course',
			value: 'course',
			description: 'In the course, without enrolling: use the resource Enrolment for participants',
		},
		{ name: 'System', value: 'system', description: 'The whole site' },
	],
	default: 'course',
	description: 'Where the role applies',
};

/** The fields by which the place is chosen. */
export const placeFields: INodeProperties[] = [
	contextField,
	shownFor('course', locator('course')),
	shownFor('category', locator('category')),
	shownFor('activity', activityLocator()),
];

/** What an item says: who, which role, and where. */
export interface RoleInput {
	roleId: Reference;
	userId: Reference;
	context: Place;
	courseId?: Reference;
	categoryId?: Reference;
	cmid?: number;
}

/** Reads an item. Only the field of the chosen place is looked at. */
export function roleInput(p: Parameters, verifyUser: boolean): RoleInput {
	const context = p.choice(contextField) as Place;
	return {
		roleId: p.ref('role', 'Role'),
		userId: p.ref('user', 'User', 'userId', { verify: verifyUser }),
		context,
		courseId: context === 'course' ? p.ref('course', 'Course') : undefined,
		categoryId: context === 'category' ? p.ref('category', 'Category') : undefined,
		cmid: context === 'activity' ? p.activity() : undefined,
	};
}

/** A role assignment as Moodle wants it. The system has no number of its own; 0 stands for it (4.1 to 5.1 measured). */
export type RoleRecord = {
	roleid: number;
	userid: number;
	contextlevel: (typeof LEVELS)[Place];
	instanceid: number;
};

/** The record of an item. */
export function roleRecord({
	roleId,
	userId,
	context,
	courseId,
	categoryId,
	cmid,
}: Resolved<RoleInput>): RoleRecord {
	return {
		roleid: roleId,
		userid: userId,
		contextlevel: LEVELS[context],
		instanceid: courseId ?? categoryId ?? cmid ?? 0,
	};
}

/** The ids that go out. */
export function roleOutput({
	roleId,
	userId,
	context,
	courseId,
	categoryId,
	cmid,
}: Resolved<RoleInput>): Json {
	const place =
		context === 'course'
			? { courseid: courseId }
			: context === 'category'
				? { categoryid: categoryId }
				: context === 'activity'
					? { activityid: cmid }
					: {};
	return { roleid: roleId, userid: userId, context, ...place };
}
