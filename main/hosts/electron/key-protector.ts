import type { SafeStorage } from 'electron';
import { concatBytes, equalBytes, fromBase64, toBase64, utf8 } from '../../base/bytes.ts';
import type { KeyProtector } from '../../stores/seal.ts';
import { StoreError } from '../../stores/store-error.ts';

/** In front of every wrapped key: the headless host refuses it, as this one refuses the headless host's (S-165). */
const WRAPPED_MAGIC = utf8('nightlatch desktop key 1\n');

type AsyncStorage = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>;

/**
 * Guards the profile's keys with the desktop's secret store. To be called once the app is ready.
 *
 * The storage's wish to have something encrypted anew (`shouldReEncrypt`) is not followed: what was wrapped still opens,
 * and the store wraps its key anew when it rotates it.
 *
 * @returns a protector that says so if it protects nothing: on Linux a desktop without a secret store has only a
 * password that stands in Chromium's source (S-062).
 * @throws StoreError `locked` if there is no secret store, or it does not open.
 */
export async function createDesktopProtector(storage: AsyncStorage, platform: NodeJS.Platform): Promise<KeyProtector> {
  if (!(await storage.isAsyncEncryptionAvailable())) {
    throw new StoreError('locked', 'the desktop has no secret store that opens');
  }
  const backend = platform === 'linux' ? storage.getSelectedStorageBackend() : platform;
  return {
    name: `desktop ${backend}`,
    protects: backend !== 'basic_text' && backend !== 'unknown',
    wrap: async (key) => concatBytes(WRAPPED_MAGIC, await storage.encryptStringAsync(toBase64(key))),
    unwrap: (wrapped) => unwrap(storage, wrapped),
  };
}

async function unwrap(storage: AsyncStorage, wrapped: Uint8Array): Promise<Uint8Array> {
  if (!equalBytes(wrapped.subarray(0, WRAPPED_MAGIC.length), WRAPPED_MAGIC)) {
    throw new StoreError('locked', 'the key was not wrapped by this program on a desktop');
  }
  const key = fromBase64(await decrypt(storage, wrapped.subarray(WRAPPED_MAGIC.length)));
  if (key === undefined) throw new StoreError('locked', 'the secret store gave something else than a key');
  return key;
}

async function decrypt(storage: AsyncStorage, sealed: Uint8Array): Promise<string> {
  try {
    return (await storage.decryptStringAsync(Buffer.from(sealed))).result;
  } catch (error) {
    throw new StoreError('locked', 'the secret store does not open this key', { cause: error });
  }
}
