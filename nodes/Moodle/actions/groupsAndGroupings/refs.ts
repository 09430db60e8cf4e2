import type { INodeProperties } from 'n8n-workflow';
import type { GroupKind } from '../../lookup/groups';
import type { Reference } from '../../lookup/reference';
import { Problem } from '../../moodle/problem';
import { isObject } from '../../moodle/values';
import { isBlank } from '../convert';
import { locator } from '../locators';
import type { Parameters } from '../parameters';

const LABELS: Record<GroupKind, string> = { group: 'Group', grouping: 'Grouping' };

/** The course in which groups are looked for, where an id makes it needless. */
export const courseOfGroup: INodeProperties = locator('course', {
	required: false,
	description: 'Course in which the name is looked up. It can be left empty when an ID is given.',
});

/**
 * A group or grouping of an item. Names and ID numbers are looked up inside the course; an id given beside a course must
 * belong to it, so that nothing happens in another course by mistake.
 */
export function refInCourse(
	p: Parameters,
	kind: GroupKind,
	course: Reference | undefined,
): Reference {
	const found = p.ref(kind, LABELS[kind], `${kind}Id`, {
		scope: course,
		verify: course !== undefined,
	});
	if (course || found.mode === 'id') return found;
	throw new Problem({
		message: "'Course' is empty",
		mend: `A ${kind} is found by its name or ID number inside a course: choose the course, or give the ${kind} by its ID.`,
		code: 'empty',
	});
}

/** Whether a locator that may be empty is empty. */
export function isBlankRef(p: Parameters, name: string): boolean {
	const raw = p.raw(name);
	const value = isObject(raw) ? raw.value : raw;
	return isBlank(value);
}

/** The group or grouping that an item names, with its course where that is given. */
export function groupRef(p: Parameters): { courseId: Reference | undefined; groupId: Reference } {
	const courseId = p.maybeRef('course', 'Course');
	return { courseId, groupId: refInCourse(p, 'group', courseId) };
}

/** As `groupRef`, for a grouping. */
export function groupingRef(p: Parameters): {
	courseId: Reference | undefined;
	groupingId: Reference;
} {
	const courseId = p.maybeRef('course', 'Course');
	return { courseId, groupingId: refInCourse(p, 'grouping', courseId) };
}
