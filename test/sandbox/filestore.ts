/** /webservice/upload.php, /webservice/pluginfile.php and the files behind them. */
import { hasCapability, SYSTEM, userContext } from './access';
import { cleanParam } from './clean';
import { accessError, caught, moodleError } from './errors';
import { ajaxError, requireParam } from './login';
import { jsonEncode } from './php';
import { param, type Reply, type Request } from './request';
import type { StoredFile } from './rows-learning';
import type { Site } from './site';
import { authenticate, type Caller } from './tokens';
import type { Switches } from './types';

const TEXT = 'text/plain; charset=utf-8';

const TYPES: Record<string, string> = {
	txt: 'text/plain',
	csv: 'text/csv',
	pdf: 'application/pdf',
	png: 'image/png',
	jpg: 'image/jpeg',
	html: 'text/html',
	json: 'application/json',
	zip: 'application/zip',
};

/** The type of a file by the end of its name. */
export function mimeOf(filename: string): string {
	return TYPES[filename.split('.').pop()?.toLowerCase() ?? ''] ?? 'document/unknown';
}

/** A new item id, as large as Moodle's. */
export function draftItemId(): number {
	return 100_000_000 + Math.floor(Math.random() * 899_999_999);
}

/** The file at a place, if there is one. */
export function findFile(
	site: Site,
	area: string,
	filepath: string,
	filename: string,
): StoredFile | undefined {
	return site.files
		.find('area', area)
		.find((f) => f.filepath === filepath && f.filename === filename);
}

/** Stores a file of a user. */
export function storeFile(
	site: Site,
	values: Pick<
		StoredFile,
		| 'contextid'
		| 'component'
		| 'filearea'
		| 'itemid'
		| 'filepath'
		| 'filename'
		| 'content'
		| 'userid'
	>,
): StoredFile {
	const user = site.users.get(values.userid);
	return site.files.insert({
		...values,
		author: user ? `${user.firstname} ${user.lastname}` : '',
		license: 'unknown',
		mimetype: mimeOf(values.filename),
		timemodified: site.now(),
	});
}

/** Answers an upload. */
export function upload(site: Site, switches: Switches, request: Request): Reply {
	try {
		if (!switches.webservices) throw accessError('Web services are off');
		const caller = authenticate(site, switches, requireParam(request, 'token'), request.ip);
		if (!caller.service.enabled || !caller.service.uploadfiles)
			throw accessError('The service may not upload');
		if (request.files.length === 0) return emptyUpload();
		const stored = storeAll(site, request, caller, switches.uploadMaxFilesize);
		return {
			status: 200,
			headers: { 'Content-Type': TEXT },
			body: jsonEncode(stored),
			outcome: 'ok',
		};
	} catch (error) {
		return ajaxError(caught(error), TEXT);
	}
}

function emptyUpload(): Reply {
	return {
		status: 200,
		headers: { 'Content-Type': 'application/json; charset=utf-8' },
		body: '[]',
		outcome: 'ok',
	};
}

/** Each field name once (the last file wins), all under one item id. */
function storeAll(site: Site, request: Request, caller: Caller, limit: number): unknown[] {
	const byField = new Map(request.files.map((file) => [file.field, file]));
	for (const file of byField.values()) {
		if (file.field.includes('[')) throw moodleError('nofile', 'File not specified');
		if (file.filename === '') throw moodleError('upload_error_no_file', 'No file was uploaded.');
		if (file.content.length > limit)
			throw moodleError(
				'upload_error_ini_size',
				'The file is larger than the maximum size allowed.',
			);
	}
	const itemid = Number(param(request, 'itemid') ?? 0) || draftItemId();
	const filepath = cleanParam(param(request, 'filepath') ?? '/', 'path', site.installed) || '/';
	const contextid = userContext(site, caller.userid);
	return [...byField.values()].map((file) => {
		const filename = cleanParam(file.filename, 'file', site.installed);
		const place = {
			component: 'user',
			contextid,
			userid: String(caller.userid),
			filearea: 'draft',
			filename,
			filepath,
			itemid,
		};
		if (findFile(site, `${contextid}:user:draft:${itemid}`, filepath, filename)) {
			return {
				...place,
				errortype: 'filenameexist',
				error: `File name already exists: ${filename}`,
			};
		}
		const stored = storeFile(site, { ...place, content: file.content, userid: caller.userid });
		const source = `O:8:"stdClass":1:{s:6:"source";s:${Buffer.byteLength(filename)}:"${filename}";}`;
		const entry = { ...place, license: stored.license, author: stored.author, source };
		return site.version === '4.1' ? entry : { ...entry, filesize: file.content.length };
	});
}

/** Answers a download: /webservice/pluginfile.php/CONTEXT/COMPONENT/AREA[/ITEM]/path/name?token= */
export function download(site: Site, switches: Switches, request: Request): Reply {
	try {
		if (!switches.webservices) throw accessError('Web services are off');
		const caller = authenticate(site, switches, requireParam(request, 'token'), request.ip);
		if (!caller.service.enabled || !caller.service.downloadfiles)
			throw accessError('The service may not download');
		return send(site, caller, request.path.replace(/^\/webservice\/pluginfile\.php/, ''));
	} catch (error) {
		return ajaxError(caught(error));
	}
}

function send(site: Site, caller: Caller, place: string): Reply {
	const [, contextid, component, filearea, ...rest] = place.split('/').map(decodeURIComponent);
	const file = site.files
		.all()
		.find(
			(f) =>
				f.contextid === Number(contextid) &&
				f.component === component &&
				f.filearea === filearea &&
				[`${f.itemid}${f.filepath}${f.filename}`, `${f.filepath}${f.filename}`.slice(1)].includes(
					rest.join('/'),
				),
		);
	const page = component === 'mod_page' ? pageText(site, Number(contextid)) : null;
	if (!file && page !== null && rest.join('/') === 'index.html') return htmlFile(page);
	if (!file || !mayRead(site, caller.userid, file)) {
		throw moodleError('filenotfound', 'Sorry, the requested file could not be found');
	}
	const headers = {
		'Content-Type': file.mimetype,
		'Content-Disposition': `attachment; filename="${file.filename.replace(/[^\x20-\x7e]/g, '_')}"`,
		'Last-Modified': new Date(file.timemodified * 1000).toUTCString(),
	};
	return { status: 200, headers, body: file.content, outcome: 'ok' };
}

/** The text of a page activity; null where the context is none. */
function pageText(site: Site, contextid: number): string | null {
	const context = site.contexts.get(contextid);
	const cm = context?.contextlevel === 70 ? site.modules.get(context.instanceid) : undefined;
	return cm?.modname === 'page' ? String(cm.settings.content ?? '') : null;
}

function htmlFile(text: string): Reply {
	return {
		status: 200,
		headers: {
			'Content-Type': 'text/html; charset=utf-8',
			'Content-Disposition': 'inline; filename="index.html"',
		},
		body: text,
		outcome: 'ok',
	};
}

function mayRead(site: Site, userid: number, file: StoredFile): boolean {
	if (file.userid === userid || site.admins.has(userid)) return true;
	if (file.filearea === 'draft' || file.filearea === 'private') return false;
	return (
		hasCapability(site, userid, 'moodle/course:view', file.contextid) ||
		hasCapability(site, userid, 'moodle/course:viewparticipants', file.contextid) ||
		file.contextid === SYSTEM
	);
}
