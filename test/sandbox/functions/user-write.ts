/** Creating, updating and deleting users. */
import { createHash } from 'node:crypto';

import { SYSTEM, type Ctx } from '../access';
import { isEmail } from '../clean';
import { caught, invalidParameter, moodleError, writeError } from '../errors';
import type { User } from '../rows';
import { newUser } from '../site';

/** A user as create and update get it. */
interface UserInput {
	id?: number;
	username?: string;
	password?: string;
	createpassword?: boolean;
	auth?: string;
	email?: string;
	lang?: string;
	theme?: string;
	country?: string;
	interests?: string;
	suspended?: boolean;
	customfields?: Array<{ type: string; value: string }>;
	preferences?: Array<{ type: string; value: string }>;
	[column: string]: unknown;
}

/** Columns that go into the row as they come. */
const COLUMNS = [
	'username',
	'auth',
	'firstname',
	'lastname',
	'middlename',
	'alternatename',
	'firstnamephonetic',
	'lastnamephonetic',
	'email',
	'maildisplay',
	'idnumber',
	'institution',
	'department',
	'address',
	'phone1',
	'phone2',
	'city',
	'lang',
	'calendartype',
	'theme',
	'timezone',
	'mailformat',
	'trackforums',
	'description',
	'suspended',
] as const;

const LENGTHS: Record<string, number> = {
	username: 100,
	firstname: 100,
	lastname: 100,
	email: 100,
	idnumber: 255,
	institution: 255,
	department: 255,
	address: 255,
	phone1: 20,
	phone2: 20,
	city: 120,
};

/** Sign-in methods that keep their own passwords. */
const EXTERNAL = new Set(['ldap', 'oauth2', 'db', 'none']);

function checkLengths(input: UserInput): void {
	for (const [name, length] of Object.entries(LENGTHS)) {
		const value = input[name];
		if (typeof value === 'string' && [...value].length > length)
			throw writeError(`Data too long for column '${name}'`);
	}
}

/** Rules that a password breaks, as Moodle puts them: one div each. */
export function passwordProblems(password: string): string {
	const rules: Array<[boolean, string]> = [
		[[...password].length >= 8, 'Passwords must be at least 8 characters long.'],
		[/\d/.test(password), 'Passwords must have at least 1 digit(s).'],
		[/\p{Ll}/u.test(password), 'Passwords must have at least 1 lower case letter(s).'],
		[/\p{Lu}/u.test(password), 'Passwords must have at least 1 upper case letter(s).'],
		[
			/[^\p{L}\p{N}]/u.test(password),
			'The password must have at least 1 special character(s) such as *, -, or #.',
		],
	];
	return rules
		.filter(([kept]) => !kept)
		.map(([, text]) => `<div>${text}</div>`)
		.join('');
}

function checkPassword(ctx: Ctx, password: string): void {
	const problems = ctx.switches.passwordPolicy ? passwordProblems(password) : '';
	if (problems) throw moodleError(problems, `error/${problems}`);
}

function emailTaken(ctx: Ctx, email: string, except: number): boolean {
	if (ctx.switches.sameEmail) return false;
	return ctx.site.users
		.find('address', ctx.site.texts.lower(email))
		.some((user) => user.id !== except);
}

/**
 * An interest as a tag of the site: the first spelling stays. Moodle looks for its small letters itself; where the
 * database takes them for those of another tag, it cannot store a second one (4.1, 4.5 and 5.1 on MariaDB measured).
 */
function tagOf(ctx: Ctx, name: string): string {
	const { site } = ctx;
	const lower = name.toLowerCase();
	const same = site.tags.find('name', site.texts.key(lower));
	const known = same.find((tag) => tag.rawname.toLowerCase() === lower);
	if (!known && same.length > 0) throw writeError(`Duplicate entry '1-${lower}'`);
	return (known ?? site.tags.insert({ rawname: name })).rawname;
}

/** The interests in a text; a zero is none. */
function interestsOf(ctx: Ctx, text: string): string[] {
	const names = text
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '' && name !== '0');
	return names.map((name) => tagOf(ctx, name));
}

function columnsOf(ctx: Ctx, input: UserInput): Partial<User> {
	const values: Record<string, unknown> = {};
	for (const name of COLUMNS)
		if (input[name] !== undefined && input[name] !== null) values[name] = input[name];
	if (input.country !== undefined)
		values.country = /^[A-Z]{2}$/.test(input.country) ? input.country : '';
	if (typeof input.interests === 'string' && input.interests !== '' && input.interests !== '0') {
		values.interests = interestsOf(ctx, input.interests);
	}
	return values as Partial<User>;
}

/** Custom profile fields: unknown ones are ignored, a choice that does not exist becomes empty. */
function profileOf(
	ctx: Ctx,
	input: UserInput,
	old: Record<number, string>,
): Record<number, string> {
	const profile = { ...old };
	for (const { type, value } of input.customfields ?? []) {
		const field = ctx.site.profileFields.first('shortname', ctx.site.texts.key(type));
		if (!field) continue;
		const unknown = field.datatype === 'menu' && !field.param1.split('\n').includes(value);
		profile[field.id] = unknown ? '' : value;
	}
	return profile;
}

function preferencesOf(input: UserInput, old: Record<string, string>): Record<string, string> {
	const preferences = { ...old };
	for (const { type, value } of input.preferences ?? []) preferences[type] = value;
	return preferences;
}

function checkNewUser(ctx: Ctx, input: UserInput): void {
	for (const name of ['username', 'firstname', 'lastname']) {
		if (String(input[name]).trim() === '')
			throw invalidParameter(`The field ${name} cannot be blank`);
	}
	if (ctx.site.users.first('username', ctx.site.texts.key(String(input.username)))) {
		throw invalidParameter(`Username already exists: ${input.username}`);
	}
	if (!input.auth) throw invalidParameter(`Invalid authentication type: ${input.auth}`);
	if (!input.lang) throw invalidParameter(`Invalid language code: ${input.lang}`);
	if (!EXTERNAL.has(input.auth) && !input.password && !input.createpassword) {
		throw invalidParameter('Invalid password: you must provide a password, or set createpassword.');
	}
	const email = String(input.email);
	if (!isEmail(email)) throw invalidParameter(`Email address is invalid: ${email}`);
	if (emailTaken(ctx, email, 0)) throw invalidParameter(`Email address already exists: ${email}`);
}

function createOne(ctx: Ctx, input: UserInput): { id: number; username: string } {
	checkNewUser(ctx, input);
	const now = ctx.now();
	const internal = !EXTERNAL.has(String(input.auth));
	const own = internal && !input.createpassword;
	if (own) checkPassword(ctx, String(input.password));
	checkLengths(input);
	const preferences: Record<string, string> = own
		? { auth_manual_passwordupdatetime: String(now) }
		: {};
	if (internal && input.createpassword) preferences.auth_forcepasswordchange = '1';
	const user = ctx.site.users.insert(
		newUser(
			{
				username: String(input.username),
				...columnsOf(ctx, input),
				password: own ? String(input.password) : '',
				profile: profileOf(ctx, input, {}),
				preferences: preferencesOf(input, preferences),
			},
			now,
		),
	);
	return { id: user.id, username: user.username };
}

/** core_user_create_users: all or nothing. */
export function createUsers(ctx: Ctx, params: { users: UserInput[] }): unknown {
	ctx.enterSystem();
	ctx.need('moodle/user:create', SYSTEM);
	return ctx.atomic(() => params.users.map((input) => createOne(ctx, input)));
}

function checkUpdate(ctx: Ctx, input: UserInput, existing: User | undefined): User {
	if (!existing) throw moodleError('invaliduserid', 'Invalid user ID');
	if (existing.id !== ctx.user && ctx.site.admins.has(existing.id) && !ctx.isAdmin) {
		throw moodleError('usernotupdatedadmin', 'Cannot update admin accounts');
	}
	if (existing.deleted) throw moodleError('usernotupdateddeleted', 'error/usernotupdateddeleted');
	if (existing.id === 1) throw moodleError('usernotupdatedguest', 'error/usernotupdatedguest');
	if (input.email !== undefined && input.email !== existing.email) {
		if (!isEmail(input.email)) throw moodleError('useremailinvalid', 'error/useremailinvalid');
		if (emailTaken(ctx, input.email, existing.id))
			throw moodleError('useremailduplicate', 'Duplicate address');
	}
	return existing;
}

function updateOne(ctx: Ctx, input: UserInput): void {
	const old = checkUpdate(ctx, input, ctx.site.users.get(Number(input.id)));
	if (input.password !== undefined) checkPassword(ctx, input.password);
	checkLengths(input);
	const taken =
		input.username !== undefined &&
		ctx.site.users
			.find('username', ctx.site.texts.key(input.username))
			.some((u) => u.id !== old.id);
	if (taken) throw writeError(`Duplicate entry '1-${input.username}'`);
	const values = columnsOf(ctx, input);
	if (input.password !== undefined) values.password = input.password;
	ctx.site.users.update(old.id, {
		...values,
		profile: profileOf(ctx, input, old.profile),
		preferences: preferencesOf(input, old.preferences),
		timemodified: ctx.now(),
	});
}

/**
 * core_user_update_users: each record in its own transaction, refusals as warnings.
 * A weak password becomes a warning whose code is HTML, which then makes the whole reply invalid.
 */
export function updateUsers(ctx: Ctx, params: { users: UserInput[] }): unknown {
	ctx.enterSystem();
	ctx.need('moodle/user:update', SYSTEM);
	const warnings: unknown[] = [];
	for (const input of params.users) {
		try {
			ctx.atomic(() => updateOne(ctx, input));
		} catch (error) {
			const { code, text } = caught(error);
			warnings.push({ item: 'user', itemid: input.id, warningcode: code, message: text });
		}
	}
	return { warnings };
}

/** What deleting a user takes along. */
function removeTraces(ctx: Ctx, userid: number): void {
	const { site } = ctx;
	for (const row of site.groupMembers.find('user', userid)) site.groupMembers.remove(row.id);
	for (const row of site.cohortMembers.find('user', userid)) site.cohortMembers.remove(row.id);
	for (const row of site.userEnrolments.find('user', userid)) site.userEnrolments.remove(row.id);
	for (const row of site.roleAssignments.find('user', userid)) site.roleAssignments.remove(row.id);
	for (const row of site.gradeGrades.find('user', userid)) site.gradeGrades.remove(row.id);
}

function deleteOne(ctx: Ctx, id: number): void {
	const user = ctx.site.users.get(id);
	if (!user || user.deleted) throw ctx.missing('user');
	if (ctx.site.admins.has(id))
		throw moodleError('useradminodelete', 'Administrator accounts cannot be deleted.');
	if (ctx.user === id) throw moodleError('usernotdeletederror', 'User not deleted - error');
	if (id === 1) return;
	removeTraces(ctx, id);
	const now = ctx.now();
	const hash = createHash('md5').update(user.username).digest('hex');
	ctx.site.users.update(id, {
		deleted: true,
		username: deletedName(ctx, user, now),
		email: hash,
		idnumber: '',
		timemodified: now,
	});
}

/** `mail.timestamp`, made unique like Moodle does. */
function deletedName(ctx: Ctx, user: User, now: number): string {
	const base = user.email.includes('@') ? user.email : `${user.username}@unknownemail.invalid`;
	let time = now;
	while (ctx.site.users.first('username', ctx.site.texts.key(`${base}.${time}`))) time++;
	return `${base}.${time}`.toLowerCase();
}

/** core_user_delete_users: all or nothing. */
export function deleteUsers(ctx: Ctx, params: { userids: number[] }): null {
	ctx.enterSystem();
	ctx.need('moodle/user:delete', SYSTEM);
	ctx.atomic(() => params.userids.forEach((id) => deleteOne(ctx, id)));
	return null;
}
