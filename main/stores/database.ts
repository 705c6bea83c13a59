/** The only file that knows SQLite: opening, statements, transactions. What the tables mean is said elsewhere. */
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { isBusy, storeErrorOf } from './sqlite-error.ts';

/** What a column holds. Whole numbers only; booleans are 0 and 1. */
export type Value = null | number | string | Uint8Array;
export type Row = Readonly<Record<string, Value>>;

/** Something in memory that mirrors rows: written back before each commit, forgotten after each rollback. */
export interface Mirror {
  flush(): void;
  drop(): void;
}

export class Database {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #mirrors: Mirror[] = [];
  #depth = 0;
  /** The last error: what made SQLite end a whole transaction by itself, as a full disk does. */
  #ended: unknown;

  /**
   * Opens or creates a database file with the store's settings: write-ahead log, full sync, freed pages overwritten,
   * temporary tables in memory. The file's mode is the caller's matter: what SQLite puts beside it takes the same.
   *
   * @throws StoreError `store-damaged`, `disk-error`, `store-full`
   */
  constructor(path: string) {
    this.#connection = guarded(() => new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS }));
    try {
      this.execute('PRAGMA journal_mode = WAL');
      this.execute('PRAGMA trusted_schema = OFF');
      this.execute('PRAGMA synchronous = FULL');
      this.execute('PRAGMA secure_delete = ON');
      this.execute('PRAGMA temp_store = MEMORY');
      this.execute(`PRAGMA cache_size = -${CACHE_KIB}`);
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  /** Runs statements without parameters or results, as a migration has them. */
  execute(sql: string): void {
    this.#step(() => this.#connection.exec(sql));
  }

  /** Runs one statement. @returns how many rows it changed. */
  run(sql: string, ...values: readonly Value[]): number {
    return this.#step(() => Number(this.#prepare(sql).run(...values).changes));
  }

  /** The first row; undefined if there is none. The caller names the columns' types, which STRICT tables hold to. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- SQL has no types; STRICT tables keep what the caller names
  first<Columns extends Row>(sql: string, ...values: readonly Value[]): Columns | undefined {
    return this.#step(() => this.#prepare(sql).get(...values)) as Columns | undefined;
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- SQL has no types; STRICT tables keep what the caller names
  all<Columns extends Row>(sql: string, ...values: readonly Value[]): readonly Columns[] {
    return this.#step(() => this.#prepare(sql).all(...values)) as unknown as readonly Columns[];
  }

  /** Has `mirror` take part in every transaction from now on. */
  attach(mirror: Mirror): void {
    this.#mirrors.push(mirror);
  }

  get isInTransaction(): boolean {
    return this.#depth > 0;
  }

  /**
   * Runs `run` in a transaction, or in a savepoint of the one that is under way.
   *
   * @returns what `run` returned, durable if this was the outermost.
   * @throws what `run` threw, after undoing its writes; TypeError if `run` is asynchronous.
   */
  transaction<T>(run: () => T): T {
    this.#begin();
    try {
      const result = run();
      if (result instanceof Promise) throw new TypeError('a transaction is synchronous');
      this.#end();
      return result;
    } catch (error) {
      this.#undo();
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  /** As `transaction`, but part of the one that is under way: for several statements none of which fails alone. */
  join<T>(run: () => T): T {
    return this.isInTransaction ? run() : this.transaction(run);
  }

  /**
   * Copies the write-ahead log into the database and cuts it to nothing, so that no old page is left in it.
   *
   * @returns false if a reader stood in the way; nothing is lost then, it may be called again.
   */
  truncateLog(): boolean {
    return this.first<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)')?.busy === 0;
  }

  close(): void {
    this.#statements.clear();
    guarded(() => {
      this.#connection.close();
    });
  }

  #step<T>(run: () => T): T {
    // After SQLite ended the transaction by itself, a statement would stand alone and be committed at once.
    if (this.#depth > 0 && !this.#connection.isTransaction) throw this.#ended;
    try {
      return guarded(run);
    } catch (error) {
      this.#ended = error;
      throw error;
    }
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #begin(): void {
    if (this.#depth === 0) this.run('BEGIN IMMEDIATE');
    else {
      // What is in memory goes down first: a rollback to the savepoint then finds it in the rows.
      this.#flush();
      this.run('SAVEPOINT inner');
    }
    this.#depth += 1;
  }

  #end(): void {
    this.#flush();
    this.run(this.#depth === 1 ? 'COMMIT' : 'RELEASE inner');
  }

  #undo(): void {
    for (const mirror of this.#mirrors) mirror.drop();
    if (!this.#connection.isTransaction) return;
    if (this.#depth === 1) this.run('ROLLBACK');
    else this.execute('ROLLBACK TO inner; RELEASE inner');
  }

  #flush(): void {
    for (const mirror of this.#mirrors) mirror.flush();
  }
}

/** A second connection that reads only, for the worker. It sees what was committed when each statement begins. */
export class DatabaseReader {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.#connection = guarded(() => new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS }));
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- SQL has no types; STRICT tables keep what the caller names
  all<Columns extends Row>(sql: string, ...values: readonly Value[]): readonly Columns[] {
    const statement = this.#statements.get(sql) ?? guarded(() => this.#connection.prepare(sql));
    this.#statements.set(sql, statement);
    return guarded(() => statement.all(...values)) as unknown as readonly Columns[];
  }

  close(): void {
    this.#connection.close();
  }
}

/**
 * Takes the kernel's lock on a file for this process, by way of an empty database held in an exclusive transaction: it
 * ends with the process, however that ends (L-070).
 *
 * @returns a function that lets go; undefined if someone holds it.
 */
export function holdExclusively(path: string): (() => void) | undefined {
  const connection = guarded(() => new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS }));
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    if (isBusy(error)) return undefined;
    throw storeErrorOf(error);
  }
  return () => {
    connection.close();
  };
}

/** Room for the indexes of a hundred thousand messages; taken only as it is needed. */
const CACHE_KIB = 16_384;
/** Long enough for a reader's one statement to end. */
const BUSY_TIMEOUT_MS = 2_000;
/** Of many that start at the same moment one must win: those that collide try again within this time. */
const LOCK_TIMEOUT_MS = 250;

function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw storeErrorOf(error);
  }
}
