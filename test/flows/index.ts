import type { Flow } from './support/flow';
import { accessplanit } from './accessplanit/flow';
import { cyclr } from './cyclr/flow';
import { dsEnroll } from './ds-enroll/flow';
import { enrollait } from './enrollait/flow';
import { focusteck } from './focusteck/flow';

/** All flows, in the order in which they run. */
export const flows: Flow[] = [dsEnroll, accessplanit, cyclr, focusteck, enrollait];

/** Names of the flows that run when none is named. */
export const byDefault: string[] = [dsEnroll.name, accessplanit.name];
