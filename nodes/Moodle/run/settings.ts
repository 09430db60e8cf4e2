import type { IExecuteFunctions } from 'n8n-workflow';
import { convert, isBlank } from '../actions/convert';
import { usualRecords } from '../actions/description';
import { field } from '../actions/fields';
import type { Operation } from '../actions/types';
import { MOST_IN_FLIGHT } from '../moodle/flightRules';
import { Problem } from '../moodle/problem';
import { isObject, type Json } from '../moodle/values';
import { yesOrNo } from '../moodle/yesNo';

/** The common entries of the Options collection, with their defaults. */
export interface Settings {
	dryRun: boolean;
	recordsPerRequest: number;
	requestsInFlight: number;
	timeout: number;
	patience: number;
}

const DEFAULT_TIMEOUT = 120_000;

/**
 * Whether a switch that protects is on: anything but a clear no counts, because an expression that gives something odd
 * must not open what was meant to be locked.
 */
export function isProtected(value: unknown): boolean {
	return yesOrNo(value) !== false;
}

function within(
	value: unknown,
	label: string,
	fallback: number,
	least: number,
	most: number,
): number {
	if (isBlank(value)) return fallback;
	return Math.min(
		most,
		Math.max(least, Math.floor(Number(convert(field('option', label, 'number'), value, 'UTC')))),
	);
}

/** An expression of the options that n8n cannot evaluate, or that the items disagree about. */
function refused(message: string): Problem {
	return new Problem({
		message: `${message}, so nothing was sent`,
		mend: "Check the expressions in 'Options': they are read from the first item and hold for the whole run.",
		code: 'options',
	});
}

function evaluated(context: IExecuteFunctions, name: string, item: number): unknown {
	try {
		return context.getNodeParameter(name, item, undefined) as unknown;
	} catch (caught) {
		throw refused(
			`'Options' cannot be evaluated (${caught instanceof Error ? caught.message : 'unknown cause'})`,
		);
	}
}

/** Dry Run is for all items or for none: whether one item is written must not hang on another one. */
function readDryRun(context: IExecuteFunctions, options: Json): boolean {
	if (!('dryRun' in options)) return false;
	const isOn = isProtected(options.dryRun);
	const raw: unknown = context.getNodeParameter('options.dryRun', 0, undefined, {
		rawExpressions: true,
	});
	const isExpression = typeof raw === 'string' && raw.startsWith('=');
	const differs =
		isExpression &&
		context
			.getInputData()
			.some((_, item) => isProtected(evaluated(context, 'options.dryRun', item)) !== isOn);
	if (differs) throw refused("'Dry Run' is on for some items and off for others");
	return isOn;
}

/**
 * Reads the options that concern the run as a whole; they are those of the first item.
 *
 * @throws Problem for an expression that fails and for what is no number
 */
export function readSettings(context: IExecuteFunctions, operation: Operation): Settings {
	const raw = evaluated(context, 'options', 0);
	const options = isObject(raw) ? raw : {};
	return {
		dryRun: operation.writes && readDryRun(context, options),
		recordsPerRequest: within(
			options.recordsPerRequest,
			'Records per Request',
			usualRecords(operation),
			1,
			500,
		),
		requestsInFlight: within(
			options.requestsInFlight,
			'Requests in Flight',
			MOST_IN_FLIGHT,
			1,
			MOST_IN_FLIGHT,
		),
		timeout: within(
			options.timeout,
			'Timeout (Ms)',
			operation.timeout ?? DEFAULT_TIMEOUT,
			1000,
			3_600_000,
		),
		patience: within(options.recoverySeconds, 'Recovery Time (Seconds)', 30, 0, 600) * 1000,
	};
}
