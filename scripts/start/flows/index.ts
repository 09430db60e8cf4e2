import type { Flow } from '../flow';
import { accessplanit } from './accessplanit';
import { cyclr } from './cyclr';
import { dsEnroll } from './ds-enroll';
import { enrollait } from './enrollait';
import { focusteck } from './focusteck';

/** All flows, in the order in which they run. */
export const flows: Flow[] = [dsEnroll, accessplanit, cyclr, focusteck, enrollait];

/** Names of the flows that run when none is named. */
export const byDefault: string[] = [dsEnroll.name, accessplanit.name];
