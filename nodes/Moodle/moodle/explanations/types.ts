/** What a code of Moodle means to a person, and how to mend it. `{text}` stands for Moodle's own sentence. */
export interface Explanation {
	message: string;
	mend?: string;
}
