import type { Resolved } from '../../lookup/reference';
import type { Read } from '../../moodle/calls';
import { toIso } from '../../moodle/dates';
import { readFacts } from '../../moodle/reads';
import { holding } from '../../moodle/replies';
import { objectsOf, type Json } from '../../moodle/values';
import { reading } from '../build';
import { returnAllAndLimit, simplify } from '../fields';
import { locator } from '../locators';
import type { Parameters } from '../parameters';

const badgesFacts = readFacts({
	function: 'core_badges_get_user_badges',
	capabilities: ['moodle/badges:viewotherbadges'],
	reply: holding('badges'),
});

const PAGE = 100;

function inputOf(p: Parameters) {
	return {
		userId: p.ref('user', 'User'),
		courseId: p.maybeRef('course', 'Course'),
		limit: p.limit(),
		simple: p.flag('simplify'),
	};
}

type Input = Resolved<ReturnType<typeof inputOf>>;

async function badges(read: Read, { userId, courseId, limit }: Input): Promise<Json[]> {
	const rows: Json[] = [];
	for (let page = 0; rows.length < limit; page++) {
		const reply = await read(badgesFacts, {
			userid: userId,
			courseid: courseId ?? 0,
			page,
			perpage: PAGE,
		});
		const found = objectsOf(reply.badges);
		rows.push(...found);
		if (found.length < PAGE) break;
	}
	return rows.slice(0, limit);
}

const simplified = (userid: number, row: Json): Json => ({
	id: row.id,
	userid,
	name: row.name,
	description: row.description,
	issuername: row.issuername,
	dateissued: toIso(row.dateissued),
	dateexpire: toIso(row.dateexpire),
	uniquehash: row.uniquehash,
	badgeurl: row.badgeurl,
});

export const operation = reading({
	resource: 'badge',
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many badges',
	description: 'Retrieve the badges that a user was awarded and does not keep private',
	reads: [badgesFacts],
	fields: [
		locator('user'),
		locator('course', {
			required: false,
			description:
				'Only badges of this course. If left empty, those of the site and of all courses.',
		}),
		...returnAllAndLimit,
		simplify,
	],
	input: inputOf,
	steps: async (inputs, services) =>
		await services.each(inputs, async (input) => {
			const rows = await badges(services.read, input);
			return { done: input.simple ? rows.map((row) => simplified(input.userId, row)) : rows };
		}),
});
