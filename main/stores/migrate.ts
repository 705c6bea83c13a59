/** Bringing a database's tables up to this program's version, forwards only (L-072). */
import { removeIfThere } from './durable-file.ts';
import type { Database, DatabaseReader } from './database.ts';
import { StoreError } from './store-error.ts';

/** One step. Once released it never changes: the next change is the next number. */
export interface Migration {
  /** 1 for the first, without gaps. */
  readonly number: number;
  readonly sql: string;
}

/** Marks the file as ours ("NLCH"), so that another program's database is not taken for an old one. */
const APPLICATION_ID = 0x4e4c4348;

/**
 * Refuses what this program must not touch, by a connection that cannot write.
 *
 * @throws StoreError `newer-version`; `store-damaged` for a database that is not ours.
 */
export function assertOpenable(reader: DatabaseReader, newest: number): void {
  const version = pragma(reader, 'user_version');
  const application = pragma(reader, 'application_id');
  const isEmpty = version === 0 && application === 0 && reader.all('SELECT 1 FROM sqlite_schema LIMIT 1').length === 0;
  if (isEmpty) return;
  if (application !== APPLICATION_ID) throw new StoreError('store-damaged', 'the database is not this program’s');
  if (version > newest) throw new StoreError('newer-version', 'the database was written by a newer program');
}

/**
 * Applies what is missing in one transaction, the version last. An older database is copied beside itself first, and
 * the copy removed afterwards: a crash in between leaves either version whole.
 *
 * @param backupPath - A file that does not exist, or is left from an interrupted attempt.
 */
export function migrate(database: Database, migrations: readonly Migration[], backupPath: string): void {
  const version = pragma(database, 'user_version');
  const missing = migrations.filter(({ number }) => number > version);
  removeIfThere(backupPath);
  if (missing.length === 0) return;
  if (version > 0) database.run('VACUUM INTO ?', backupPath);
  database.transaction(() => {
    for (const { sql } of missing) database.execute(sql);
    database.execute(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.execute(`PRAGMA user_version = ${Math.max(...missing.map(({ number }) => number))}`);
  });
  removeIfThere(backupPath);
}

/** @throws StoreError `store-damaged` if SQLite finds its own structure broken. */
export function assertSound(database: Database): void {
  const result = database.first<{ quick_check: string }>('PRAGMA quick_check(1)')?.quick_check;
  if (result !== 'ok') throw new StoreError('store-damaged', 'the database fails its check');
}

function pragma(database: Pick<Database | DatabaseReader, 'all'>, name: 'user_version' | 'application_id'): number {
  const row = database.all<Record<string, number>>(`PRAGMA ${name}`)[0];
  return row?.[name] ?? 0;
}
