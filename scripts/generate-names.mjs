// test/contract/names.json: the public names, as they were shipped. New ones are added; a name that is gone is an error,
// because the workflows of users hold it.
export const NAMES_FILE = 'test/contract/names.json';

/** Names of a parameter's entries, as `additionalFields.city`; of a fixed collection those of its groups, too. */
function within(property, path = property.name) {
	const entries = (property.options ?? []).flatMap((option) => option.values ?? [option]);
	const isCollection = property.type === 'collection' || property.type === 'fixedCollection';
	return isCollection
		? [path, ...entries.flatMap((entry) => within(entry, `${path}.${entry.name}`))]
		: [path];
}

/** `resource/operation` to the names of its parameters. */
function namesOf({ operations, optionsOf }) {
	return operations.map((operation) => [
		`${operation.resource}/${operation.value}`,
		[
			...operation.fields.flatMap((property) => within(property)),
			...optionsOf(operation).map(({ name }) => `options.${name}`),
		],
	]);
}

/**
 * @param shipped the text of the file as it is, '{}' where there is none
 * @throws Error naming what is gone
 */
export function generateNames(facts, shipped) {
	const known = JSON.parse(shipped);
	const now = Object.fromEntries(namesOf(facts));
	const gone = Object.entries(known).flatMap(([operation, names]) =>
		now[operation] === undefined
			? [operation]
			: names
					.filter((name) => !now[operation].includes(name))
					.map((name) => `the parameter '${name}' of ${operation}`),
	);
	if (gone.length > 0)
		throw new Error(
			`${NAMES_FILE} has public names that nodes/Moodle/actions/<resource>/<operation>.ts has no longer: ${gone.join(', ')}. Workflows of users hold them: give each its name back (a field may change its displayName).`,
		);
	const lines = Object.keys(now)
		.sort()
		.map((name) => `\t${JSON.stringify(name)}: ${JSON.stringify([...new Set(now[name])].sort())}`);
	return `{\n${lines.join(',\n')}\n}\n`;
}
