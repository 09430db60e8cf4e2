/** Moodle's exceptions and how each version words them. */
import type { MoodleVersion } from './types';

/** Exceptions of core that carry the prefix `core\exception\` since 4.5. */
const PREFIXED = new Set([
	'moodle_exception',
	'invalid_parameter_exception',
	'invalid_response_exception',
	'coding_exception',
	'required_capability_exception',
	'require_login_exception',
]);

/** The body of an error reply, keys in Moodle's order. */
export interface ErrorBody {
	exception: string;
	errorcode?: string;
	message: string;
	debuginfo?: string;
}

/** An exception as a Moodle function throws it. */
export class MoodleError extends Error {
	/**
	 * @param kind name of the exception class, without name space
	 * @param code errorcode, null for errors of PHP itself
	 * @param text message in English
	 * @param debug what debugging NORMAL would add
	 */
	constructor(
		readonly kind: string,
		readonly code: string | null,
		readonly text: string,
		readonly debug: string | null = null,
	) {
		super(text);
	}

	/** The name of the exception in a version. */
	exceptionName(version: MoodleVersion): string {
		return version !== '4.1' && PREFIXED.has(this.kind)
			? `core\\exception\\${this.kind}`
			: this.kind;
	}

	/** The reply of server.php. */
	body(version: MoodleVersion, debugNormal: boolean): ErrorBody {
		const body: ErrorBody = { exception: this.exceptionName(version), message: this.text };
		const ordered: ErrorBody =
			this.code === null
				? body
				: { exception: body.exception, errorcode: this.code, message: body.message };
		if (debugNormal && this.debug !== null) ordered.debuginfo = this.debug;
		return ordered;
	}
}

/** The Moodle exception that was caught; anything else is thrown on. */
export function caught(error: unknown): MoodleError {
	if (error instanceof MoodleError) return error;
	throw error;
}

/** A function, an endpoint or a case that the sandbox does not have: answered with HTTP 501. */
export class NotImplemented extends Error {}

/** `moodle_exception` with a code and a text. */
export function moodleError(code: string, text: string, debug: string | null = null): MoodleError {
	return new MoodleError('moodle_exception', code, text, debug);
}

/** `invalid_parameter_exception`; the reason only shows with debugging on. */
export function invalidParameter(reason: string): MoodleError {
	return new MoodleError(
		'invalid_parameter_exception',
		'invalidparameter',
		'Invalid parameter value detected',
		reason,
	);
}

/** `invalid_response_exception`. */
export function invalidResponse(reason: string): MoodleError {
	return new MoodleError(
		'invalid_response_exception',
		'invalidresponse',
		'Invalid response value detected',
		reason,
	);
}

/** `coding_exception`. */
export function codingError(hint: string): MoodleError {
	return new MoodleError(
		'coding_exception',
		'codingerror',
		`Coding error detected, it must be fixed by a programmer: ${hint}`,
	);
}

/** `webservice_access_exception`. */
export function accessError(reason: string): MoodleError {
	return new MoodleError(
		'webservice_access_exception',
		'accessexception',
		'Access control exception',
		reason,
	);
}

/** `required_capability_exception` with the display name of the capability. */
export function noPermission(displayName: string): MoodleError {
	return new MoodleError(
		'required_capability_exception',
		'nopermissions',
		`Sorry, but you do not currently have permissions to do that (${displayName}).`,
	);
}

/** `require_login_exception`. */
export function requireLogin(reason: string): MoodleError {
	return new MoodleError(
		'require_login_exception',
		'requireloginerror',
		'Course or activity not accessible.',
		reason,
	);
}

/** `dml_write_exception`. */
export function writeError(reason: string): MoodleError {
	return new MoodleError(
		'dml_write_exception',
		'dmlwriteexception',
		'Error writing to database',
		reason,
	);
}

/** `dml_read_exception`. */
export function readError(reason: string): MoodleError {
	return new MoodleError(
		'dml_read_exception',
		'dmlreadexception',
		'Error reading from database',
		reason,
	);
}

/** An error that PHP 8 throws by itself: it has no errorcode. */
export function phpError(kind: 'Error' | 'TypeError', text: string): MoodleError {
	return new MoodleError(kind, null, text);
}

/** The form without a table, which queries over several tables give in every version. */
export function anonymousMissing(): MoodleError {
	return new MoodleError(
		'dml_missing_record_exception',
		'invalidrecordunknown',
		"Can't find data record in database.",
	);
}

const SPECIAL: Record<string, [string, string]> = {
	user: ['invaliduser', 'Invalid user'],
	course_modules: ['invalidcoursemodule', 'Invalid course module ID'],
};

/**
 * `dml_missing_record_exception`: named in 4.1 and 4.5, anonymous from 5.0 on while debugging is off.
 * @param table the table that was asked
 */
export function missingRecord(
	version: MoodleVersion,
	debugNormal: boolean,
	table: string,
): MoodleError {
	if ((version === '5.0' || version === '5.1') && !debugNormal) {
		return new MoodleError(
			'dml_missing_record_exception',
			'invalidrecordunknown',
			"Can't find data record in database.",
		);
	}
	const [code, text] = SPECIAL[table] ?? [
		'invalidrecord',
		`Can't find data record in database table ${table}.`,
	];
	return new MoodleError('dml_missing_record_exception', code, text, `SELECT * FROM {${table}}`);
}
