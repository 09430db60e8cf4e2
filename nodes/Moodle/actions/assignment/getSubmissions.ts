import { remembering } from '../../common/remembering';
import type { Activity } from '../../lookup/activities';
import type { Resolved } from '../../lookup/reference';
import type { Read } from '../../moodle/calls';
import { toIso } from '../../moodle/dates';
import { READS } from '../../moodle/reads';
import { objectsOf, type Json, type Params } from '../../moodle/values';
import { activitiesOf, ASSIGNMENT } from '../activities';
import { reading } from '../build';
import { collection, field, returnAllAndLimit, simplify } from '../fields';
import { activityLocator } from '../locators';
import type { Parameters } from '../parameters';
import { rowsOf } from './rows';

const filters = [
	field('status', 'Status', 'choice', {
		default: 'submitted',
		options: [
			{ name: 'Draft', value: 'draft', description: 'Begun, and not handed in' },
			{ name: 'New', value: 'new', description: 'Nothing is there yet' },
			{ name: 'Reopened', value: 'reopened', description: 'Another attempt was allowed' },
			{ name: 'Submitted', value: 'submitted', description: 'Handed in' },
		],
		description: 'Only submissions in this state',
	}),
	field('since', 'Changed Since', 'date', {
		description: 'Only submissions changed then or later',
	}),
	field('before', 'Changed Until', 'date', {
		description: 'Only submissions changed then or earlier',
	}),
];

function inputOf(p: Parameters) {
	return {
		cmid: p.activity('Assignment'),
		filters: p.fields('filters', filters),
		limit: p.limit(),
		simple: p.flag('simplify'),
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

const isText = (entry: Json) => typeof entry.text === 'string' && entry.text !== '';

function simplified(activity: Activity, row: Json): Json {
	const plugins = objectsOf(row.plugins);
	const texts = plugins.flatMap((plugin) => objectsOf(plugin.editorfields)).filter(isText);
	const files = plugins
		.flatMap((plugin) => objectsOf(plugin.fileareas))
		.flatMap((area) => objectsOf(area.files));
	return {
		id: row.id,
		activityid: activity.cmid,
		userid: row.userid,
		// team submissions belong to a group
		groupid: row.groupid,
		status: row.status,
		gradingstatus: row.gradingstatus,
		// the first one is 0
		attemptnumber: row.attemptnumber,
		timemodified: toIso(row.timemodified),
		text: texts[0]?.text ?? null,
		files: files.map(({ filename, fileurl, filesize, mimetype }) => ({
			filename,
			fileurl,
			filesize,
			mimetype,
		})),
	};
}

async function submissions(read: Read, activity: Activity, wanted: Params): Promise<Json[]> {
	const reply = await read(READS.mod_assign_get_submissions, {
		assignmentids: [activity.instance],
		...wanted,
	});
	return rowsOf(reply, activity, 'submissions');
}

export const operation = reading({
	resource: 'assignment',
	value: 'getSubmissions',
	name: 'Get Submissions',
	action: 'Get submissions of assignment',
	description: 'Retrieve the latest submission of each user, with its text and files',
	reads: [READS.mod_assign_get_submissions, READS.core_course_get_course_module],
	fields: [
		activityLocator({ displayName: 'Assignment' }),
		...returnAllAndLimit,
		simplify,
		collection('filters', filters),
	],
	input: inputOf,
	steps: async (inputs: Input[], { read, each }) => {
		const activity = activitiesOf(read, ASSIGNMENT);
		const rows = remembering(async (key: string) => {
			const [cmid, wanted] = JSON.parse(key) as [number, Params];
			return await submissions(read, await activity(cmid), wanted);
		});
		return await each(inputs, async ({ cmid, filters: wanted, limit, simple }) => {
			const found = await activity(cmid);
			const some = (await rows(JSON.stringify([cmid, wanted]))).slice(0, limit);
			return { done: simple ? some.map((row) => simplified(found, row)) : some };
		});
	},
});
