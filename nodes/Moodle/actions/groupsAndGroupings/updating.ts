import type { INodeProperties } from 'n8n-workflow';
import { customFieldProblem } from '../../lookup/customFields';
import type { GroupKind } from '../../lookup/groups';
import type { Reference, Resolved } from '../../lookup/reference';
import type { CallFacts } from '../../moodle/calls';
import { Problem } from '../../moodle/problem';
import type { ReadFacts } from '../../moodle/reads';
import type { Params } from '../../moodle/values';
import { previewOf } from '../build';
import { refKey } from '../keys';
import type { Parameters } from '../parameters';
import type { Operation, Services, Step } from '../types';
import { sending, wholeChange } from './change';
import { uniqueKeys } from './keys';
import { readGroups, unknownGroup } from './read';

/** What an item of an update says. */
export interface UpdateInput {
	/** The course, for the lookup and for keys; undefined with a plain id. */
	courseId: Reference | undefined;
	target: Reference;
	changes: Params;
}

/** What the update of groups and that of groupings do not share. */
export interface UpdateSpec {
	kind: GroupKind;
	description: string;
	call: CallFacts;
	reads: ReadFacts[];
	fields: INodeProperties[];
	input: (p: Parameters) => UpdateInput;
}

async function steps(
	{ kind, call }: UpdateSpec,
	inputs: Array<Resolved<UpdateInput>>,
	{ read }: Services,
): Promise<Step[]> {
	const { rows, refused } = await readGroups(
		read,
		kind,
		inputs.map(({ target }) => target),
	);
	return inputs.map(({ target, changes }) => {
		const row = rows.get(target);
		if (!row) return { problem: refused.get(target) ?? unknownGroup(kind, target) };
		const problem = customFieldProblem(changes, row);
		if (problem) return { problem };
		const change = wholeChange(kind, row, changes);
		const output = () => ({
			id: target,
			updated: true,
			courseid: Number(row.courseid),
			name: change.name,
		});
		return {
			task: {
				...sending(kind, call, change, row),
				action: 'update',
				output,
				preview: previewOf(change),
			},
		};
	});
}

/** An update of groups or groupings: each record is read first, because Moodle wants what stays to be sent again. */
export function updating(spec: UpdateSpec): Operation<UpdateInput> {
	const { kind, description, call, reads, fields } = spec;
	return {
		resource: kind,
		value: 'update',
		name: 'Update',
		action: `Update ${kind}`,
		description,
		writes: true,
		batched: true,
		calls: [call],
		reads,
		fields,
		input: (p) => {
			const input = spec.input(p);
			if (Object.keys(input.changes).length > 0) return input;
			throw new Problem({
				message: "'Update Fields' holds nothing to change",
				mend: 'Add at least one field.',
				code: 'empty',
			});
		},
		keys: ({ courseId, target, changes }) => [refKey(target), ...uniqueKeys(courseId, changes)],
		steps: async (inputs, services) => await steps(spec, inputs, services),
	};
}
