/**
 * How often the store was opened, kept in the database and in a file beside it: a database put back alone does not
 * agree with the file (S-073). A whole profile put back cannot be told from its own past.
 */
import { fromUtf8, utf8 } from '../base/bytes.ts';
import { asStoreErrors, writeDurably } from './durable-file.ts';
import type { FileOperations } from './durable-file.ts';
import type { Sealer } from './seal.ts';
import type { SettingStore } from './settings.ts';
import { StoreError } from './store-error.ts';

const SETTING = 'store generation';
const BINDING = ['store-generation'];

/**
 * Compares both, then counts this opening: first in the database, then in the file, so that a crash in between leaves
 * the database exactly one ahead.
 *
 * @param isTrusted - The user has said that what is there is to be used: nothing is compared.
 * @throws StoreError `store-damaged` if they do not agree; nothing is changed then.
 */
export function countOpening(p: {
  readonly files: FileOperations;
  readonly path: string;
  readonly settings: SettingStore;
  readonly sealer: Sealer;
  readonly isTrusted: boolean;
}): void {
  const stored = Number(p.settings.get(SETTING) ?? 0);
  const beside = readBeside(p.files, p.path, p.sealer);
  const isAhead = stored === (beside ?? 0) + 1;
  if (!p.isTrusted && !isAhead && stored !== (beside ?? 0)) {
    throw new StoreError('store-damaged', 'the database and the file beside it are of different times');
  }
  const next = isAhead ? stored : Math.max(stored, beside ?? 0) + 1;
  p.settings.put(SETTING, next);
  writeDurably(p.files, p.path, p.sealer.seal(utf8(String(next)), BINDING));
}

/** @returns undefined if there is none; NaN, which agrees with nothing, if it does not open. */
function readBeside(files: FileOperations, path: string, sealer: Sealer): number | undefined {
  if (!asStoreErrors(() => files.exists(path))) return undefined;
  const plain = sealer.open(
    asStoreErrors(() => files.read(path)),
    BINDING,
  );
  return plain === undefined ? Number.NaN : Number(fromUtf8(plain));
}
