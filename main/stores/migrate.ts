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

/** https://www.sqlite.org/fileformat2.html#the_database_header */
const HEADER_OCTETS = 100;
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

/** Two numbers in every SQLite file that are its program's to set. */
export interface FileMarks {
  readonly version: number;
  readonly application: number;
}

/** The marks in the file's own header: enough while no write-ahead log stands beside it. */
export function marksOfHeader(header: Uint8Array): FileMarks {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header.byteLength < HEADER_OCTETS) throw new StoreError('store-damaged', 'the database has no header');
  return { version: view.getUint32(USER_VERSION_AT), application: view.getUint32(APPLICATION_ID_AT) };
}

/** The marks as they are with the log taken in. */
export function marksOfDatabase(reader: DatabaseReader): FileMarks {
  return { version: pragma(reader, 'user_version'), application: pragma(reader, 'application_id') };
}

/**
 * Refuses what this program must not touch.
 *
 * @throws StoreError `newer-version`; `store-damaged` for a database that is not ours.
 */
export function assertOpenable({ version, application }: FileMarks, newest: number): void {
  // Made and not yet filled: a crash right at the first start.
  if (version === 0 && application === 0) return;
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
