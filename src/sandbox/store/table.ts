/** Ids are positive: 0 stands for "none" in Harbor. */
export interface Row {
  readonly id: number;
}

/** `lastId` is saved, too, because ids of deleted rows must not be used again. */
export interface TableState<T extends Row> {
  readonly lastId: number;
  readonly rows: readonly T[];
}

type KeyOf<T> = (row: T) => string | number | undefined;
/** A key of `undefined` leaves the row out of that index. Several rows may have the same key. */
export type Keys<T, Index extends string> = Readonly<Record<Index, KeyOf<T>>>;

/** Generates ids. Tables that share one share their numbers, as executions of all kinds of jobs do in Harbor. */
export class Sequence {
  constructor(private last = 0) {}

  next(): number {
    return ++this.last;
  }

  get current(): number {
    return this.last;
  }

  skipTo(id: number): void {
    this.last = Math.max(this.last, id);
  }
}

/**
 * Rows by id in order of creation, with indexes that keep every lookup independent of the table's size.
 * Ids count up and are never used twice, as a database sequence does. Rows are replaced, never mutated.
 */
export class Table<T extends Row, Index extends string = never> {
  private readonly rows = new Map<number, T>();
  private readonly indexes = new Map<Index, Map<string | number, Set<number>>>();

  constructor(
    private readonly onChange: () => void,
    private readonly keys: Keys<T, Index> = {} as Keys<T, Index>,
    private readonly ids = new Sequence(),
  ) {
    for (const name of Object.keys(keys) as Index[]) this.indexes.set(name, new Map());
  }

  get size(): number {
    return this.rows.size;
  }

  insert(row: Omit<T, 'id'>): T {
    const inserted = { ...row, id: this.ids.next() } as unknown as T;
    this.put(inserted);
    return inserted;
  }

  /** Undefined values in `changes` are ignored, so a caller may pass optional fields of a request. */
  update(id: number, changes: { readonly [K in keyof T]?: T[K] | undefined }): T {
    const old = this.rows.get(id);
    if (!old) throw new Error(`no row ${id}`);
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    this.unindex(old);
    const updated = { ...old, ...given, id };
    this.put(updated);
    return updated;
  }

  /** @returns false if there is none */
  remove(id: number): boolean {
    const row = this.rows.get(id);
    if (!row) return false;
    this.unindex(row);
    this.rows.delete(id);
    this.onChange();
    return true;
  }

  get(id: number): T | undefined {
    return this.rows.get(id);
  }

  all(): T[] {
    return [...this.rows.values()];
  }

  /** The first row with that key. */
  find(index: Index, key: string | number): T | undefined {
    for (const id of this.idsOf(index, key)) return this.rows.get(id);
    return undefined;
  }

  findAll(index: Index, key: string | number): T[] {
    return [...this.idsOf(index, key)].flatMap((id) => this.rows.get(id) ?? []);
  }

  count(index: Index, key: string | number): number {
    return this.idsOf(index, key).size;
  }

  /** Reserves ids up to `id`: a row that a migration created and deleted has used its number. */
  skipTo(id: number): void {
    this.ids.skipTo(id);
  }

  snapshot(): TableState<T> {
    return { lastId: this.ids.current, rows: this.all() };
  }

  /** The last id is restored, too: an id of a deleted row is never given again. */
  restore(state: TableState<T>): void {
    for (const row of state.rows) this.put(row);
    this.ids.skipTo(state.lastId);
  }

  /** Rows whose key is undefined are in no index. */
  private put(row: T): void {
    this.rows.set(row.id, row);
    for (const [name, index] of this.indexes) {
      const key = this.keys[name](row);
      if (key === undefined) continue;
      const ids = index.get(key);
      if (ids) ids.add(row.id);
      else index.set(key, new Set([row.id]));
    }
    this.onChange();
  }

  /** Empty sets are removed, so that `count` and memory are right. */
  private unindex(row: T): void {
    for (const [name, index] of this.indexes) {
      const key = this.keys[name](row);
      if (key === undefined) continue;
      const ids = index.get(key);
      ids?.delete(row.id);
      if (ids?.size === 0) index.delete(key);
    }
  }

  private idsOf(index: Index, key: string | number): ReadonlySet<number> {
    return this.indexes.get(index)?.get(key) ?? EMPTY;
  }
}

const EMPTY: ReadonlySet<number> = new Set();
