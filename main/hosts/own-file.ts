import { chmodSync, lstatSync } from 'node:fs';
import { asStoreErrors, systemFiles } from '../stores/durable-file.ts';
import { StoreError } from '../stores/store-error.ts';

/**
 * Reads one of a host's own files in the profile. A mode that lets others in is repaired (S-072).
 *
 * @returns undefined if there is none.
 * @throws StoreError `store-damaged` for a symbolic link or anything else that is no file; `disk-error`
 */
export function readOwnFile(path: string): Uint8Array | undefined {
  return asStoreErrors(() => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if (!found.isFile()) throw new StoreError('store-damaged', "one of the profile's files is no file");
    if ((found.mode & 0o077) !== 0 && process.platform !== 'win32') chmodSync(path, 0o600);
    return systemFiles.read(path);
  });
}
