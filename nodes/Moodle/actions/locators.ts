import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';
import type { ReferenceKind } from '../lookup/reference';
import { addressPattern, type PageKind } from './addresses';

/** A way to name a record. Made by a function, because n8n's lint takes such literals for parameters without a default. */
function mode(
	name: string,
	displayName: string,
	type: INodePropertyMode['type'],
	more: Partial<INodePropertyMode>,
): INodePropertyMode {
	return Object.assign({ displayName, name, type }, more);
}

/** Empty is valid, too: whether something must be given says `required`, and n8n does not activate what is not valid. */
const matches = (regex: string, errorMessage: string): INodePropertyMode['validation'] => [
	{ type: 'regex', properties: { regex: `(?:${regex})?`, errorMessage } },
];

const byId = mode('id', 'ID', 'string', {
	placeholder: 'e.g. 42',
	validation: matches('^\\s*[0-9]+\\s*$', 'The ID is a whole number'),
});

const fromList = (searchListMethod: string) =>
	mode('list', 'From List', 'list', { typeOptions: { searchListMethod, searchable: true } });

/** n8n shows some 52 pixels of a label, so long ones are shortened, and Moodle's own word stands under the field. */
const typed = (name: string, displayName: string, placeholder: string, hint?: string) =>
	mode(name, displayName, 'string', { placeholder, ...(hint ? { hint } : {}) });

const byUrl = (kind: PageKind, placeholder: string) =>
	mode('url', 'URL', 'string', {
		placeholder,
		extractValue: { type: 'regex', regex: addressPattern(kind) },
		validation: matches(`${addressPattern(kind)}.*`, 'This is not such an address of Moodle'),
	});

const byIdNumber = typed('idnumber', 'ID No.', 'e.g. HR-1042', 'The ID number in Moodle');
const byShortName = (placeholder: string) =>
	typed('shortname', 'Short', placeholder, 'The short name in Moodle');

const MODES: Record<ReferenceKind, INodePropertyMode[]> = {
	user: [
		fromList('searchUsers'),
		typed('username', 'Login', 'e.g. nathan.smith', 'The username in Moodle'),
		typed('email', 'Email', 'e.g. nathan@example.com'),
		byIdNumber,
		byId,
		byUrl('user', 'e.g. https://moodle.example.com/user/profile.php?id=42'),
	],
	course: [
		fromList('searchCourses'),
		byShortName('e.g. BIO-101'),
		byIdNumber,
		byId,
		byUrl('course', 'e.g. https://moodle.example.com/course/view.php?id=42'),
	],
	category: [
		fromList('searchCategories'),
		byIdNumber,
		byId,
		byUrl('category', 'e.g. https://moodle.example.com/course/index.php?categoryid=42'),
	],
	cohort: [fromList('searchCohorts'), byIdNumber, byId],
	group: [fromList('searchGroups'), typed('name', 'Name', 'e.g. Monday group'), byIdNumber, byId],
	grouping: [
		fromList('searchGroupings'),
		typed('name', 'Name', 'e.g. Laboratory groups'),
		byIdNumber,
		byId,
	],
	role: [fromList('searchRoles'), byShortName('e.g. student'), byId],
};

const TITLES: Record<ReferenceKind, string> = {
	user: 'User',
	course: 'Course',
	category: 'Category',
	cohort: 'Cohort',
	group: 'Group',
	grouping: 'Grouping',
	role: 'Role',
};

/** What differs between two locators of the same kind. */
export interface LocatorOptions {
	/** Public parameter name; by default `userId`, `courseId` … */
	name?: string;
	displayName?: string;
	description?: string;
	required?: boolean;
	/** Preset value, e.g. the student role. */
	preset?: { mode: string; value: string };
}

function locatorOf(
	name: string,
	displayName: string,
	preset: { mode: string; value: string },
	modes: INodePropertyMode[],
): INodeProperties {
	const type = 'resourceLocator' as const;
	return Object.assign({
		displayName,
		name,
		type,
		default: { __rl: true, ...preset } as INodeProperties['default'],
		modes,
	});
}

/** A resource locator for one kind of record, with every mode of the design. */
export function locator(kind: ReferenceKind, options: LocatorOptions = {}): INodeProperties {
	const made = locatorOf(
		options.name ?? `${kind}Id`,
		options.displayName ?? TITLES[kind],
		{ mode: 'list', value: '', ...options.preset },
		MODES[kind],
	);
	if (options.required !== false) made.required = true;
	if (options.description) made.description = options.description;
	if (kind === 'group' || kind === 'grouping')
		made.typeOptions = { loadOptionsDependsOn: ['courseId.value'] };
	return made;
}

/** A locator for an activity. Core has no function that lists activities by name, so it is given by number or address. */
export function activityLocator(options: Omit<LocatorOptions, 'preset'> = {}): INodeProperties {
	const modes = [
		byUrl('activity', 'e.g. https://moodle.example.com/mod/assign/view.php?id=77'),
		byId,
	];
	return {
		...locatorOf(
			options.name ?? 'activityId',
			options.displayName ?? 'Activity',
			{ mode: 'url', value: '' },
			modes,
		),
		required: true,
		description:
			options.description ??
			'The number after id= in the address of the activity, or the address itself',
	};
}

/** A locator for a custom report. */
export const reportLocator: INodeProperties = Object.assign(
	locatorOf('reportId', 'Report', { mode: 'list', value: '' }, [
		fromList('searchReports'),
		byId,
		byUrl('report', 'e.g. https://moodle.example.com/reportbuilder/view.php?id=3'),
	]),
	{
		required: true,
		description:
			'A custom report, made under Site administration > Reports > Report builder > Custom reports',
	},
);
