/** The teams of the Cyclr flow, and their leads. */
import type { Expectation } from '../support/accounting';
import type { Account } from '../support/accounts';

/** A team as the other system gives it. */
export interface Team {
	id: string;
	name: string;
	/** The lead. */
	username: string;
	firstname: string;
	lastname: string;
	email: string;
}

/** A team and what must become of it: `done`, or why it fails. */
export interface TeamEntry extends Expectation {
	team: Team;
}

function team(
	id: string,
	name: string,
	firstname: string,
	lastname: string,
	username: string,
): Team {
	return { id, name, username, firstname, lastname, email: `${username}@teams.example` };
}

/** The teams. The lead of the last one has no address that Moodle would take. */
export const TEAMS: TeamEntry[] = [
	{
		team: team('TEAM-1', "O'Connor & Sons", 'Olivia', "O'Connor", 'olivia.oconnor'),
		expect: 'done',
	},
	{ team: team('TEAM-2', 'Équipe «Nord»', 'Jürgen', 'Groß', 'juergen.gross'), expect: 'done' },
	{ team: team('TEAM-3', '佐藤チーム', 'さくら', '佐藤', 'sakura.sato'), expect: 'done' },
	{
		team: team('TEAM-4', 'Łódź 100 %', 'Małgorzata', 'Żuławska', 'malgorzata.zulawska'),
		expect: 'done',
	},
	{
		team: {
			...team('TEAM-5', 'No address', 'Íñigo', 'Núñez', 'inigo.nunez'),
			email: 'inigo.nunez(at)teams',
		},
		expect: 'failed',
		field: 'email',
		value: 'inigo.nunez(at)teams',
	},
];

/** The accounts of those leads that Moodle takes. */
export const LEADS: Account[] = TEAMS.filter(({ expect }) => expect === 'done').map(
	({ team: { username, firstname, lastname, email } }) => ({
		username,
		firstname,
		lastname,
		email,
		institution: '',
		city: '',
		country: '',
	}),
);
