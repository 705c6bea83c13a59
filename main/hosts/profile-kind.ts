import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes, utf8 } from '../base/bytes.ts';
import { systemFiles, writeDurably } from '../stores/durable-file.ts';
import { storePaths } from '../stores/store-paths.ts';
import { readOwnFile } from './own-file.ts';

/** Which host a profile belongs to: their seals differ, and neither opens the other's (S-165). */
export type ProfileKind = 'desktop' | 'headless';

const MARKER = 'profile-kind';

/**
 * Checks whose profile it is, and marks one that is new.
 *
 * @param directory - Exists, and is locked by this process.
 * @returns false if it is another host's, or holds a store that nobody marked: then open nothing in it.
 * @throws StoreError `disk-error`, `store-full`, `store-damaged`
 */
export function claimProfile(directory: string, kind: ProfileKind): boolean {
  const path = join(directory, MARKER);
  const mark = utf8(`nightlatch ${kind} 1\n`);
  const found = readOwnFile(path);
  if (found !== undefined) return equalBytes(found, mark);
  if (existsSync(storePaths(directory).database)) return false;
  writeDurably(systemFiles, path, mark);
  return true;
}
