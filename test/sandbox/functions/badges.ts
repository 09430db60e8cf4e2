/** core_badges_get_user_badges */
import { courseContext, SYSTEM, type Ctx, type Handlers } from '../access';
import { moodleError } from '../errors';
import type { Badge, BadgeIssued } from '../rows-learning';
import { activeUser } from './group-members';
import { formatName } from './text-tools';
import { fullName } from './user-details';

function issuer(ctx: Ctx): Record<string, string> {
	if (ctx.modern) {
		return {
			issuername: 'Rx issuer',
			issuerurl: 'https://issuer.example.org',
			issuercontact: 'issuer@example.org',
		};
	}
	const admin = ctx.person(2);
	return {
		issuername: ctx.course(1).fullname,
		issuerurl: `${ctx.site.wwwroot}/`,
		issuercontact: admin.email,
	};
}

/** What stands in the place of details for everybody else. */
const HIDDEN = {
	timecreated: 0,
	timemodified: 0,
	attachment: 1,
	notification: 1,
	status: 0,
	visible: 0,
};

const AUTHOR = {
	imageauthorname: 'Painter',
	imageauthoremail: 'painter@example.org',
	imageauthorurl: 'https://painter.example.org',
};

/** What only the holder and badge managers see. */
function details(ctx: Ctx, badge: Badge, issued: BadgeIssued): Record<string, unknown> {
	return {
		timecreated: badge.timecreated,
		timemodified: badge.timecreated,
		usercreated: 2,
		usermodified: 2,
		expiredate: null,
		expireperiod: null,
		courseid: badge.courseid,
		message: 'Badge',
		messagesubject: 'Badge',
		attachment: 0,
		notification: 0,
		nextcron: null,
		status: 3,
		issuedid: issued.id,
		visible: issued.visible,
		email: ctx.person(issued.userid).email,
	};
}

function describe(ctx: Ctx, badge: Badge, issued: BadgeIssued): unknown {
	const user = ctx.person(issued.userid);
	const contextid =
		badge.courseid === null ? SYSTEM : (courseContext(ctx.site, badge.courseid)?.id ?? SYSTEM);
	const course =
		badge.courseid === null || ctx.version !== '5.1'
			? {}
			: { coursefullname: formatName(ctx, ctx.course(badge.courseid).fullname) };
	const open = {
		id: badge.id,
		name: badge.name,
		description: badge.description,
		...issuer(ctx),
		type: badge.type,
		...course,
		uniquehash: issued.uniquehash,
		dateissued: issued.dateissued,
		dateexpire: null,
		version: '1.0',
		language: 'en',
		imagecaption: 'A picture',
		...(ctx.modern ? { recipientid: user.id, recipientfullname: fullName(user) } : {}),
		badgeurl: `${ctx.site.wwwroot}/webservice/pluginfile.php/${contextid}/badges/badgeimage/${badge.id}/f3`,
		alignment: [],
		relatedbadges: [],
		...(ctx.version === '5.1' ? {} : AUTHOR),
	};
	const all = issued.userid === ctx.user || ctx.can('moodle/badges:configuredetails', contextid);
	return all
		? { ...open, ...details(ctx, badge, issued) }
		: { ...open, ...HIDDEN, ...(ctx.modern ? {} : { type: 1 }) };
}

interface Input {
	userid: number;
	courseid: number;
	page: number;
	perpage: number;
	search: string;
	onlypublic: boolean;
}

function getUserBadges(ctx: Ctx, params: Input): unknown {
	if (!ctx.switches.badges)
		throw moodleError('badgesdisabled', 'Badges are not enabled on this site.');
	const userid = params.userid ? activeUser(ctx, params.userid).id : ctx.user;
	ctx.enterSystem();
	if (userid !== ctx.user) ctx.need('moodle/badges:viewotherbadges', SYSTEM);
	const found = ctx.site.badgesIssued
		.find('user', userid)
		.map((issued) => ({ issued, badge: ctx.site.badges.get(issued.badgeid) }))
		.filter((entry): entry is { issued: BadgeIssued; badge: Badge } => entry.badge !== undefined)
		.filter(({ badge }) => params.courseid === 0 || badge.courseid === params.courseid)
		.filter(({ badge }) =>
			ctx.site.texts.lower(badge.name).includes(ctx.site.texts.lower(params.search)),
		)
		.filter(({ issued }) => issued.visible === 1 || (userid === ctx.user && !params.onlypublic))
		.sort((a, b) => b.issued.dateissued - a.issued.dateissued);
	const start = params.page * params.perpage;
	const page = found.slice(start, params.perpage ? start + params.perpage : undefined);
	return { badges: page.map(({ badge, issued }) => describe(ctx, badge, issued)), warnings: [] };
}

export const badgeFunctions: Handlers = { core_badges_get_user_badges: getUserBadges };
