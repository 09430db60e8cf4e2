/** Formatting of names and checks of text formats. */
import type { Ctx } from '../access';
import { moodleError } from '../errors';
import { escapeAmpersand, stripTags } from '../php';

/** Only 0, 1, 2 and 4 are text formats. */
export function checkFormat(format: number | undefined): void {
	if (format !== undefined && ![0, 1, 2, 4].includes(format)) {
		throw moodleError('formatnotsupported', 'webservice/formatnotsupported');
	}
}

/** external_format_string: tags out and `&` escaped, unless the caller wants the text as stored. */
export function formatName(ctx: Ctx, text: string): string {
	return ctx.settings.raw ? text : escapeAmpersand(stripTags(text));
}
