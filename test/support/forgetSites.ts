/** Each test meets sites as an n8n does that has just started: what was found out about their speed is no test's business. */
import { forgetSites } from '../../nodes/Moodle/run/siteSpeeds';

beforeEach(forgetSites);
