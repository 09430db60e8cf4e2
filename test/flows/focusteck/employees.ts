/** The employees of the Focusteck flow: who came, whose data changed, who left. */
import type { Expectation } from '../support/accounting';

/** What the HR system says of somebody. */
export interface Employee {
	id: string;
	event: 'hired' | 'changed' | 'left';
	username: string;
	firstname: string;
	lastname: string;
	email: string;
	department: string;
}

/** An employee, what must become of the account, and what of it when the same list comes again. */
export interface EmployeeEntry {
	person: Employee;
	first: Expectation;
	again: Expectation;
}

function person(
	id: string,
	event: Employee['event'],
	firstname: string,
	lastname: string,
	username: string,
	department: string,
): Employee {
	return {
		id,
		event,
		username,
		firstname,
		lastname,
		email: `${username}@focusteck.example`,
		department,
	};
}

const twice = (expectation: Expectation) => ({ first: expectation, again: expectation });

/** Nobody of that name is there: when somebody left who never was, or left before. */
const unknown = (username: string): Expectation => ({
	expect: 'failed',
	field: 'user',
	value: username,
});

/** The list. */
export const EMPLOYEES: EmployeeEntry[] = [
	{
		person: person('E-01', 'hired', 'Olivia', "O'Connor", 'ft.olivia', 'Sales & Marketing'),
		first: { expect: 'created' },
		again: { expect: 'unchanged' },
	},
	{
		person: person('E-02', 'hired', 'Jürgen', 'Groß', 'ft.juergen', 'Büro'),
		first: { expect: 'created' },
		again: { expect: 'unchanged' },
	},
	{
		person: person('E-03', 'hired', 'さくら', '佐藤', 'ft.sakura', '開発部'),
		first: { expect: 'created' },
		again: { expect: 'unchanged' },
	},
	{
		person: person('E-04', 'hired', 'Tarō', 'Sato', 'ft.returned', 'Support'),
		first: { expect: 'updated' },
		again: { expect: 'unchanged' },
	},
	{
		person: {
			...person('E-05', 'hired', 'Lucía', 'Ibáñez', 'ft.lucia', 'Support'),
			email: 'lucia(at)focusteck',
		},
		...twice({ expect: 'failed', field: 'email', value: 'lucia(at)focusteck' }),
	},
	{
		person: person('E-06', 'hired', 'Zoé', '', 'ft.zoe', 'Support'),
		...twice({ expect: 'failed', field: 'last name' }),
	},
	{
		person: person('E-07', 'changed', 'Ludovica', 'De Luca-Rossi', 'ft.ludovica', 'Management'),
		...twice({ expect: 'updated' }),
	},
	{
		person: {
			...person('E-08', 'changed', 'Paweł', 'Żuławski', 'ft.pawel', ''),
			email: 'pawel.zulawski@focusteck.example',
		},
		...twice({ expect: 'updated' }),
	},
	{
		person: person('E-09', 'changed', 'Nobody', 'Known', 'ft.nobody', 'Sales'),
		...twice(unknown('ft.nobody')),
	},
	{
		person: person('E-10', 'left', 'Enzo', 'Esposito', 'ft.enzo', ''),
		first: { expect: 'deleted' },
		again: unknown('ft.enzo'),
	},
	{
		person: person('E-11', 'left', 'Anouk', "'t Hart", 'ft.anouk', ''),
		first: { expect: 'deleted' },
		again: unknown('ft.anouk'),
	},
	{ person: person('E-12', 'left', 'Never', 'Was', 'ft.never', ''), ...twice(unknown('ft.never')) },
];

/** User names of those who have an account before the list comes. */
export const BEFORE = ['ft.returned', 'ft.ludovica', 'ft.pawel', 'ft.enzo', 'ft.anouk'];
