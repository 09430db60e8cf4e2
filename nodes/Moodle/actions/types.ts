import type { IBinaryData, INodeProperties } from 'n8n-workflow';
import type { Lookup } from '../lookup/lookup';
import type { Resolved } from '../lookup/reference';
import type { CallFacts, Read } from '../moodle/calls';
import type { Problem } from '../moodle/problem';
import type { ReadFacts } from '../moodle/reads';
import type { Json, Params, Value } from '../moodle/values';
import type { SiteInfo } from '../moodle/version';
import type { Field } from './fields';
import type { Parameters } from './parameters';

/** What goes out for an input: data, and a file for downloads. */
export interface Output {
	json: Json;
	binary?: { [field: string]: IBinaryData };
}

/** One record to be written. */
export interface Task {
	call: CallFacts;
	/** The record as Moodle wants it: one element of the list parameter, or the parameters themselves. */
	record: Value;
	/** Parameters that all records of one request share. Requests are made per distinct value. */
	shared?: Params;
	/** What is done, as Dry Run words it: `create`, `update`, `delete`, `enrol` … */
	action: string;
	/** The output item (or items) once Moodle has answered; `reply` is the record's part of the reply. */
	output: (reply: unknown) => Json | Json[];
	/** What Dry Run shows of the record. Passwords are left out. */
	preview?: Json;
	/** It changes a record that Dry Run has only announced, so that Moodle cannot be asked about it. */
	isForetold?: boolean;
}

/** What is to be done for one input. */
export type Step = ({ done: Json | Json[] | Output } | { problem: Problem } | { task: Task }) & {
	/** For operations that look at all items together: the items this step stands for. */
	items?: number[];
	/** The record that was found, e.g. `user 42`: other items that mean the same wait until this one is done. */
	subject?: string;
};

/** What operations may ask for while they decide. All of it only reads. */
export interface Services {
	read: Read;
	lookup: Lookup;
	/** What the site tells about itself; undefined when the token may not ask. Asked once a run. */
	site: () => Promise<SiteInfo | undefined>;
	/** All operations of the node, for Check Setup. */
	operations: Operation[];
	/** Time zone of the workflow, e.g. `Europe/Berlin`. */
	zone: string;
	dryRun: boolean;
	/** For Dry Run: what earlier items of the same run would have created by now. */
	foretold?: Foretold;
	/** Whether every item could be read. Where not, nobody can say what the items together want. */
	isComplete: boolean;
	/** Whether the run stops at its first problem. */
	stops: boolean;
	/** Does one thing per input, a few at a time, order kept; a failure becomes the step of its input. */
	each: <I>(inputs: I[], work: (input: I) => Promise<Step>) => Promise<Step[]>;
	/** Files in and out; absent outside of n8n. */
	files?: FileServices;
}

/** Records that a dry run has announced: later items with the same key would find them. */
export interface Foretold {
	/**
	 * The record that the item with this index would find, as Moodle would show it; without an id.
	 *
	 * @param wanted the record that the item would create otherwise
	 */
	record: (item: number, wanted: Json) => Json | undefined;
	/** Notes what the item with this index would create. */
	created: (item: number, record: Json) => void;
}

/** A file that came with an item. */
export interface InputFile {
	name: string;
	mimeType: string;
	content: () => Promise<Buffer>;
}

/** A file as Moodle has stored it in a draft area. */
export interface StoredFile {
	/** Number of the draft area. */
	itemid: number;
	/** May differ from the name that was sent: Moodle takes characters out. */
	filename: string;
	filepath: string;
	contextid: number;
}

/** A file of Moodle as n8n binary data. */
export interface FetchedFile {
	binary: IBinaryData;
	/** Bytes, when the server told. */
	size?: number;
}

/** Files in and out. */
export interface FileServices {
	/** Stores a file in a draft area of the token's user; `itemid` 0 makes a new one. */
	upload: (file: InputFile, itemid: number, path: string) => Promise<StoredFile>;
	/** Downloads a file by its address. */
	download: (url: string, name?: string) => Promise<FetchedFile>;
}

/** What a service allows besides functions: *Can upload files*, *Can download files*. */
export type ServiceSetting = 'uploadfiles' | 'downloadfiles';

/** What tells of an operation, or of an event of the trigger, what it needs in Moodle. */
export type Needing = Pick<
	Operation,
	'resource' | 'value' | 'name' | 'writes' | 'calls' | 'reads' | 'fields' | 'serviceSetting'
> & {
	/** Without any one of its functions it does not work. */
	needsAll?: boolean;
};

/** An operation: what the user sees, and how items become records. Everything else follows from it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface Operation<I extends object = any> {
	/** Values of the two parameters, public: `user`, `create`. */
	resource: string;
	value: string;
	/** Title Case, e.g. `Create or Update`. */
	name: string;
	/** Sentence case without articles, e.g. `Create user`: the text a model reads when the node is a tool. */
	action: string;
	description: string;
	writes: boolean;
	/** Writes or reads, as each item says: a Read Only credential refuses the writes, not the operation. */
	mixed?: boolean;
	/** Functions that write. The first one is the operation's own; empty for reads. */
	calls: CallFacts[];
	/** Functions that read. For reads the first one is the operation's own. */
	reads: ReadFacts[];
	/** The setting of the service that it needs besides functions. */
	serviceSetting?: ServiceSetting;
	/** Fields in the order they are shown, without display conditions. */
	fields: INodeProperties[];
	/** Entries of the Options collection beyond those every operation has. */
	options?: Field[];
	/** Default time-out in milliseconds, for long work. */
	timeout?: number;
	/** Items share requests. For the documentation and for Records per Request. */
	batched: boolean;
	/**
	 * The parameters of one item as an input.
	 * @throws Problem naming field and value
	 */
	input: (parameters: Parameters) => I;
	/** What two inputs must not have in common inside one request (normalised), e.g. `username:ada`. */
	keys?: (input: I) => string[];
	/** What is to be done for each input, in order (for `whole` operations: any steps, each with its `items`). */
	steps: (inputs: Array<Resolved<I>>, services: Services, items: number[]) => Promise<Step[]>;
	/** Writes while it decides, such as a transfer of files: one item after the other in a run that stops. */
	isStepwise?: boolean;
	/** Looks at all items together, such as a membership that is to equal the input. */
	whole?: boolean;
}
