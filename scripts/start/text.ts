/** Plain text for narrow terminals. */

const WIDE =
	/^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}]/u;

/** Marks that sit on another letter, joiners, and skin colours. */
const NO_WIDTH = /^[\p{M}\p{Cf}\u{1f3fb}-\u{1f3ff}]/u;

/** Columns that a text takes, about: wide letters and emoji take two, marks that sit on others none. */
export function widthOf(text: string): number {
	let width = 0;
	for (const letter of text) width += NO_WIDTH.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1;
	return width;
}

const padded = (text: string, width: number, toTheRight: boolean): string => {
	const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
	return toTheRight ? blanks + text : text + blanks;
};

/** Rows as an aligned table: the first column to the left, figures to the right. */
export function table(rows: string[][]): string[] {
	const columns = Math.max(...rows.map((row) => row.length));
	const widths = Array.from({ length: columns }, (_, column) =>
		Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
	);
	return rows.map((row) =>
		row
			.map((cell, column) => padded(cell, widths[column], column > 0))
			.join('  ')
			.trimEnd(),
	);
}

/**
 * A text in lines of at most `width` columns. Words longer than a line are cut up.
 * @param first what the first line begins with
 * @param rest what all others begin with
 */
export function wrap(text: string, width: number, first = '', rest = first): string[] {
	const lines: string[] = [];
	let line = first;
	let isBlank = true;
	const end = (): void => {
		lines.push(line);
		line = rest;
		isBlank = true;
	};
	// eslint-disable-next-line no-control-regex
	for (const word of text.replace(/[\u0000-\u001f\u007f]+/g, ' ').split(' ')) {
		if (word === '') continue;
		if (!isBlank && widthOf(`${line} ${word}`) > width) end();
		line += isBlank ? word : ` ${word}`;
		isBlank = false;
		while (widthOf(line) > width) {
			const letters = Array.from(line);
			let fitting = letters.length;
			while (fitting > rest.length + 1 && widthOf(letters.slice(0, fitting).join('')) > width)
				fitting--;
			lines.push(letters.slice(0, fitting).join(''));
			line = rest + letters.slice(fitting).join('');
		}
	}
	if (!isBlank) end();
	return lines;
}

/** `12,345` */
export function count(value: number): string {
	return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `0.8 s`, `2 min 5 s` */
export function duration(milliseconds: number): string {
	const seconds = milliseconds / 1000;
	return seconds < 100
		? `${seconds.toFixed(1)} s`
		: `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** `96 MB` */
export function megabytes(bytes: number): string {
	return `${Math.round(bytes / 1024 / 1024)} MB`;
}
