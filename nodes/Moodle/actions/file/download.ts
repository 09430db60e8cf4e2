import { Problem } from '../../moodle/problem';
import { reading } from '../build';
import { field, required } from '../fields';

const url = field('url', 'File URL', 'text', {
	placeholder: 'e.g. https://moodle.example.com/pluginfile.php/5/user/private/notes.txt',
	description:
		'Address of the file as Moodle gives it, for example in the contents of a course. The token is added by itself, and only for this site.',
});
const output = field('binaryPropertyName', 'Put Output File in Field', 'text', { default: 'data' });
const fileName = field('fileName', 'File Name', 'text', {
	description: 'Name of the file in n8n, by default the name in Moodle',
});

export const operation = reading({
	resource: 'file',
	value: 'download',
	name: 'Download',
	action: 'Download file',
	description: 'Download a file of a course, an activity or a user',
	reads: [],
	serviceSetting: 'downloadfiles',
	fields: [
		required(url),
		{ ...required(output), hint: 'The name of the output binary field to put the file in' },
	],
	options: [fileName],
	input: (p) => {
		const { fileName: name } = p.fields('options', [fileName]);
		return {
			url: p.text(url),
			field: p.text(output),
			name: name === undefined ? undefined : String(name).trim(),
		};
	},
	steps: async (inputs, services) =>
		await services.each(inputs, async (input) => {
			if (!services.files)
				throw new Problem({ message: 'Files cannot be transferred here', code: 'nofiles' });
			const { binary, size } = await services.files.download(input.url, input.name);
			const json = { filename: binary.fileName, mimetype: binary.mimeType, filesize: size ?? null };
			return { done: { json, binary: { [input.field]: binary } } };
		}),
});
