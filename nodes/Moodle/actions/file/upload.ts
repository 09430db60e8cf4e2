import type { INodeProperties } from 'n8n-workflow';
import type { Resolved } from '../../lookup/reference';
import { Problem } from '../../moodle/problem';
import { isObject, type Json } from '../../moodle/values';
import { field, required } from '../fields';
import { locator } from '../locators';
import type { Parameters } from '../parameters';
import type { InputFile, Operation, Services, Step, StoredFile, Task } from '../types';
import { addPrivateFiles, updatePicture } from './calls';

type Use = 'draft' | 'privateFiles' | 'userPicture';

const inputField = field('binaryPropertyName', 'Input Data Field Name', 'text', {
	default: 'data',
});
const fileName = field('fileName', 'File Name', 'text', {
	max: 255,
	description:
		'Name in Moodle, by default the name of the file. Moodle takes out characters that it does not allow.',
});
const itemId = field('itemId', 'Draft Area', 'integer', {
	min: 0,
	description: 'Number of the draft area to add the file to; 0 makes a new one',
});
const path = field('filePath', 'Folder', 'text', {
	default: '/',
	description: 'Folder inside the area, beginning and ending with a slash',
});

const useAs: INodeProperties = {
	displayName: 'Use As',
	name: 'useAs',
	type: 'options',
	options: [
		{
			name: 'Draft File',
			value: 'draft',
			description:
				'Only upload it. The number of the draft area goes to another function, and Moodle forgets the file after some days.',
		},
		{
			name: 'Private File',
			value: 'privateFiles',
			description: 'Among the private files of the account behind the token',
		},
		{
			name: 'User Picture',
			value: 'userPicture',
			description: 'The picture in the profile of a user',
		},
	],
	default: 'draft',
	description: 'What becomes of the file in Moodle',
};

function folderOf(value: unknown): string {
	const inner = String(value ?? '')
		.split('/')
		.filter((part) => part !== '');
	if (inner.some((part) => part === '..'))
		throw new Problem({
			message: "'Folder' must not lead upwards",
			mend: 'Give a folder such as /2026/reports/.',
			code: 'badvalue',
		});
	return inner.length > 0 ? `/${inner.join('/')}/` : '/';
}

function renamed(file: InputFile, name: unknown): InputFile {
	if (name === undefined) return file;
	if (String(name).includes('/'))
		throw new Problem({
			message: "'File Name' contains a slash",
			mend: "Put folders into 'Folder'.",
			code: 'badvalue',
		});
	return { ...file, name: String(name) };
}

function inputOf(p: Parameters) {
	const use = p.choice(useAs) as Use;
	const options = p.fields('options', [fileName, itemId, path]);
	return {
		use,
		file: renamed(p.file(p.text(inputField)), options.fileName),
		userId: use === 'userPicture' ? p.ref('user', 'User') : undefined,
		itemid: use === 'draft' ? Number(options.itemId ?? 0) : 0,
		path: use === 'userPicture' ? '/' : folderOf(options.filePath),
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

function described(input: Input, stored: StoredFile): Json {
	return {
		filename: stored.filename,
		filepath: stored.filepath,
		renamed: stored.filename !== input.file.name,
	};
}

/** What is to be done with a file that lies in a draft area. */
function useOf(input: Input, stored: StoredFile): Step {
	const base = described(input, stored);
	if (input.use === 'draft')
		return { done: { itemid: stored.itemid, ...base, contextid: stored.contextid } };
	const task: Omit<Task, 'call' | 'record' | 'output'> = { action: 'upload', preview: base };
	if (input.use === 'privateFiles')
		return {
			task: {
				...task,
				call: addPrivateFiles,
				record: { draftid: stored.itemid },
				output: () => ({ ...base, contextid: stored.contextid }),
			},
		};
	const output = (reply: unknown): Json => ({
		userid: input.userId,
		...base,
		profileimageurl: isObject(reply) ? (reply.profileimageurl ?? null) : null,
	});
	return {
		task: {
			...task,
			call: updatePicture,
			record: { draftitemid: stored.itemid, delete: false, userid: input.userId },
			output,
		},
	};
}

/** Dry Run: nothing leaves n8n, not even for a draft area. */
function announced({ file, use, userId, path: filepath }: Input): Step {
	return {
		done: {
			dryRun: true,
			action: 'upload',
			useAs: use,
			filename: file.name,
			filepath,
			...(userId === undefined ? {} : { userid: userId }),
		},
	};
}

async function steps(inputs: Input[], services: Services): Promise<Step[]> {
	return await services.each(inputs, async (input) => {
		if (services.dryRun) return announced(input);
		if (!services.files)
			throw new Problem({ message: 'Files cannot be transferred here', code: 'nofiles' });
		return useOf(input, await services.files.upload(input.file, input.itemid, input.path));
	});
}

export const operation: Operation<ReturnType<typeof inputOf>> = {
	resource: 'file',
	value: 'upload',
	name: 'Upload',
	action: 'Upload file',
	description: 'Upload a file to a draft area, and use it as a picture or private file',
	writes: true,
	batched: false,
	isStepwise: true,
	calls: [updatePicture, addPrivateFiles],
	reads: [],
	serviceSetting: 'uploadfiles',
	fields: [
		{
			...required(inputField),
			hint: 'The name of the input field containing the file data to be processed',
		},
		useAs,
		{ ...locator('user'), displayOptions: { show: { useAs: ['userPicture'] } } },
	],
	options: [fileName, itemId, path],
	input: inputOf,
	steps,
};
