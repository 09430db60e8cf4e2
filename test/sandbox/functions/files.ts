/** core_files_*, and what is done with files that were uploaded. */
import { SYSTEM, userContext, type Ctx, type Handlers } from '../access';
import { codingError, invalidParameter, moodleError } from '../errors';
import { draftItemId, findFile, storeFile } from '../filestore';
import type { StoredFile } from '../rows-learning';
import { contextFrom } from './cohorts';
import { pick } from '../table';

interface Place {
	contextid?: number | null;
	contextlevel?: string | null;
	instanceid?: number | null;
}

/** The context that is named; user contexts are made on the first use. */
function contextOf(ctx: Ctx, { contextid, contextlevel, instanceid }: Place): number {
	if (contextlevel === 'user' && instanceid && ctx.site.users.get(instanceid))
		userContext(ctx.site, instanceid);
	const given = {
		contextid: contextid ?? undefined,
		contextlevel: contextlevel ?? undefined,
		instanceid: instanceid ?? undefined,
	};
	return contextFrom(ctx, given).id;
}

interface UploadInput extends Place {
	component: string;
	filearea: string;
	itemid: number;
	filepath: string;
	filename: string;
	filecontent: string;
}

function uploadFile(ctx: Ctx, params: UploadInput): unknown {
	if (!params.contextid && !params.contextlevel)
		throw invalidParameter(
			'Missing parameters, please provide either context level with instance id or contextid',
		);
	const contextid = contextOf(ctx, params);
	if (params.component !== 'user' || params.filearea !== 'draft')
		throw codingError('File can be uploaded to user draft area only');
	if (contextid !== userContext(ctx.site, ctx.user))
		throw moodleError('nofile', 'File not specified');
	if (params.filename === '') throw moodleError('nofile', 'File not specified');
	const itemid = params.itemid || draftItemId();
	const filepath = params.filepath || '/';
	const { component, filearea, filename } = params;
	if (findFile(ctx.site, `${contextid}:user:draft:${itemid}`, filepath, filename))
		throw moodleError('fileexist', 'error/fileexist');
	const content = Buffer.from(params.filecontent, 'base64');
	const place = { contextid, component, filearea, itemid, filepath, filename };
	storeFile(ctx.site, { ...place, content, userid: ctx.user });
	const url = `${ctx.site.wwwroot}/draftfile.php/${contextid}/user/draft/${itemid}${filepath}${encodeURIComponent(filename)}`;
	return { ...place, url };
}

function describe(ctx: Ctx, file: StoredFile): unknown {
	const place = pick(file, 'contextid', 'component', 'filearea', 'itemid', 'filepath', 'filename');
	const { contextid, component, filearea, itemid, filepath, filename, timemodified } = file;
	const url = `${ctx.site.wwwroot}/webservice/pluginfile.php/${contextid}/${component}/${filearea}/${itemid}${filepath}${encodeURIComponent(filename)}`;
	return {
		...place,
		isdir: false,
		url,
		timemodified,
		timecreated: timemodified,
		filesize: file.content.length,
		...pick(file, 'author', 'license'),
	};
}

interface ListInput extends Place {
	component: string;
	filearea: string;
	itemid: number;
	filepath: string;
	filename: string;
	modified?: number | null;
}

/** Own files only. */
function getFiles(ctx: Ctx, params: ListInput): unknown {
	const contextid =
		params.contextid && params.contextid > 0 ? params.contextid : contextOf(ctx, params);
	const files = ctx.site.files
		.find('area', `${contextid}:${params.component}:${params.filearea}:${params.itemid}`)
		.filter((file) => file.userid === ctx.user || ctx.isAdmin)
		.filter((file) => params.filepath === '' || file.filepath === params.filepath)
		.filter((file) => params.filename === '' || file.filename === params.filename)
		.filter((file) => !params.modified || file.timemodified > params.modified);
	return { parents: [], files: files.map((file) => describe(ctx, file)) };
}

function draftFiles(ctx: Ctx, itemid: number): StoredFile[] {
	return ctx.site.files.find('area', `${userContext(ctx.site, ctx.user)}:user:draft:${itemid}`);
}

/** A copy in the private files; one of the same name is replaced. */
function addPrivateFiles(ctx: Ctx, params: { draftid: number }): null {
	ctx.need('moodle/user:manageownfiles', SYSTEM);
	const contextid = userContext(ctx.site, ctx.user);
	for (const { filepath, filename, content } of draftFiles(ctx, params.draftid)) {
		const old = findFile(ctx.site, `${contextid}:user:private:0`, filepath, filename);
		if (old) ctx.site.files.remove(old.id);
		storeFile(ctx.site, {
			contextid,
			component: 'user',
			filearea: 'private',
			itemid: 0,
			filepath,
			filename,
			content,
			userid: ctx.user,
		});
	}
	return null;
}

const PICTURES = ['image/png', 'image/jpeg', 'image/gif'];

/** A file that is no picture is no failure, just no success. */
function updatePicture(
	ctx: Ctx,
	params: { draftitemid: number; delete: boolean; userid: number },
): unknown {
	const user = params.userid ? ctx.person(params.userid) : ctx.person(ctx.user);
	if (user.id !== ctx.user) ctx.need('moodle/user:editprofile', SYSTEM);
	const [file] = draftFiles(ctx, params.draftitemid);
	if (!file || !PICTURES.includes(file.mimetype)) return { success: false, warnings: [] };
	return {
		success: true,
		profileimageurl: `${ctx.site.wwwroot}/pluginfile.php/${userContext(ctx.site, user.id)}/user/icon/boost/f1?rev=${file.id}`,
		warnings: [],
	};
}

export const fileFunctions: Handlers = {
	core_user_add_user_private_files: addPrivateFiles,
	core_user_update_picture: updatePicture,
	core_files_upload: uploadFile,
	core_files_get_files: getFiles,
};
