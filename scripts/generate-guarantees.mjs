// The tables of docs/guarantees.md that follow from what operations say of their calls: `repeat`, `knownBy` and `atomic`.

/** What is done when an answer is lost, in the order of the table. An operation belongs to the first kind that fits. */
const LOST = [
	{
		fits: (kinds) => kinds.has('lookup') && kinds.has('safe'),
		promise:
			'What is new is looked for, as in the next row; changes are sent again, as in the one after',
		tests: '`test/robust/faults.test.ts`: “upsert”',
	},
	{
		fits: (kinds) => kinds.has('lookup'),
		promise:
			'The node looks whether it was done, for as long as *Recovery Time* says (30 s), and sends only what is missing',
		tests:
			'`test/robust/faults.test.ts`: “create”, “group”, “delete”; `test/robust/httpOthers.test.ts`: “course”, “cohort”, “copy of a course”, “category with ID number”, “category without ID number”',
	},
	{
		fits: (kinds) => kinds.has('never'),
		promise: '**Never sent again.** The items of that request are told as *open*',
		tests:
			'`test/robust/faults.test.ts`: “message”; `test/robust/httpOthers.test.ts`: “a function that may write”',
	},
	{
		fits: () => true,
		promise: 'Sent again: the end is the same',
		tests:
			'`test/robust/faults.test.ts`: “update”, “member”, “group member”, “enrol”; `test/robust/httpOthers.test.ts`: “deletion of a group”',
	},
];

/** What becomes of good records beside a refused one, by `atomic`. */
const BESIDE = {
	all: 'Moodle undoes the whole request. The node finds out which one it was and sends the others again',
	each: 'Moodle applies the good ones; the node tells which were refused. A run that stops sends one record a request, unless it can foresee every refusal',
	none: 'One record a request',
};
const BESIDE_TESTS = {
	all: '`test/contract/atomic.test.ts`: “does with the good one what its operation says”',
	each: '`test/contract/atomic.test.ts`: “does with the good one what its operation says”; `test/robust/stops.test.ts`: “a refusal at $at stops what comes after it”',
	none: '`test/contract/atomic.test.ts`: “nothing good travels after what may be refused”',
};

const unique = (list) => [...new Set(list)];

/** `User: Create, Delete; Course: Create`, the operations in the order in which the node shows them. */
function listed(operations, titleOf, wordsOf) {
	const byResource = new Map();
	for (const operation of operations)
		byResource.set(operation.resource, [...(byResource.get(operation.resource) ?? []), operation]);
	return [...byResource]
		.map(([resource, own]) => `${titleOf(resource)}: ${own.map(wordsOf).join(', ')}`)
		.sort()
		.join('; ');
}

function withKey({ name, calls }) {
	const keys = unique(calls.flatMap(({ knownBy }) => knownBy ?? []));
	return keys.length > 0 && !calls.some(({ repeat }) => repeat === 'safe')
		? `${name} (${keys.join(', ')})`
		: name;
}

/** Functions chosen by name are known when they are called: they are never sent again. */
const kindsOf = ({ calls }) =>
	new Set(calls.length > 0 ? calls.map(({ repeat }) => repeat) : ['never']);

export function lostTable({ operations, titleOf }) {
	const writing = operations.filter(({ writes }) => writes);
	const kindOf = (operation) => LOST.find(({ fits }) => fits(kindsOf(operation)));
	const rows = LOST.map((kind) => {
		const own = writing.filter((operation) => kindOf(operation) === kind);
		return `| ${kind.promise} | ${listed(own, titleOf, withKey)} | ${kind.tests}; \`test/contract/lost.test.ts\`: “does after a lost answer what docs/guarantees.md says” |`;
	});
	return [
		'| When an answer is lost | Operations, and by what a record is recognised | Shown by |',
		'| --- | --- | --- |',
		...rows,
		'| Asked again, up to four times | everything that only reads | `test/robust/faults.test.ts`: “read” |',
	].join('\n');
}

/** `atomic` of an operation as it is sent: what takes one record a call has no good records beside a refused one. */
function besideOf({ calls }) {
	const batched = calls.filter(({ list, perRequest }) => list !== undefined && perRequest !== 1);
	if (batched.length === 0) return ['none'];
	return unique(batched.map(({ atomic }) => atomic));
}

export function besideTable({ operations, titleOf }) {
	const writing = operations.filter(({ writes }) => writes);
	const rows = Object.keys(BESIDE).map((atomic) => {
		const own = writing.filter((operation) => besideOf(operation).includes(atomic));
		const part = (operation) =>
			besideOf(operation).length > 1 ? `${operation.name} (in part)` : operation.name;
		return `| ${BESIDE[atomic]} | ${listed(own, titleOf, part)} | ${BESIDE_TESTS[atomic]} |`;
	});
	return [
		'| Good records beside a refused one | Operations | Shown by |',
		'| --- | --- | --- |',
		...rows,
	].join('\n');
}
