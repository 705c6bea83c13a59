/** What to do with a store that does not open: keep it, out of the way. */
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { asStoreErrors } from './durable-file.ts';

/**
 * Gives the database of a damaged store another name, so that the next `openStores` makes a new one (L-023). Nothing is
 * deleted, and the key that opens it stays. Only when the user agrees, and while no store is open.
 *
 * @returns the new names.
 * @throws StoreError `disk-error`
 */
export function setStoreAside(directory: string, now: Date): readonly string[] {
  const stamp = now.toISOString().replace(/[:.]/g, '-');
  return asStoreErrors(() =>
    readdirSync(directory)
      .filter((name) => /^(nightlatch\.db(-wal|-shm)?|store-generation)$/.test(name))
      .map((name) => {
        const aside = `damaged-${stamp}-${name}`;
        renameSync(join(directory, name), join(directory, aside));
        return aside;
      }),
  );
}
