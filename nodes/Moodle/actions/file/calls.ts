import type { CallFacts, RecordResult } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import { nothing } from '../../moodle/replies';
import { settleNull } from '../../moodle/settle';
import { isObject } from '../../moodle/values';
import { z } from '../../schemas/zod';

function settlePicture(reply: unknown): RecordResult[] {
	if (isObject(reply) && reply.success === true) return [{ reply }];
	return [
		{
			problem: new Problem({
				message: 'Moodle cannot use the file as a picture',
				mend: 'Send an image in the format JPEG, PNG or GIF.',
				code: 'nopicture',
			}),
		},
	];
}

/** Makes an uploaded image the picture of a user. */
export const updatePicture: CallFacts = {
	function: 'core_user_update_picture',
	serial: true,
	atomic: 'all',
	repeat: 'safe',
	capabilities: ['moodle/user:editprofile', 'moodle/user:editownprofile'],
	reply: z.object({ success: z.boolean() }).passthrough(),
	settle: settlePicture,
};

/** Copies an uploaded file into the private files of the account behind the token. Done twice, it is there once. */
export const addPrivateFiles: CallFacts = {
	function: 'core_user_add_user_private_files',
	serial: true,
	atomic: 'all',
	repeat: 'safe',
	capabilities: ['moodle/user:manageownfiles'],
	reply: nothing,
	settle: settleNull,
	context: () => 'system',
};
