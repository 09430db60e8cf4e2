import type { INodeProperties } from 'n8n-workflow';

/** Names and display names of parameters, those inside collections too: messages name fields as people see them. */
export function labelsOf(properties: INodeProperties[]): Map<string, string> {
	const labels = new Map<string, string>();
	for (const { name, displayName, options, type } of properties) {
		labels.set(name, displayName);
		if (type === 'collection')
			labelsOf((options ?? []) as INodeProperties[]).forEach((label, key) =>
				labels.set(key, label),
			);
	}
	return labels;
}
