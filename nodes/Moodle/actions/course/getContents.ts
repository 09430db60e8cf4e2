import type { INodeProperties } from 'n8n-workflow';
import type { Reference } from '../../lookup/reference';
import { Problem } from '../../moodle/problem';
import { READS } from '../../moodle/reads';
import { objectsOf, type Json, type Params, type Value } from '../../moodle/values';
import { pick, reading } from '../build';
import { collection, field, simplify, type Field } from '../fields';
import { locator } from '../locators';
import { contentsOf } from './contents';

interface Input {
	courseId: Reference;
	bySection: boolean;
	options: Value[];
	simplify: boolean;
}

const output: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{
			name: 'One Item per Activity',
			value: 'modules',
			description: 'Activities and resources, each with the section it is in',
		},
		{ name: 'One Item per Section', value: 'sections' },
	],
	default: 'modules',
};

/** Options of the function, with their own names. */
const filters: Field[] = [
	field('modname', 'Activity Type', 'text', {
		placeholder: 'e.g. quiz',
		description:
			'Only activities of this type: the name that stands in the address, such as assign, quiz, forum or resource',
	}),
	field('modid', 'Activity Instance ID', 'integer', {
		min: 1,
		description: 'Only the activity with this instance ID; needs the type as well',
	}),
	field('cmid', 'Course Module ID', 'integer', {
		min: 1,
		description: 'Only the activity whose address ends with this number',
	}),
	field('sectionid', 'Section ID', 'integer', { min: 1, description: 'Only this section' }),
	field('sectionnumber', 'Section Number', 'integer', {
		min: 0,
		description: 'Only the section in this place; the first one is 0',
	}),
	field('includestealthmodules', 'Include Stealth Activities', 'switch', {
		default: true,
		description:
			'Whether activities that are available but not shown on the course page are listed',
	}),
	field('excludecontents', 'Exclude Files', 'switch', {
		default: true,
		description: 'Whether files inside activities are left out of the unsimplified output',
	}),
];

/** The options as Moodle takes them; what the simplified output does not show is not asked for. */
function optionsOf(entered: Params, isShort: boolean): Value[] {
	const options: Params = { ...entered, ...(isShort ? { excludecontents: 1 } : {}) };
	return Object.entries(options).map(([name, value]) => ({
		name,
		value: String(value as string | number),
	}));
}

function showSection(section: Json, isShort: boolean): Json {
	if (!isShort) return section;
	const { visible } = section;
	return {
		...pick(section, ['id', 'section', 'name', 'summary']),
		visible: visible === undefined || Number(visible) === 1,
		modulecount: objectsOf(section.modules).length,
	};
}

function showModule(module: Json, section: Json, isShort: boolean): Json {
	const place = { sectionid: section.id, section: section.section, sectionname: section.name };
	if (!isShort) return { ...module, ...place };
	const { visible } = module;
	return {
		...pick(module, ['id', 'name', 'modname', 'instance', 'url']),
		visible: visible === undefined || Number(visible) === 1,
		...place,
	};
}

export const operation = reading<Input>({
	resource: 'course',
	value: 'getContents',
	name: 'Get Contents',
	action: 'Get course contents',
	description: 'Retrieve the sections and activities of a course',
	reads: [READS.core_course_get_contents],
	fields: [locator('course'), output, simplify, collection('filters', filters)],
	input: (p) => {
		const entered = p.fields('filters', filters);
		if (entered.modid !== undefined && entered.modname === undefined)
			throw new Problem({
				message: "'Activity Instance ID' needs 'Activity Type' as well",
				mend: 'Each type of activity counts its instances from 1.',
				code: 'badvalue',
			});
		return {
			courseId: p.ref('course', 'Course'),
			bySection: p.choice(output) === 'sections',
			options: optionsOf(entered, p.flag('simplify')),
			simplify: p.flag('simplify'),
		};
	},
	steps: async (inputs, { read, each }) =>
		await each(inputs, async ({ courseId, bySection, options, simplify: isShort }) => {
			const sections = await contentsOf(read, courseId, options);
			if (bySection) return { done: sections.map((section) => showSection(section, isShort)) };
			return {
				done: sections.flatMap((section) =>
					objectsOf(section.modules).map((module) => showModule(module, section, isShort)),
				),
			};
		}),
});
