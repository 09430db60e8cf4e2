import { propertiesOf, resourceOptions, subtitleOf } from './description';
import { operations } from './registry';

/**
 * What the editor shows of the operations. n8n asks for it at every start, and for the operations only when a node runs:
 * in dist the build (scripts/bundle.mjs) puts what this comes to in the place of this file.
 */
export const form = {
	subtitle: subtitleOf(operations),
	resources: resourceOptions(operations),
	properties: propertiesOf(operations),
};
