/** Keys in addresses, and in what a plugin or a server repeats of a request. */
const KEYS = /\b((?:ws|auth|private)?token|pass(?:word)?|sesskey|key)=[^\s&"'<>]+/gi;

/** Files whose path begins with the private key of an account (tokenpluginfile.php, rss/file.php with a token, all versions). */
const KEYED_PATH = /((?:tokenpluginfile|rss\/file|simpleserver)\.php)\/[^\s"'<>]*/gi;

/** A text with the keys in it hidden. */
export function withoutKeys(text: string): string {
	return text.replace(KEYS, '$1=(hidden)').replace(KEYED_PATH, '$1/(hidden)');
}

/**
 * A text with its addresses cut where keys may begin: at the query or fragment, after the script, and without a user name.
 * People paste addresses of files, calendars and feeds, which let everybody in who has them.
 */
export function withoutTails(text: string): string {
	return withoutKeys(text)
		.replace(/(https?:\/\/)[^\s/@"'<>]*@/gi, '$1')
		.replace(/(https?:\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, '$1…')
		.replace(/(\.php)[/?#][^\s"'<>]*/gi, '$1…');
}

/** Names of fields whose values are never shown. */
const SECRET = /pass|token|secret|enrolmentkey/i;

/** Whether a field of this name holds something that may not be shown. */
export function isSecret(name: string): boolean {
	return SECRET.test(name);
}
