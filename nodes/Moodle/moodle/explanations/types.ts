/** What a code of Moodle means to a person, and what to do about it. `{text}` stands for Moodle's own sentence. */
export interface Explanation {
	message: string;
	mend?: string;
}
