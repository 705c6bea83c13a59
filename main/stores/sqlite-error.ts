import { StoreError } from './store-error.ts';
import type { StoreErrorCode } from './store-error.ts';

/**
 * What an error of the database means for the program.
 *
 * @returns a StoreError for what the disk or the file did; any other error as it is, for that is our own mistake.
 */
export function storeErrorOf(error: unknown): unknown {
  const code = CODES.get(primaryCodeOf(error));
  return code === undefined ? error : new StoreError(code, SENTENCES[code], { cause: error });
}

/** True if another connection or process holds the lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return primaryCodeOf(error) === SQLITE_BUSY;
}

const SQLITE_BUSY = 5;

/** Primary result codes (https://www.sqlite.org/rescode.html). */
const CODES: ReadonlyMap<number, StoreErrorCode & keyof typeof SENTENCES> = new Map([
  [3, 'disk-error'], // PERM
  [SQLITE_BUSY, 'disk-error'],
  [8, 'disk-error'], // READONLY
  [10, 'disk-error'], // IOERR
  [11, 'store-damaged'], // CORRUPT
  [13, 'store-full'], // FULL
  [14, 'disk-error'], // CANTOPEN
  [26, 'store-damaged'], // NOTADB
]);

const SENTENCES = {
  'disk-error': 'the database cannot be read or written',
  'store-damaged': 'the database is damaged',
  'store-full': 'no space left for the database',
} as const;

function primaryCodeOf(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return -1;
  return error.errcode & 0xff;
}
