import { OF_RECORDS } from './explanations/records';
import { OF_SITE } from './explanations/site';
import type { Explanation } from './explanations/types';

export type { Explanation };

/**
 * By `errorcode`, the same in every language. Our own codes (network, page, redirect) are here too.
 * Messages carry no identifiers of Moodle: n8n rewrites texts that contain names of system errors.
 */
export const EXPLANATIONS: Record<string, Explanation> = { ...OF_SITE, ...OF_RECORDS };
