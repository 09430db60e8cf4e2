import type { Params } from '../../moodle/values';
import { idOf, writing } from '../build';
import { collection, required } from '../fields';
import { createUsers, usersByFieldFacts } from './calls';
import {
	createPassword,
	email,
	findable,
	firstname,
	lastname,
	newUser,
	password,
	profile,
	userFields,
	username,
} from './userFields';

const additional = [password, createPassword, ...profile];

export const operation = writing({
	resource: 'user',
	value: 'create',
	name: 'Create',
	action: 'Create user',
	description: 'Create a new user',
	calls: [createUsers],
	reads: [usersByFieldFacts],
	fields: [
		required(username),
		required(firstname),
		required(lastname),
		required(email),
		collection('additionalFields', additional),
	],
	input: (p) => ({
		record: {
			username: findable(username, p.text(username)).toLowerCase(),
			firstname: p.text(firstname),
			lastname: p.text(lastname),
			email: p.text(email),
			...userFields(p, 'additionalFields', additional),
		} as Params,
	}),
	keys: ({ record }) => [
		`user username ${String(record.username)}`,
		`user email ${String(record.email).toLowerCase()}`,
	],
	record: ({ record }) => newUser(record),
	output: ({ record }, reply) => ({
		id: idOf(reply),
		username: record.username,
		email: record.email,
		firstname: record.firstname,
		lastname: record.lastname,
	}),
});
