import type { INodeProperties } from 'n8n-workflow';
import { Reference, type ReferenceKind, type ReferenceMode } from '../lookup/reference';
import { Problem, shown } from '../moodle/problem';
import { isStorable, mendStorable, NOT_STORABLE } from '../moodle/storable';
import { isObject, type Json, type Params, type Value } from '../moodle/values';
import { idInAddress } from './addresses';
import { convert, convertAll, isBlank } from './convert';
import { titleOf } from './description';
import { field, type Field } from './fields';
import type { InputFile } from './types';

/** How a locator of an item is read further. */
export interface RefOptions {
	/** The course of a group or grouping. */
	scope?: Reference;
	/** Look an id up as well, because the function takes unknown ones in silence. */
	verify?: boolean;
	/** Home page of the site: addresses must lie below it. */
	siteUrl?: string;
}

const MODES: Record<ReferenceKind, ReferenceMode[]> = {
	user: ['id', 'username', 'email', 'idnumber'],
	course: ['id', 'shortname', 'idnumber'],
	category: ['id', 'idnumber'],
	cohort: ['id', 'idnumber'],
	group: ['id', 'name', 'idnumber'],
	grouping: ['id', 'name', 'idnumber'],
	role: ['id', 'shortname'],
};

const ID = /^[0-9]{1,18}$/;

/** Reads the parameters of one item. Knows nothing of n8n but a function that gives a parameter's value. */
export class Parameters {
	constructor(
		/** Index of the item, from 0. */
		readonly item: number,
		/** Value of a parameter for this item, expressions evaluated; undefined when it is not there. */
		private readonly value: (name: string) => unknown,
		/** Time zone of the workflow. */
		readonly zone: string,
		/** A file of the item's binary data. */
		readonly file: (field: string) => InputFile,
		/** Home page of the site of the credential. Without it, addresses of any site are taken. */
		private readonly siteUrl?: string,
	) {}

	/** The value as it is. */
	raw(name: string): unknown {
		return this.value(name);
	}

	/** A plain field that must not be empty, converted. */
	need(field: Field): Value {
		const value = this.value(field.name);
		if (isBlank(value))
			throw new Problem({
				message: `'${field.displayName}' is empty`,
				mend: 'Give a value for it.',
				code: 'empty',
			});
		return convert(field, value, this.zone);
	}

	/** A plain field that must not be empty, as trimmed text. */
	text(field: Field): string {
		return String(this.need(field)).trim();
	}

	/** A plain field that may be empty. */
	maybe(field: Field): Value {
		const value = this.value(field.name);
		return isBlank(value) ? undefined : convert(field, value, this.zone);
	}

	/** A switch; off when it is empty. The label follows from the name, as n8n's rules for names have it. */
	flag(name: string, label = titleOf(name)): boolean {
		const value = this.value(name);
		return !isBlank(value) && convert(field(name, label, 'boolean'), value, this.zone) === true;
	}

	/** One of the choices of a parameter. @typeParam V its values */
	choice<V extends string = string>(property: INodeProperties): V {
		const { name, displayName, options } = property;
		return String(
			this.need(field(name, displayName, 'choice', { options: options as Field['options'] })),
		) as V;
	}

	/** How many results are wanted, by Return All and Limit. */
	limit(): number {
		if (this.flag('returnAll')) return Infinity;
		return Number(this.need(field('limit', 'Limit', 'integer', { min: 1 })));
	}

	/** The entered fields of a collection as part of a record. */
	fields(name: string, fields: Field[], mode: 'create' | 'update' = 'create'): Params {
		return convertAll(fields, this.value(name), this.zone, mode);
	}

	/** A collection as entered. */
	entered(name: string): Json {
		const value = this.value(name);
		return isObject(value) ? value : {};
	}

	/** An entry of the Options collection. */
	option(name: string): unknown {
		return this.entered('options')[name];
	}

	/** A switch of the Options collection; its default when it is empty or was not added. */
	optionFlag(option: Field): boolean {
		const value = this.option(option.name);
		return (isBlank(value) ? option.default : convert(option, value, this.zone)) === true;
	}

	/** A locator that must be filled. */
	ref(kind: ReferenceKind, label: string, name = `${kind}Id`, options: RefOptions = {}): Reference {
		const found = this.maybeRef(kind, label, name, options);
		if (found) return found;
		throw new Problem({
			message: `'${label}' is empty`,
			mend: `Choose a ${kind}, or give one by one of the other ways the field offers.`,
			code: 'empty',
		});
	}

	/** The course module named by an activity locator. Nothing is asked of Moodle. */
	activity(label = 'Activity', name = 'activityId'): number {
		return this.numbered('activity', label, name);
	}

	/** A locator whose ways all lead to the number by themselves: a list, an ID, an address. */
	numbered(kind: 'activity' | 'report', label: string, name: string): number {
		const raw = this.value(name);
		const located = isObject(raw) ? raw : { mode: 'id', value: raw };
		if (isBlank(located.value))
			throw new Problem({
				message: `'${label}' is empty`,
				mend: 'Give its address, or the number after id= in it.',
				code: 'empty',
			});
		const value = single(located.value, label);
		return Number(
			located.mode === 'url' ? idOfUrl(value, kind, label, this.siteUrl) : idOf(value, label),
		);
	}

	/** A locator that may be empty. */
	maybeRef(
		kind: ReferenceKind,
		label: string,
		name = `${kind}Id`,
		options: RefOptions = {},
	): Reference | undefined {
		return this.reference(this.value(name), kind, label, options);
	}

	/** What a locator inside a collection holds; undefined when it is empty. */
	reference(
		raw: unknown,
		kind: ReferenceKind,
		label: string,
		options: RefOptions = {},
	): Reference | undefined {
		return toReference(raw, kind, label, { ...options, siteUrl: this.siteUrl });
	}
}

/**
 * What a locator holds as a reference; undefined when it is empty.
 *
 * @param raw `{ mode, value }`, or a plain id
 * @throws Problem for an id that is no number, an address that holds none, and an unknown mode
 */
export function toReference(
	raw: unknown,
	kind: ReferenceKind,
	label: string,
	options: RefOptions = {},
): Reference | undefined {
	const located = isObject(raw) ? raw : { mode: 'id', value: raw };
	if (isBlank(located.value)) return undefined;
	const value = single(located.value, label);
	const mode = typeof located.mode === 'string' ? located.mode : 'id';
	const make = (by: ReferenceMode, text: string) =>
		new Reference(kind, by, text, label, options.scope, options.verify);
	if (mode === 'url') return make('id', idOfUrl(value, kind, label, options.siteUrl));
	if (mode === 'list' || mode === 'id') return make('id', idOf(value, label));
	if (!MODES[kind].includes(mode as ReferenceMode))
		throw new Problem({
			message: `'${label}' cannot be given by ${shown(mode)}`,
			mend: `Use one of: ${MODES[kind].join(', ')}.`,
			code: 'badvalue',
		});
	return make(mode as ReferenceMode, value);
}

/** The value of a locator as text. */
function single(value: unknown, label: string): string {
	if (typeof value !== 'object' || value === null) {
		const text = String(value).trim();
		if (isStorable(text)) return text;
		throw new Problem({
			message: `'${label}' ${NOT_STORABLE}: ${shown(text)}`,
			mend: mendStorable(text),
			code: 'badvalue',
		});
	}
	throw new Problem({
		message: `'${label}' must be one value, not a list or an object: ${shown(value)}`,
		mend: 'Let the expression give a single text or number.',
		code: 'badvalue',
	});
}

function idOf(value: string, label: string): string {
	if (ID.test(value) && Number(value) > 0 && Number.isSafeInteger(Number(value)))
		return String(Number(value));
	throw new Problem({
		message: `'${label}' is not an ID: ${shown(value)}`,
		mend: 'An ID is a whole number. To give a name or an e-mail address instead, choose that way in the field.',
		code: 'badvalue',
	});
}

function idOfUrl(value: string, kind: string, label: string, siteUrl: string | undefined): string {
	// An expression often gives the number itself, whatever the mode of the field.
	return idOf(ID.test(value) ? value : idInAddress(value, kind, label, siteUrl), label);
}
