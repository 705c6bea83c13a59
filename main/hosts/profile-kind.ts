import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes, utf8 } from '../base/bytes.ts';
import { asStoreErrors, systemFiles, writeDurably } from '../stores/durable-file.ts';

/** Which host a profile belongs to: their seals differ, and neither opens the other's (S-165). */
export type ProfileKind = 'desktop' | 'headless';

const MARKER = 'profile-kind';

/**
 * Checks whose profile it is, and marks one that is new.
 *
 * @param directory - Exists, and is locked by this process.
 * @returns false if it is another host's, or holds a store that nobody marked: then open nothing in it.
 * @throws StoreError `disk-error`, `store-full`
 */
export function claimProfile(directory: string, kind: ProfileKind): boolean {
  const path = join(directory, MARKER);
  const mark = utf8(`nightlatch ${kind} 1\n`);
  return asStoreErrors(() => {
    if (systemFiles.exists(path)) return equalBytes(systemFiles.read(path), mark);
    if (existsSync(join(directory, STORE_FILE))) return false;
    writeDurably(systemFiles, path, mark);
    return true;
  });
}

const STORE_FILE = 'nightlatch.db';
