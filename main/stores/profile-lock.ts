/** One process per profile (L-070). */
import { join } from 'node:path';
import { holdExclusively } from './database.ts';
import { ensureFile, prepareProfile } from './profile-directory.ts';

export interface ProfileLock {
  /** Directories and files that let others in and were repaired (S-072): worth a notice. */
  readonly repaired: readonly string[];
  release(): void;
}

/**
 * Takes the profile for this process, making its directory if it is missing. The kernel holds the lock, so it ends with
 * the process and never has to be cleaned up by hand.
 *
 * @returns undefined if another process has it: then open nothing.
 * @throws StoreError `disk-error`, `store-full`, `store-damaged`
 */
export function lockProfile(directory: string): ProfileLock | undefined {
  const repaired = prepareProfile(directory);
  const path = join(directory, 'profile.lock');
  ensureFile(path);
  const release = holdExclusively(path);
  return release === undefined ? undefined : { repaired, release };
}
