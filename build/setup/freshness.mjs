/** What is out of date, decided from files alone. Runs on Node 20 without any package. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const STAMP_FILE = 'out/.built-from';

/** What out/ is made of. */
const SOURCES = ['main', 'preload', 'renderer', 'build/build.mjs', 'package.json', 'package-lock.json'];

/**
 * A digest over names, sizes and times of every source, so that a changed, added or removed file shows.
 *
 * @param {string} root
 */
export function sourcesDigest(root) {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const path of filesUnder(join(root, source))) {
      const { size, mtimeMs } = statSync(path);
      hash.update(`${path.slice(root.length)}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

/** @param {string} root */
export function isBuildFresh(root) {
  const stamp = join(root, STAMP_FILE);
  return existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === sourcesDigest(root);
}

/**
 * True if node_modules holds what package-lock.json says, judged by the record npm writes there as the last thing of an
 * installation. A package whose platform is another is rightly absent; its absence is looked at by `findNode`.
 *
 * @param {string} root
 */
export function isInstallFresh(root) {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  try {
    return holdsWhatIsLocked(packagesOf(join(root, 'package-lock.json')), packagesOf(record));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }>} Packages */

/** @param {Packages} locked @param {Packages} installed */
export function holdsWhatIsLocked(locked, installed) {
  const nothingElse = Object.entries(installed).every(
    ([path, { version, integrity }]) => locked[path]?.version === version && locked[path]?.integrity === integrity,
  );
  const nothingMissing = Object.entries(locked).every(
    ([path, { optional, devOptional }]) => path === '' || optional || devOptional || path in installed,
  );
  return nothingElse && nothingMissing;
}

/** @param {string} path @returns {Packages} */
function packagesOf(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
}

/** @param {string} path @returns {string[]} */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}
