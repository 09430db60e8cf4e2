/** multipart/form-data */
import type { UploadedFile } from './request';

/** Takes a multipart body apart, in order. */
export function parseMultipart(
	raw: Buffer,
	contentType: string,
): { fields: Array<[string, string]>; files: UploadedFile[] } {
	const fields: Array<[string, string]> = [];
	const files: UploadedFile[] = [];
	const found = /boundary=(?:"([^"]+)"|([^;]+))/.exec(contentType);
	if (!found) return { fields, files };
	const boundary = Buffer.from(`--${found[1] ?? found[2]}`);
	for (const part of partsOf(raw, boundary)) {
		const split = part.indexOf('\r\n\r\n');
		if (split < 0) continue;
		const head = part.subarray(0, split).toString('utf8');
		const content = part.subarray(split + 4);
		const name = /name="([^"]*)"/.exec(head)?.[1];
		if (name === undefined) continue;
		const filename = /filename="([^"]*)"/.exec(head)?.[1];
		if (filename === undefined) fields.push([name, content.toString('utf8')]);
		else files.push({ field: name, filename, content: Buffer.from(content) });
	}
	return { fields, files };
}

/** The pieces between the boundaries, without the line ends around them. */
function partsOf(raw: Buffer, boundary: Buffer): Buffer[] {
	const parts: Buffer[] = [];
	let at = raw.indexOf(boundary);
	while (at >= 0) {
		const start = at + boundary.length;
		const next = raw.indexOf(boundary, start);
		if (next < 0) break;
		parts.push(raw.subarray(start + 2, next - 2));
		at = next;
	}
	return parts;
}
