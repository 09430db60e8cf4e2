/**
 * n8n refuses to activate a workflow of which it says that a parameter is not valid. A locator that need not be filled is
 * valid when it is empty, in each of its modes, as it was before anybody touched it.
 */
import { NodeHelpers, type INodeParameters, type INodeProperties } from 'n8n-workflow';
import { Moodle } from '../../nodes/Moodle/Moodle.node';
import { MoodleTrigger } from '../../nodes/Moodle/MoodleTrigger.node';

interface Place {
	node: string;
	property: INodeProperties;
	shown: INodeParameters;
}

const places = [new Moodle(), new MoodleTrigger()].flatMap(({ description }): Place[] =>
	description.properties
		.filter(({ type }) => type === 'resourceLocator')
		.map((property) => {
			const show = Object.entries(property.displayOptions?.show ?? {});
			const shown = Object.fromEntries(show.map(([name, values]) => [name, values?.[0]]));
			return { node: description.name, property, shown: shown as INodeParameters };
		}),
);
const optional = places.filter(({ property }) => property.required !== true);
const required = places.filter(({ property }) => property.required === true);

/** What n8n says of a locator with this value, by the rules of the locator alone. */
function issues({ property, node }: Place, mode: string, value: string): string[] {
	const alone = { ...property, displayOptions: undefined };
	const parameters = { [property.name]: { __rl: true, mode, value } } as INodeParameters;
	const description = { name: node, properties: [alone] } as never;
	const found = NodeHelpers.getNodeParametersIssues(
		[alone],
		{ parameters, type: node, typeVersion: 1 } as never,
		description,
	);
	return found?.parameters?.[property.name] ?? [];
}

const called = ({ node, property, shown }: Place) =>
	`${node} ${Object.values(shown).join(' ')} ${property.name}`;

test.each(optional.map((place) => [called(place), place] as const))('%s', (_, place) => {
	for (const { name } of place.property.modes ?? []) expect(issues(place, name, '')).toEqual([]);
	if (place.property.modes?.some(({ name }) => name === 'id'))
		expect(issues(place, 'id', 'none')).toHaveLength(1);
});

test('a locator that must be filled is not valid when it is empty', () => {
	expect(optional.length).toBeGreaterThan(10);
	for (const place of required)
		for (const { name } of place.property.modes ?? [])
			expect(issues(place, name, '')).not.toEqual([]);
});
