import type { Operation } from './types';

let known: Operation[] = [];

/** Makes the operations known. Called once, by the node, with what the generated registry lists. */
export function setCatalogue(operations: Operation[]): void {
	known = operations;
}

/** All operations of the node. */
export function catalogue(): Operation[] {
	return known;
}

/** The operation with these two public values; undefined for others, such as n8n's own Custom API Call. */
export function findOperation(resource: string, value: string): Operation | undefined {
	return known.find((operation) => operation.resource === resource && operation.value === value);
}
