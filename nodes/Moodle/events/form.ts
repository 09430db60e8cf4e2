import { propertiesOf, subtitleOf } from './description';
import { events } from './registry';

/** What the editor shows of the events; in dist it is written down like actions/form.ts. */
export const form = { subtitle: subtitleOf(events), properties: propertiesOf(events) };
