import type { RandomSource } from '../../crypto/random.ts';
import { lockProfile } from '../../stores/profile-lock.ts';
import type { KeyProtector } from '../../stores/seal.ts';
import { claimProfile } from '../profile-kind.ts';
import { createPassphraseProtector, hasPassphraseKey } from './key-protector.ts';
import { obtainPassphrase } from './passphrase.ts';
import { StartError } from './start-error.ts';

export interface OpenProfile {
  readonly protector: KeyProtector;
  release(): void;
}

/**
 * Takes the profile for this process and its keys' guard out of it, in the order in which a refusal costs nothing:
 * the lock, whose profile it is, the passphrase.
 *
 * @throws StartError `profile-in-use`, `locked`; StoreError
 */
export async function openProfile(
  directory: string,
  passphraseFile: string | undefined,
  random: RandomSource,
): Promise<OpenProfile> {
  const lock = lockProfile(directory);
  if (lock === undefined) throw new StartError('profile-in-use', 'Another process has this profile open.');
  try {
    if (!claimProfile(directory, 'headless')) {
      throw new StartError('locked', 'This profile belongs to the desktop program; this host does not open it.');
    }
    const passphrase = obtainPassphrase(directory, passphraseFile, !hasPassphraseKey(directory), random);
    const protector = await createPassphraseProtector(directory, passphrase, random);
    return { protector, release: () => lock.release() };
  } catch (error) {
    lock.release();
    throw error;
  }
}
