/* eslint-disable @n8n/community-nodes/no-restricted-globals -- reads how tests are asked to run */
import fc from 'fast-check';

const { SEED, SCHEDULES } = process.env;

/** The seed of every run that nobody asked to be another one. */
const USUAL = 20261122;

/**
 * fast-check with the seed of SEED, or the usual one: a change is not rejected for what chance found in somebody else's code.
 * With SCHEDULES, which asks for many, each run is another one, and tells its seed where it fails.
 */
fc.configureGlobal({
	seed: SEED === undefined ? (SCHEDULES === undefined ? USUAL : undefined) : Number(SEED),
});

export default fc;
