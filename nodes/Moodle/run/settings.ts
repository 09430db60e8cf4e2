import type { IExecuteFunctions } from 'n8n-workflow';
import { isObject } from '../moodle/values';
import type { Operation } from '../actions/types';

/** The common entries of the Options collection, with their defaults. */
export interface Settings {
	dryRun: boolean;
	recordsPerRequest: number;
	requestsInFlight: number;
	timeout: number;
	patience: number;
}

const DEFAULT_TIMEOUT = 120_000;

function within(value: unknown, fallback: number, least: number, most: number): number {
	const number = Number(value);
	return Number.isFinite(number) && value !== '' && value !== undefined ? Math.min(most, Math.max(least, Math.floor(number))) : fallback;
}

/** Reads the options that concern the run as a whole; they are those of the first item. */
export function readSettings(context: IExecuteFunctions, operation: Operation): Settings {
	const raw: unknown = context.getNodeParameter('options', 0, {});
	const options = isObject(raw) ? raw : {};
	return {
		dryRun: operation.writes && options.dryRun === true,
		recordsPerRequest: within(options.recordsPerRequest, 50, 1, 500),
		requestsInFlight: within(options.requestsInFlight, 1, 1, 4),
		timeout: within(options.timeout, operation.timeout ?? DEFAULT_TIMEOUT, 1000, 3_600_000),
		patience: within(options.recoverySeconds, 30, 0, 600) * 1000,
	};
}
