/** A table in memory: rows by id, indexes by key, changes that can be undone. */

/** A change: how to take it back, and how to make it again on tables that have changed since. */
interface Change {
	undo: () => void;
	/** False where the database guards a key that somebody else has taken meanwhile; nothing is changed then. */
	redo: () => boolean;
}

/** Collects the changes of a transaction. */
export class Journal {
	private changes: Change[] | null = null;

	/** Notes a change; does nothing outside a transaction. */
	note(undo: () => void, redo: () => boolean): void {
		this.changes?.push({ undo, redo });
	}

	/** Runs `work`; when it throws, everything it changed is put back. */
	atomic<R>(work: () => R): R {
		const outer = this.changes;
		const changes: Change[] = outer ?? [];
		const start = changes.length;
		this.changes = changes;
		let done = false;
		try {
			const result = work();
			done = true;
			return result;
		} finally {
			this.changes = outer;
			if (!done) takeBack(changes.splice(start));
		}
	}

	/**
	 * Runs `work` on the tables as they are, and puts what it changed back until it is committed: nobody else sees it before.
	 * @returns what came of it, and how to commit it: false where a key was taken meanwhile, and nothing is changed then
	 */
	hold<R>(work: () => R): { result: R; commit: () => boolean } {
		const changes: Change[] = [];
		this.changes = changes;
		let result: R;
		try {
			result = work();
		} finally {
			this.changes = null;
			takeBack([...changes]);
		}
		return { result, commit: () => this.commit(changes) };
	}

	private commit(changes: Change[]): boolean {
		const made: Change[] = [];
		this.changes = made;
		const done = changes.every(({ redo }) => redo());
		this.changes = null;
		if (!done) takeBack(made);
		return done;
	}
}

function takeBack(changes: Change[]): void {
	for (const { undo } of changes.reverse()) undo();
}

export interface Row {
	id: number;
}

type Key = string | number;

interface Index<T> {
	key: (row: T) => Key | null;
	ids: Map<Key, Set<number>>;
}

/** Rows are never changed in place: an update puts a new object in the place of the old one. */
export class Table<T extends Row> {
	private readonly rows = new Map<number, T>();
	private readonly indexes: Record<string, Index<T>> = {};
	private next = 1;
	private sorted = true;
	private last = 0;

	/** @param uniqueIndexes the indexes whose keys the database keeps unique; those of Moodle are checked by its functions only */
	constructor(
		private readonly journal: Journal,
		indexes: Record<string, (row: T) => Key | null> = {},
		private readonly uniqueIndexes: string[] = [],
	) {
		for (const [name, key] of Object.entries(indexes)) this.indexes[name] = { key, ids: new Map() };
	}

	/** Number of rows. */
	get size(): number {
		return this.rows.size;
	}

	/** Adds a row under the next id, or under the one given. */
	insert(values: Omit<T, 'id'> & { id?: number }): T {
		const id = values.id ?? this.next;
		const row = { ...values, id } as T;
		this.next = Math.max(this.next, id + 1);
		this.put(row);
		this.journal.note(
			() => this.drop(row),
			() => this.insertOnce(row),
		);
		return row;
	}

	private insertOnce(row: T): boolean {
		const isFree = this.isFree(row);
		if (isFree) this.insert(row);
		return isFree;
	}

	private isFree(row: T): boolean {
		return this.uniqueIndexes.every((name) => {
			const key = this.indexes[name].key(row);
			return key === null || this.find(name, key).every((other) => other.id === row.id);
		});
	}

	/** Changes some columns of a row. */
	update(id: number, values: Partial<T>): T {
		const old = this.rows.get(id);
		if (!old) throw new Error(`No row ${id}`);
		const row = { ...old, ...values, id };
		this.swap(old, row);
		this.journal.note(
			() => this.swap(row, old),
			() => this.updateAgain(id, values),
		);
		return row;
	}

	private updateAgain(id: number, values: Partial<T>): boolean {
		const old = this.rows.get(id);
		if (old && !this.isFree({ ...old, ...values, id })) return false;
		if (old) this.update(id, values);
		return true;
	}

	/** Takes a row out; nothing happens when it is not there. */
	remove(id: number): void {
		const old = this.rows.get(id);
		if (!old) return;
		this.drop(old);
		this.journal.note(
			() => this.put(old),
			() => {
				this.remove(id);
				return true;
			},
		);
	}

	get(id: number): T | undefined {
		return this.rows.get(id);
	}

	/** Rows with this key, by id. */
	find(index: string, key: Key): T[] {
		const ids = this.indexes[index].ids.get(key);
		if (!ids) return [];
		const rows = [...ids].map((id) => this.rows.get(id) as T);
		return rows.length > 1 ? rows.sort((a, b) => a.id - b.id) : rows;
	}

	/** The row with the lowest id that has this key. */
	first(index: string, key: Key): T | undefined {
		const ids = this.indexes[index].ids.get(key);
		if (!ids || ids.size === 0) return undefined;
		let lowest = Infinity;
		for (const id of ids) if (id < lowest) lowest = id;
		return this.rows.get(lowest);
	}

	/** Number of rows with this key. */
	count(index: string, key: Key): number {
		return this.indexes[index].ids.get(key)?.size ?? 0;
	}

	/** All rows by id. */
	all(): T[] {
		const rows = [...this.rows.values()];
		return this.sorted ? rows : rows.sort((a, b) => a.id - b.id);
	}

	/** Empties the table and sets the next id. */
	clear(next = 1): void {
		this.rows.clear();
		for (const index of Object.values(this.indexes)) index.ids.clear();
		this.next = next;
		this.sorted = true;
		this.last = 0;
	}

	private put(row: T): void {
		if (row.id < this.last) this.sorted = false;
		this.last = Math.max(this.last, row.id);
		this.rows.set(row.id, row);
		for (const index of Object.values(this.indexes)) add(index, row);
	}

	private drop(row: T): void {
		this.rows.delete(row.id);
		for (const index of Object.values(this.indexes)) take(index, row);
	}

	private swap(old: T, row: T): void {
		this.rows.set(row.id, row);
		for (const index of Object.values(this.indexes)) {
			if (index.key(old) === index.key(row)) continue;
			take(index, old);
			add(index, row);
		}
	}
}

function add<T extends Row>(index: Index<T>, row: T): void {
	const key = index.key(row);
	if (key === null) return;
	const ids = index.ids.get(key);
	if (ids) ids.add(row.id);
	else index.ids.set(key, new Set([row.id]));
}

function take<T extends Row>(index: Index<T>, row: T): void {
	const key = index.key(row);
	if (key === null) return;
	const ids = index.ids.get(key);
	ids?.delete(row.id);
	if (ids?.size === 0) index.ids.delete(key);
}

/** These columns of a row. */
export const pick = <T, K extends keyof T>(row: T, ...columns: K[]) =>
	Object.fromEntries(columns.map((name) => [name, row[name]])) as Pick<T, K>;
