/** The kinds of Moodle records that a field can name. */
export type ReferenceKind =
	| 'user'
	| 'course'
	| 'category'
	| 'cohort'
	| 'group'
	| 'grouping'
	| 'role';

/** The ways to name one. `list` and `url` end up as ids without asking Moodle. */
export type ReferenceMode = 'id' | 'username' | 'email' | 'idnumber' | 'shortname' | 'name';

/** A record named by the user, before it is looked up. */
export class Reference {
	constructor(
		readonly kind: ReferenceKind,
		readonly mode: ReferenceMode,
		/** What the user typed, trimmed. For `id` a whole number as text. */
		readonly value: string,
		/** Display name of the field, for messages. */
		readonly field: string,
		/** The course in which a group or grouping is looked up. */
		readonly scope?: Reference,
		/** Whether an id is looked up too, because the function accepts unknown ids in silence. */
		readonly verify = false,
	) {}
}

/** An input whose references have become ids. */
export type Resolved<I> = {
	[K in keyof I]:
		| Exclude<I[K], Reference>
		| (Extract<I[K], Reference> extends never ? never : number);
};
