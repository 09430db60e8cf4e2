/** core_webservice_get_site_info */
import type { Ctx, Handlers } from '../access';
import { catalogue } from '../catalogue';
import { functionsOf } from '../tokens';
import { pictureUrl } from './user-details';

const FEATURES: Array<[string, number]> = [
	['usecomments', 1],
	['usetags', 1],
	['enablenotes', 1],
	['messaging', 1],
	['enableblogs', 1],
	['enablecompletion', 1],
	['enablebadges', 1],
	['messagingallusers', 0],
	['enablecustomreports', 1],
	['enableglobalsearch', 0],
	['mnet_dispatcher_mode', 0],
	['enablecompetencies', 1],
];

function features(ctx: Ctx): Array<{ name: string; value: number }> {
	return FEATURES.filter(
		([name]) => ctx.modern || !['enableglobalsearch', 'enablecompetencies'].includes(name),
	).map(([name, value]) => {
		if (name === 'messaging') return { name, value: ctx.switches.messaging ? 1 : 0 };
		if (name === 'enablebadges') return { name, value: ctx.switches.badges ? 1 : 0 };
		return { name, value };
	});
}

function getSiteInfo(ctx: Ctx): unknown {
	const { site, version } = ctx;
	const me = ctx.person(ctx.user);
	const known = catalogue(version);
	return {
		sitename: site.config.sitename,
		username: me.username,
		firstname: me.firstname,
		lastname: me.lastname,
		fullname: `${me.firstname} ${me.lastname}`,
		lang: me.lang,
		userid: me.id,
		siteurl: site.wwwroot,
		userpictureurl: pictureUrl(ctx, 1),
		functions: functionsOf(ctx.service, known.names).map((name) => ({
			name,
			version: known.version,
		})),
		downloadfiles: ctx.service.downloadfiles ? 1 : 0,
		uploadfiles: ctx.service.uploadfiles ? 1 : 0,
		release: known.release,
		version: known.version,
		mobilecssurl: '',
		advancedfeatures: features(ctx),
		usercanmanageownfiles: true,
		userquota: ctx.isAdmin ? 0 : 104857600,
		usermaxuploadfilesize: ctx.isAdmin ? -1 : ctx.modern ? 2097152 : 104857600,
		userhomepage: 1,
		userprivateaccesskey: site.config.privateKey,
		siteid: 1,
		sitecalendartype: 'gregorian',
		usercalendartype: 'gregorian',
		userissiteadmin: ctx.isAdmin,
		theme: 'boost',
		limitconcurrentlogins: 0,
		policyagreed: me.policyagreed ? 1 : 0,
	};
}

export const siteFunctions: Handlers = {
	core_webservice_get_site_info: getSiteInfo,
};
