/** Small files that are whole or not there, whatever happens in between (L-020), and files that are gone for good. */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from './store-error.ts';

/** The few calls that this file makes, so that a test can record them and replay what a crash would leave. */
export interface FileOperations {
  /** `create`: a new file of mode 0600, refused if one is there. `overwrite`: an existing one, its octets kept. */
  open(path: string, how: 'create' | 'overwrite'): number;
  size(file: number): number;
  /** Writes all octets at that position. */
  write(file: number, octets: Uint8Array, position: number): void;
  sync(file: number): void;
  close(file: number): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Makes creations, renames and removals in a directory durable. */
  syncDirectory(path: string): void;
  exists(path: string): boolean;
  read(path: string): Uint8Array;
  list(directory: string): readonly string[];
}

export const systemFiles: FileOperations = {
  open: (path, how) => openSync(path, how === 'create' ? 'wx' : 'r+', 0o600),
  size: (file) => fstatSync(file).size,
  write: writeAll,
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  unlink: unlinkSync,
  syncDirectory,
  exists: existsSync,
  read: (path) => new Uint8Array(readFileSync(path)),
  list: (directory) => readdirSync(directory),
};

/** What an unfinished write leaves behind ends so. */
export const UNFINISHED = '.tmp';

/**
 * Creates or replaces a file: written beside it, synced, renamed over it, the directory synced. After a crash at any
 * point the old octets or the new ones are there, never a mixture, and at most an unfinished file beside them.
 *
 * @throws StoreError `store-full`, `disk-error`; the old file is as it was, unless only the directory's sync failed.
 */
export function writeDurably(files: FileOperations, path: string, octets: Uint8Array): void {
  const unfinished = path + UNFINISHED;
  asStoreErrors(() => {
    if (files.exists(unfinished)) files.unlink(unfinished);
    try {
      withFile(files, unfinished, 'create', (file) => {
        files.write(file, octets, 0);
        files.sync(file);
      });
      files.rename(unfinished, path);
    } catch (error) {
      if (files.exists(unfinished)) files.unlink(unfinished);
      throw error;
    }
    files.syncDirectory(dirname(path));
  });
}

/**
 * Removes a small secret for good (S-056): its octets overwritten in place and synced, then unlinked, the directory
 * synced. Does nothing if it is not there. What flash storage keeps of overwritten blocks is out of reach.
 *
 * @throws StoreError `disk-error`; the file may then be overwritten and still there.
 */
export function shredFile(files: FileOperations, path: string): void {
  asStoreErrors(() => {
    if (!files.exists(path)) return;
    withFile(files, path, 'overwrite', (file) => {
      files.write(file, new Uint8Array(files.size(file)), 0);
      files.sync(file);
    });
    files.unlink(path);
    files.syncDirectory(dirname(path));
  });
}

/** Removes a file that holds no secret. */
export function removeIfThere(path: string, files: FileOperations = systemFiles): void {
  asStoreErrors(() => {
    if (files.exists(path)) files.unlink(path);
  });
}

/** @throws StoreError `disk-error`, `store-full` for what the operating system says no to. */
export function asStoreErrors<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === undefined) throw error;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new StoreError(isFull ? 'store-full' : 'disk-error', `a file operation failed: ${code}`, { cause: error });
  }
}

function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function withFile(files: FileOperations, path: string, how: 'create' | 'overwrite', use: (file: number) => void): void {
  const file = files.open(path, how);
  try {
    use(file);
  } finally {
    files.close(file);
  }
}

function writeAll(file: number, octets: Uint8Array, position: number): void {
  let done = 0;
  while (done < octets.length) done += writeSync(file, octets, done, octets.length - done, position + done);
}

function syncDirectory(path: string): void {
  // Windows cannot open a directory and needs no sync of it.
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
