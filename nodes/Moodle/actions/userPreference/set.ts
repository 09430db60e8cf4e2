import { success, writing } from '../build';
import { field, required } from '../fields';
import { refKey } from '../keys';
import { locator } from '../locators';
import { setPreferences } from './calls';

const name = field('name', 'Name', 'text', {
	max: 255,
	placeholder: 'e.g. htmleditor',
	description: "Moodle's own name of the preference",
});
const value = field('value', 'Value', 'text', {
	max: 1333,
	description: 'Moodle puts values that the preference does not know to one that it does',
});

export const operation = writing({
	resource: 'userPreference',
	value: 'set',
	name: 'Set',
	action: 'Set user preference',
	description: 'Set a preference of a user, such as the text editor',
	calls: [setPreferences],
	fields: [locator('user'), required(name), required(value)],
	input: (p) => ({ userId: p.ref('user', 'User'), name: p.text(name), value: p.text(value) }),
	keys: (input) => [`${refKey(input.userId)} ${input.name}`],
	record: ({ userId, name: key, value: text }) => ({ userid: userId, name: key, value: text }),
	output: ({ userId, name: key }) => success({ userid: userId, name: key }),
});
