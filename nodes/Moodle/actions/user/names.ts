import { Problem } from '../../moodle/problem';
import type { Json } from '../../moodle/values';
import type { Services } from '../types';

type Found = Json | Problem | undefined;

const isUnnamed = (user: Found): user is Json =>
	user !== undefined &&
	!(user instanceof Problem) &&
	user.firstname === undefined &&
	user.lastname === undefined;

/** First and last name by the full name, where there is one way to cut it: of three words the middle one could belong to either. */
function named(user: Json): Json {
	const words = String(user.fullname ?? '').split(' ');
	return words.length === 2 && !words.includes('')
		? { ...user, firstname: words[0], lastname: words[1] }
		: user;
}

/**
 * Users with their first and last name, as far as they can be told. Up to 5.0 Moodle shows the two to holders of
 * moodle/site:viewfullnames only, and the full name to all, in the order of the site (user_get_user_details).
 *
 * @throws MoodleFailure when Moodle cannot be asked
 */
export async function withNames(
	users: Found[],
	{ site }: Pick<Services, 'site'>,
): Promise<Found[]> {
	if (!users.some(isUnnamed)) return users;
	const isInOrder = (await site())?.firstNameFirst === true;
	return isInOrder ? users.map((user) => (isUnnamed(user) ? named(user) : user)) : users;
}
