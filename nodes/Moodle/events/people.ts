import type { INodeProperties } from 'n8n-workflow';
import { detailsOf } from '../actions/cohort/memberDetails';
import { canSee } from '../lookup/visibility';
import type { Read } from '../moodle/calls';
import { Problem } from '../moodle/problem';
import type { Json } from '../moodle/values';
import type { Row, Show, Sight } from './types';

/** Whether users are looked up for the output. */
export const withUser: INodeProperties = {
	displayName: 'Include User Details',
	name: 'includeUsers',
	type: 'boolean',
	default: true,
	description:
		'Whether to look up user name, name and email of each user; otherwise there are IDs only',
};

/** @throws Problem where the account behind the token does not see users, so that it would never find one, or take all for gone */
export async function needSight({ read, site }: Pick<Sight, 'read' | 'site'>): Promise<void> {
	const sees = await canSee(read, site, 'id');
	if (sees === true) return;
	throw new Problem({
		message:
			'The account behind the token does not see the users of the site, so this event cannot be noticed',
		mend: sees.mend,
		code: sees.code,
	});
}

/** Outputs with what is shown of their users, where that is wanted. */
export async function withUsers(
	read: Read,
	rows: Row[],
	show: Show,
	output: (row: Row) => Json,
	userOf: (row: Row) => number = ({ key }) => key,
): Promise<Json[]> {
	const details = show.users ? await detailsOf(read, rows.map(userOf)) : new Map<number, Json>();
	return rows.map((row) => ({ ...output(row), ...details.get(userOf(row)) }));
}
