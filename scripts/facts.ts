/** What the generator derives documents from: the operations and signatures as the node has them. Bundled by generate.mjs. */
export { optionsOf, titleOf, usualRecords } from '../nodes/Moodle/actions/description';
export { needsOf } from '../nodes/Moodle/actions/needs';
export { operations } from '../nodes/Moodle/actions/registry';
export { USES } from '../nodes/Moodle/actions/uses';
export { eventNeeds } from '../nodes/Moodle/events/needs';
export { events } from '../nodes/Moodle/events/registry';
export { LIST_READS, NAME_READS } from '../nodes/Moodle/lookup/facts';
export { signatures } from '../nodes/Moodle/moodle/signatures';
