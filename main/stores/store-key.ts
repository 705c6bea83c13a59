/** The one key that everything in the profile but the offline keys is sealed under. */
import type { RandomSource } from '../crypto/random.ts';
import { asStoreErrors, writeDurably } from './durable-file.ts';
import type { FileOperations } from './durable-file.ts';
import type { KeyProtector } from './seal.ts';
import { StoreError } from './store-error.ts';
import { KEY_OCTETS, unwrapKey, wrapKey } from './wrapped-key.ts';

/**
 * Reads the profile's key, or makes one for a profile that has nothing sealed yet.
 *
 * @param isNew - Nothing is there that a lost key would have sealed.
 * @returns the key, in an array the caller wipes.
 * @throws StoreError `locked`, `store-damaged` (also if the key is gone), `newer-version`, `store-full`, `disk-error`;
 * what is there is never overwritten.
 */
export async function openStoreKey(
  files: FileOperations,
  path: string,
  keeper: { readonly protector: KeyProtector; readonly random: RandomSource; readonly isNew: boolean },
): Promise<Uint8Array> {
  if (asStoreErrors(() => files.exists(path))) {
    return unwrapKey(
      keeper.protector,
      asStoreErrors(() => files.read(path)),
    );
  }
  if (!keeper.isNew) throw new StoreError('store-damaged', 'the key of the store is gone');
  const key = keeper.random.bytes(KEY_OCTETS);
  writeDurably(files, path, await wrapKey(keeper.protector, key));
  return key;
}
