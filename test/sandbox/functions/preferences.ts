/** core_user_set_user_preferences, as 4.1 and 5.1 answered: for preferences that may be set for others. */
import { userContext, type Ctx, type Handlers } from '../access';

interface Preference {
	name: string;
	value: string;
	userid: number;
}

/** Preferences that Moodle knows, with what it makes of a value. */
const KNOWN = new Map<string, (value: string) => string>([
	['htmleditor', (value) => (['', 'tiny', 'textarea'].includes(value) ? value : '')],
	['calendar_maxevents', (value) => String(Math.max(1, Number.parseInt(value, 10) || 1))],
]);

function setPreferences(ctx: Ctx, params: { preferences: Preference[] }): unknown {
	const saved: unknown[] = [];
	const warnings: unknown[] = [];
	const warn = (itemid: number, warningcode: string, message: string) =>
		warnings.push({ item: 'user', itemid, warningcode, message });
	for (const { name, value, userid: given } of params.preferences) {
		const userid = given || ctx.user;
		const clean = KNOWN.get(name);
		if (!ctx.site.users.get(userid)) warn(userid, 'invaliduser', ctx.missing('user').text);
		else if (!clean || !ctx.can('moodle/user:editprofile', userContext(ctx.site, userid)))
			warn(
				userid,
				'nopermission',
				`You are not allowed to change the preference ${name} for user ${userid}`,
			);
		else {
			const { preferences } = ctx.person(userid);
			ctx.site.users.update(userid, { preferences: { ...preferences, [name]: clean(value) } });
			saved.push({ name, userid });
		}
	}
	return { saved, warnings };
}

export const preferenceFunctions: Handlers = { core_user_set_user_preferences: setPreferences };
