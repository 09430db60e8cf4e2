/** Reading users, password resets. */
import { type Ctx, type Handlers } from '../access';
import { cleanParam, isEmail } from '../clean';
import { codingError, invalidParameter, moodleError } from '../errors';
import { intval, isNumeric } from '../php';
import type { User } from '../rows';
import { userDetails, userDetailsAnywhere } from './user-details';
import { createUsers, deleteUsers, updateUsers } from './user-write';

const FIELD_TYPES: Record<string, string> = {
	id: 'int',
	idnumber: 'raw',
	username: 'username',
	email: 'raw_trimmed',
};

/** PHP's loose comparison of a value with its cleaned form. */
function differs(ctx: Ctx, value: string, cleaned: string): boolean {
	if (value === cleaned) return false;
	if (isNumeric(value) && isNumeric(cleaned)) return Number(value) !== Number(cleaned);
	if (ctx.switches.php === 7 && isNumeric(cleaned)) return intval(value) !== Number(cleaned);
	return true;
}

function cleanValue(ctx: Ctx, field: string, value: string): string {
	const cleaned = cleanParam(value, FIELD_TYPES[field], ctx.site.installed);
	if (differs(ctx, value, cleaned)) {
		throw invalidParameter(
			`The field '${field}' value is invalid: ${value}(cleaned value: ${cleaned})`,
		);
	}
	return cleaned;
}

/** Users with one of the values, each once, by id. */
function usersBy(ctx: Ctx, field: string, values: string[]): User[] {
	const found = new Map<number, User>();
	for (const value of values) {
		const rows =
			field === 'id'
				? [ctx.site.users.get(Number(value))]
				: field === 'idnumber' && value === ''
					? ctx.site.users.all().filter((user) => user.idnumber === '')
					: ctx.site.users.find(field, ctx.site.texts.key(value));
		for (const user of rows) if (user) found.set(user.id, user);
	}
	return [...found.values()].sort((a, b) => a.id - b.id);
}

/** True where a detail is there and not empty in PHP's sense. */
function isSet(value: unknown): boolean {
	return (
		value !== undefined &&
		value !== null &&
		value !== '' &&
		value !== 0 &&
		value !== '0' &&
		value !== false
	);
}

function getUsersByField(ctx: Ctx, params: { field: string; values: string[] }): unknown {
	if (!(params.field in FIELD_TYPES)) throw codingError('invalid field parameter');
	const values = params.values.map((value) => cleanValue(ctx, params.field, value));
	const users = usersBy(ctx, params.field, values);
	ctx.enterSystem();
	return users
		.map((user) => userDetailsAnywhere(ctx, user))
		.filter((details) => details && isSet(details[params.field]));
}

interface Criterion {
	key: string;
	value: string;
}

const LIKE = new Set(['email', 'firstname', 'lastname']);
const EXACT = new Set(['id', 'idnumber', 'username', 'auth']);

/** A test for one criterion. */
function matcher(ctx: Ctx, { key, value }: Criterion): (user: User) => boolean {
	if (LIKE.has(key)) {
		const fits = ctx.site.texts.like(value);
		return (user) => fits(user[key as 'email']);
	}
	if (key === 'id') {
		const id = intval(value);
		return (user) => user.id === id;
	}
	const wanted = ctx.site.texts.key(
		key === 'username' ? cleanParam(value, 'username', ctx.site.installed) : value,
	);
	return (user) => ctx.site.texts.key(String(user[key as 'idnumber'])) === wanted;
}

/** Users among whom to look: an index where one fits, else all. */
function candidates(ctx: Ctx, criteria: Criterion[]): User[] {
	for (const { key, value } of criteria) {
		if (key === 'id')
			return [ctx.site.users.get(intval(value))].filter((user) => user !== undefined);
		if (key === 'username')
			return ctx.site.users.find(
				'username',
				ctx.site.texts.key(cleanParam(value, 'username', ctx.site.installed)),
			);
		if (key === 'email' && !/[%_\\]/.test(value))
			return ctx.site.users.find('address', ctx.site.texts.lower(value));
		if (key === 'idnumber' && value !== '')
			return ctx.site.users.find('idnumber', ctx.site.texts.key(value));
	}
	return ctx.site.users.all();
}

function getUsers(ctx: Ctx, params: { criteria: Criterion[] }): unknown {
	ctx.enterSystem();
	const warnings: unknown[] = [];
	const used = new Set<string>();
	const known: Criterion[] = [];
	for (const criterion of params.criteria) {
		if (used.has(criterion.key)) throw moodleError('keyalreadyset', 'error/keyalreadyset');
		used.add(criterion.key);
		if (LIKE.has(criterion.key) || EXACT.has(criterion.key)) known.push(criterion);
		else warnings.push(unsupportedKey(criterion.key));
	}
	const tests = known.map((criterion) => matcher(ctx, criterion));
	const users = candidates(ctx, known)
		.filter((user) => !user.deleted && tests.every((test) => test(user)))
		.map((user) => userDetailsAnywhere(ctx, user))
		.filter((details) => details && known.every(({ key }) => isSet(details[key])));
	return { users, warnings };
}

function unsupportedKey(key: string): unknown {
	return {
		item: key,
		warningcode: 'invalidfieldparameter',
		message: `The search key '${key}' is not supported, look at the web service documentation`,
	};
}

function getCourseUserProfiles(
	ctx: Ctx,
	params: { userlist: Array<{ userid: number; courseid: number }> },
): unknown {
	const courseOf = new Map(params.userlist.map(({ userid, courseid }) => [userid, courseid]));
	const ids = [...courseOf.keys()].sort((a, b) => a - b);
	const profiles: unknown[] = [];
	for (const id of ids) {
		const user = ctx.site.users.get(id);
		if (!user || user.deleted) continue;
		const courseid = courseOf.get(id) as number;
		ctx.enterCourseContext(courseid);
		const details = userDetails(ctx, user, ctx.course(courseid));
		if (details) profiles.push(details);
	}
	return profiles;
}

const MAYBE_SENT =
	'<p>If you supplied a correct username or unique email address then an email should have been sent to you.</p>\n   <p>It contains easy instructions to confirm and complete this password change.\nIf you continue to have difficulty, please contact the site administrator.</p>';

function resetProblems(ctx: Ctx, username: string, email: string): Array<[string, string]> {
	const either = 'Enter either username or email address';
	if ((username === '') === (email === ''))
		return [
			['username', either],
			['email', either],
		];
	if (email !== '' && !isEmail(email)) return [['email', 'Invalid email address']];
	if (ctx.switches.protectUsernames) return [];
	if (email !== '' && !ctx.site.users.first('address', ctx.site.texts.lower(email))) {
		return [['email', 'The email address was not found in the database']];
	}
	if (username !== '' && !ctx.site.users.first('username', ctx.site.texts.key(username))) {
		return [['username', 'The username was not found in the database']];
	}
	return [];
}

function requestPasswordReset(ctx: Ctx, params: { username: string; email: string }): unknown {
	if (ctx.switches.forgottenPasswordUrl) {
		throw moodleError('cannotmailconfirm', 'Error sending password change confirmation email');
	}
	const problems = resetProblems(ctx, params.username, params.email);
	if (problems.length > 0) {
		const warnings = problems.map(([item, message]) => ({
			item,
			itemid: 0,
			warningcode: 'fielderror',
			message,
		}));
		return { status: 'dataerror', notice: '', warnings };
	}
	if (ctx.switches.protectUsernames)
		return { status: 'emailpasswordconfirmmaybesent', notice: MAYBE_SENT, warnings: [] };
	return {
		status: 'emailresetconfirmsent',
		notice: 'An email has been sent to your address.',
		warnings: [],
	};
}

export const userFunctions: Handlers = {
	core_user_create_users: createUsers,
	core_user_update_users: updateUsers,
	core_user_delete_users: deleteUsers,
	core_user_get_users: getUsers,
	core_user_get_users_by_field: getUsersByField,
	core_user_get_course_user_profiles: getCourseUserProfiles,
	core_auth_request_password_reset: requestPasswordReset,
};
