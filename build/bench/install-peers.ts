/** The bench's own packages, in a folder and by a lock file of their own: never among the product's dependencies. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const PEERS = join(import.meta.dirname, 'peers');

/**
 * Installs the peers by their lock file, unless that one is there.
 *
 * @param file - Of the package that is needed, below `peers/node_modules`.
 * @throws Error where there is no network
 */
export function installPeers(file: string): void {
  if (existsSync(join(PEERS, 'node_modules', file))) return;
  execFileSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], { cwd: PEERS, stdio: 'inherit' });
}
