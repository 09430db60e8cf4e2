import type { Read } from '../moodle/calls';
import type { Json } from '../moodle/values';
import { everybody } from './everybody';
import { usersByField } from './users';

/** The same users as whole records, as a look-up gives them: with what the list of participants lacks. */
export async function everybodyWhole(read: Read, limit: number): Promise<Json[]> {
	const rows = await everybody(read, limit, 'id');
	const ids = rows.filter((row) => row.id !== undefined).map((row) => String(row.id));
	const users = new Map(
		(await usersByField(read, 'id', ids)).map((user) => [Number(user.id), user]),
	);
	const whole: Json[] = [];
	rows.forEach((row, index) => {
		const user = row.id === undefined ? row : users.get(Number(row.id));
		if (user)
			whole.push(
				user.unreadable === true ? { ...user, position: row.position ?? index + 1 } : user,
			);
	});
	return whole;
}
