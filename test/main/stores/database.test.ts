import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Database, DatabaseReader } from '../../../main/stores/database.ts';
import { codeOf } from './codes.ts';
import { makeDirectory } from './profile.ts';

let path: string;
let database: Database;

beforeEach(() => {
  path = join(makeDirectory(), 'test.db');
  database = new Database(path);
  database.execute('CREATE TABLE t (n INTEGER PRIMARY KEY, x BLOB) STRICT');
  return () => {
    database.close();
  };
});

function insert(n: number, octets = 0): void {
  database.run('INSERT INTO t (n, x) VALUES (?, ?)', n, new Uint8Array(octets));
}

function numbers(): readonly number[] {
  return database.all<{ n: number }>('SELECT n FROM t ORDER BY n').map(({ n }) => n);
}

/** What another connection sees: what is committed. */
function committed(): readonly number[] {
  const reader = new DatabaseReader(path);
  try {
    return reader.all<{ n: number }>('SELECT n FROM t ORDER BY n').map(({ n }) => n);
  } finally {
    reader.close();
  }
}

describe('Database', () => {
  it('runs with a write-ahead log, full sync, freed pages overwritten, temporary tables in memory', () => {
    const pragma = (name: string): unknown => Object.values(database.first(`PRAGMA ${name}`) ?? {})[0];
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('secure_delete')).toBe(1);
    expect(pragma('temp_store')).toBe(2);
  });

  it('L-007 makes all of a transaction visible at once, and none of one that throws', () => {
    database.transaction(() => {
      insert(1);
      insert(2);
      expect(committed()).toEqual([]);
    });
    expect(committed()).toEqual([1, 2]);
    const run = (): void => {
      insert(3);
      throw new RangeError('test');
    };
    expect(() => database.transaction(run)).toThrow(RangeError);
    expect(committed()).toEqual([1, 2]);
    expect(database.isInTransaction).toBe(false);
  });

  it('undoes an inner transaction alone, and goes on with the outer one', () => {
    database.transaction(() => {
      insert(1);
      expect(
        codeOf(() =>
          database.transaction(() => {
            insert(2);
            throw new RangeError('test');
          }),
        ),
      ).toBe('RangeError: test');
      database.transaction(() => insert(3));
    });
    expect(committed()).toEqual([1, 3]);
  });

  it('returns the result, and refuses an asynchronous one after undoing it', () => {
    expect(database.transaction(() => 7)).toBe(7);
    const asynchronous = (): Promise<void> => {
      insert(1);
      return Promise.resolve();
    };
    expect(() => database.transaction(asynchronous)).toThrow(TypeError);
    expect(numbers()).toEqual([]);
  });

  it('has mirrors written back before each commit and savepoint, and forgotten after each rollback', () => {
    const calls: string[] = [];
    database.attach({ flush: () => calls.push('flush'), drop: () => calls.push('drop') });
    const inner = (): void => {
      throw new RangeError('x');
    };
    database.transaction(() => codeOf(() => database.transaction(inner)));
    expect(calls).toEqual(['flush', 'drop', 'flush']);
  });

  it('L-021 undoes everything when the disk is full, and works again when there is space', () => {
    insert(1);
    const pages = database.first<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
    database.execute(`PRAGMA max_page_count = ${pages + 2}`);
    const fill = (): void => {
      insert(2);
      insert(3, 100_000);
    };
    expect(codeOf(() => database.transaction(fill))).toBe('store-full');
    expect(committed()).toEqual([1]);
    database.execute('PRAGMA max_page_count = 100000');
    database.transaction(fill);
    expect(committed()).toEqual([1, 2, 3]);
  });

  it('L-021 commits nothing of an outer transaction that a full disk ended, though the inner error was caught', () => {
    const pages = database.first<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
    database.execute(`PRAGMA max_page_count = ${pages}`);
    const outer = (): void => {
      insert(1);
      codeOf(() => database.transaction(() => insert(2, 100_000)));
      insert(3);
    };
    const code = codeOf(() => database.transaction(outer));
    // SQLite may undo the one statement or everything: either the whole rest is there, or nothing and the error.
    expect([code, committed()]).toEqual(code === undefined ? [undefined, [1, 3]] : ['store-full', []]);
  });

  it('L-023 says store-damaged for what is no database', () => {
    const other = join(makeDirectory(), 'other.db');
    writeFileSync(other, Buffer.alloc(8_192, 'no database at all '));
    expect(codeOf(() => new Database(other))).toBe('store-damaged');
  });

  it('L-023 says store-damaged for a file that was cut', () => {
    for (let n = 0; n < 200; n += 1) insert(n, 2_000);
    database.truncateLog();
    database.close();
    truncateSync(path, 8_192);
    const read = (): void => {
      database = new Database(path);
      numbers();
    };
    expect(codeOf(read)).toBe('store-damaged');
    database = new Database(join(makeDirectory(), 'another.db'));
  });

  it('L-022 says disk-error where the directory is gone', () => {
    expect(codeOf(() => new Database(join(makeDirectory(), 'gone', 'x.db')))).toBe('disk-error');
  });

  it('leaves nothing in the log when it is cut', () => {
    insert(1, 10_000);
    expect(database.truncateLog()).toBe(true);
    expect(numbers()).toEqual([1]);
  });
});
