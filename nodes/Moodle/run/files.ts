import type { IExecuteFunctions } from 'n8n-workflow';
import type { FetchedFile, FileServices, InputFile, StoredFile } from '../actions/types';
import { asIs } from '../common/asIs';
import { reachOfNetwork } from '../moodle/classify';
import { NetworkFailure, worthWaiting } from '../moodle/client';
import { backOff, Cancelled, type Clock } from '../moodle/clock';
import { decode } from '../moodle/decode';
import { explain, explainCode } from '../moodle/explain';
import { MoodleFailure } from '../moodle/failure';
import { filePath, nameByPath } from '../moodle/fileAddress';
import { Problem } from '../moodle/problem';
import { objectsOf, type Json } from '../moodle/values';
import { networkFailure, openFile, sendFiles, type Destination, type OpenReply } from './transport';

const UPLOAD = '/webservice/upload.php';

/** Tries of a transfer before it counts as failed. */
const TRIES = 4;

/** What a transfer needs besides its destination. */
export interface FileAccess {
	/** The token of a renewed sign-in, when there is one. */
	token: () => string | undefined;
	/** Signs in again; true when there is a new token. */
	renew?: (used?: string) => Promise<boolean>;
	clock: Clock;
	/** Counts a request. */
	sent: () => void;
}

function understood(caught: unknown, what: string): MoodleFailure {
	if (caught instanceof NetworkFailure)
		return new MoodleFailure(what, { reach: reachOfNetwork(caught.code), code: caught.code });
	if (caught instanceof MoodleFailure) return caught;
	throw asIs(caught);
}

/**
 * Does a transfer again while that helps. Nothing is doubled: a repeated upload finds its file, or goes into another draft area.
 *
 * @param work told whether an earlier try may have been carried out
 */
async function repeatedly<T>(
	what: string,
	{ token, renew, clock, sent }: FileAccess,
	work: (perhapsDone: boolean) => Promise<T>,
): Promise<T> {
	let perhapsDone = false;
	for (let attempt = 1; ; attempt++) {
		if (clock.cancelled()) throw new Cancelled();
		sent();
		const used = token();
		try {
			return await work(perhapsDone);
		} catch (caught) {
			const failure = understood(caught, what);
			perhapsDone ||= failure.reach === 'lost';
			if (failure.code === 'invalidtoken' && (await renew?.(used))) continue;
			if (attempt >= TRIES || !worthWaiting(failure)) throw inWords(failure, perhapsDone);
			await clock.sleep(backOff(clock, attempt, failure.facts.retryAfter));
		}
	}
}

/** Codes that mean something else for files than for functions. */
function inWords(failure: MoodleFailure, perhapsDone: boolean): Error {
	const isUpload = failure.wsfunction === UPLOAD;
	if (failure.code === 'accessexception') {
		const switchName = isUpload ? 'Can upload files' : 'Can download files';
		return new Problem({
			message: `The service of the token does not allow to ${isUpload ? 'upload' : 'download'} files`,
			mend: `Tick '${switchName}' under Site administration > Server > Web services > External services > Edit > Show more.`,
			code: 'accessexception',
		});
	}
	if (failure.code === 'http413') return explainCode('missingparam');
	return isUpload && perhapsDone ? explain(failure, { uncertain: true }) : failure;
}

async function formFor(file: InputFile, itemid: number, path: string): Promise<FormData> {
	const form = new FormData();
	form.append('itemid', String(itemid));
	form.append('filepath', path);
	form.append(
		'file_1',
		new Blob([(await file.content()) as Uint8Array<ArrayBuffer>], { type: file.mimeType }),
		file.name,
	);
	return form;
}

/** The one row of an answer. A file that is there already is taken for this one when an earlier try may have stored it. */
function storedFile(
	row: Json | undefined,
	itemid: number,
	path: string,
	perhapsDone: boolean,
): StoredFile {
	if (!row)
		throw new Problem({
			message: 'Moodle stored nothing',
			mend: 'The file may be larger than the server accepts in one request.',
			code: 'nothingstored',
		});
	const isRepeated = row.errortype === 'filenameexist' && perhapsDone;
	if (row.error !== undefined && !isRepeated) {
		const tooLarge = row.errortype === 'fileoversized';
		throw tooLarge
			? explainCode('upload_error_ini_size')
			: explainCode(String(row.errortype ?? 'fileerror'), String(row.error));
	}
	return {
		itemid: Number(row.itemid ?? itemid),
		filename: String(row.filename),
		filepath: isRepeated ? path : String(row.filepath ?? path),
		contextid: Number(row.contextid ?? 0),
	};
}

/** Files have a name in their headers (send_file, all versions); everything else that Moodle or a proxy says has none. */
const isFile = (reply: OpenReply) =>
	reply.status === 200 && reply.headers['content-disposition'] !== undefined;

/** Why there is no file in a reply. */
function refusal(reply: OpenReply, text: string): Error {
	const { status } = reply;
	if (status >= 300 && status < 400)
		return new Problem({
			message: 'Moodle sends this address on to another one, which is not followed',
			mend: 'The file may lie outside of Moodle: use the HTTP Request node for it.',
			code: 'redirect',
		});
	try {
		// A missing file has the status 404 and says so in its text.
		decode('pluginfile.php', {
			status: status === 404 ? 200 : status,
			headers: reply.headers,
			text,
		});
	} catch (caught) {
		const failure = understood(caught, 'pluginfile.php');
		const isMissing =
			failure.code.startsWith('invalidrecord') || (status === 404 && failure.reach === 'lost');
		if (isMissing) return explainCode('filenotfound');
		// A page stays a page: asking again would give the same.
		return failure.code === 'html' ? failure.reaching('record') : failure;
	}
	return explainCode('filenotfound');
}

/** The name in the headers: UTF-8 that the connection took for Latin-1. */
function nameInHeaders(headers: Record<string, string>): string | undefined {
	const name = /filename="([^"]*)"/.exec(headers['content-disposition'] ?? '')?.[1];
	return name ? Buffer.from(name, 'latin1').toString('utf8') : undefined;
}

function mimeType(headers: Record<string, string>): string | undefined {
	const type = (headers['content-type'] ?? '').split(';')[0].trim();
	return type === '' || type === 'document/unknown' ? undefined : type;
}

/** A plain name: n8n would take the rest for a folder. */
const plainName = (name: string) => name.replace(/[/\\]/g, '_');

/** Uploads and downloads. */
export function fileServices(
	context: IExecuteFunctions,
	destination: Destination,
	access: FileAccess,
): FileServices {
	const upload: FileServices['upload'] = async (file, itemid, path) =>
		await repeatedly(UPLOAD, access, async (perhapsDone) => {
			const reply = await sendFiles(
				context,
				destination,
				UPLOAD,
				await formFor(file, itemid, path),
				access.token(),
			);
			return storedFile(objectsOf(decode(UPLOAD, reply).value)[0], itemid, path, perhapsDone);
		});

	const fetched = async (reply: OpenReply, path: string, name?: string): Promise<FetchedFile> => {
		const fileName = plainName(
			name ?? nameInHeaders(reply.headers) ?? (nameByPath(path) || 'file'),
		);
		try {
			const binary = await context.helpers.prepareBinaryData(
				reply.body,
				fileName,
				mimeType(reply.headers),
			);
			// Older versions of n8n do not count; a compressed answer is longer than its header says.
			const size = binary.bytes ?? Number(reply.headers['content-length']);
			return { binary, ...(Number.isFinite(size) ? { size } : {}) };
		} catch (caught) {
			// The connection broke in the middle of the file.
			throw networkFailure(caught);
		}
	};

	const download: FileServices['download'] = async (url, name) => {
		const path = filePath(destination.siteUrl, url);
		return await repeatedly('pluginfile.php', access, async () => {
			const reply = await openFile(context, destination, path, access.token());
			if (isFile(reply)) return await fetched(reply, path, name);
			throw refusal(reply, await context.helpers.binaryToString(reply.body));
		});
	};

	return { upload, download };
}
