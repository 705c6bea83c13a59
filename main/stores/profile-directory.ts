/** The directory everything lives in: ours alone, and what it says it is (S-072). */
import { chmodSync, closeSync, lstatSync, mkdirSync, openSync, readdirSync, readSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { asStoreErrors } from './durable-file.ts';
import { StoreError } from './store-error.ts';

/** Where the offline keys' files are, beneath the profile. */
export const OFFLINE_KEYS = 'offline-keys';

/**
 * Makes the profile's directories if they are missing and checks what is there.
 *
 * @returns names of directories and files whose mode let others in and has been repaired: worth a notice.
 * @throws StoreError `store-damaged` for a symbolic link in the way or among the store's files, or a foreign owner.
 */
export function prepareProfile(directory: string): readonly string[] {
  return asStoreErrors(() => {
    const path = resolve(directory);
    assertNoPlantedLink(dirname(path));
    const keys = join(path, OFFLINE_KEYS);
    return [...prepareDirectory(path), ...prepareDirectory(keys), ...checkFiles(path, OURS), ...checkFiles(keys, /^/)];
  });
}

/** Creates an empty file of mode 0600 unless it is there; SQLite then takes the mode for all it puts beside it. */
export function ensureFile(path: string): void {
  asStoreErrors(() => {
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return;
    try {
      closeSync(openSync(path, 'wx', 0o600));
    } catch (error) {
      // Another process that starts at the same moment made it: who gets it is for the lock to say.
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) throw error;
    }
  });
}

/** 0 if there is none. */
export function octetsIn(path: string): number {
  return asStoreErrors(() => lstatSync(path, { throwIfNoEntry: false })?.size ?? 0);
}

/** The first octets of a file, as many as there are up to 100. */
export function headOf(path: string): Uint8Array {
  return asStoreErrors(() => {
    const file = openSync(path, 'r');
    try {
      const head = new Uint8Array(100);
      return head.subarray(0, readSync(file, head, 0, head.length, 0));
    } finally {
      closeSync(file);
    }
  });
}

function prepareDirectory(path: string): readonly string[] {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return [];
  }
  if (!found.isDirectory()) throw new StoreError('store-damaged', 'the profile is no directory');
  return repairMode(path, found, 0o700);
}

/** Hosts keep files of their own in the profile's directory; those are theirs to guard. */
const OURS = /^(nightlatch\.db|store-|profile\.lock)/;

function checkFiles(directory: string, names: RegExp): readonly string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    const found = names.test(name) ? lstatSync(path, { throwIfNoEntry: false }) : undefined;
    if (found?.isSymbolicLink() === true) throw new StoreError('store-damaged', 'the profile holds a symbolic link');
    return found?.isFile() === true ? repairMode(path, found, 0o600) : [];
  });
}

function repairMode(path: string, found: Stats, mode: number): readonly string[] {
  // Windows has no modes and no owner here: the user's own directory is private by its access list.
  if (process.platform === 'win32') return [];
  if (found.uid !== process.geteuid?.()) throw new StoreError('store-damaged', 'the profile belongs to someone else');
  if ((found.mode & 0o077) === 0) return [];
  chmodSync(path, mode);
  return [path];
}

/**
 * A link on the way to the profile is followed only where nobody but the system's administrator could have put it, as
 * with /var on some systems.
 */
function assertNoPlantedLink(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  const parent = dirname(path);
  if (found?.isSymbolicLink() === true && !isAdministratorsAlone(found, lstatSync(parent))) {
    throw new StoreError('store-damaged', 'a symbolic link leads to the profile');
  }
  if (parent !== path) assertNoPlantedLink(parent);
}

function isAdministratorsAlone(link: Stats, parent: Stats): boolean {
  return link.uid === 0 && parent.uid === 0 && (parent.mode & 0o022) === 0;
}
