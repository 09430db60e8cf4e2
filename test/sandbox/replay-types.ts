/** The recordings in test/data/exchanges. */
import type { MoodleVersion } from './types';

/** Versions of which everything was recorded. */
export type RecordedVersion = Exclude<MoodleVersion, '5.0'>;

/** A run of equal form entries that count up. */
export interface Run {
	count: number;
	/** First index. */
	from: number;
	/** Name with the first index, first value, step of the value. */
	entries: Array<[string, string, number]>;
}

export interface Transport {
	method?: string;
	in?: 'query';
	tokenAt?: 'last' | 'query' | 'header' | 'field' | 'json';
	token?: string | null;
	body?: string;
	contentType?: string;
	query?: Array<[string, string]>;
	files?: Array<{ field: string; filename: string; content: string }>;
	path?: string;
	headers?: Record<string, string>;
}

export interface SetupStep {
	action: string;
	args: Record<string, unknown>;
	defines?: Record<string, number>;
	token?: string;
}

/** A recorded exchange. */
export interface Exchange {
	scenario: string;
	step: string;
	function: string | null;
	setup?: SetupStep[];
	form: Array<[string, string] | Run>;
	refsAt?: Record<string, string>;
	transport?: Transport;
	http: number;
	contentType: string;
	body: unknown;
	/** Places in `body` that were shortened. */
	cut?: string[];
	defines?: Record<string, { id: number; at: string }>;
	replyHeaders?: Record<string, string>;
}

/** Ids of this server and of the recorded one, by symbolic name. */
export class Symbols {
	readonly here = new Map<string, number>();
	private readonly recorded = new Map<number, Set<string>>();

	/** Notes a symbol. */
	define(name: string, here: number, recorded: number): void {
		this.here.set(name, here);
		const names = this.recorded.get(recorded) ?? new Set<string>();
		names.add(name);
		this.recorded.set(recorded, names);
	}

	/** Fills `{user:rxada}` into a template. */
	fill(template: string): string {
		return template.replace(/\{([^}]+)\}/g, (_, name: string) =>
			String(this.here.get(name) ?? `unknown-${name}`),
		);
	}

	/** Ids here that a recorded id may stand for; empty where it was never defined. */
	candidates(recorded: number, kind: string | null = null): number[] {
		const names = [...(this.recorded.get(recorded) ?? [])];
		return names
			.filter((name) => kind === null || name.startsWith(`${kind}:`))
			.map((name) => this.here.get(name) as number);
	}
}
