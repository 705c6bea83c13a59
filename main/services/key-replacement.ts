/** The signing key leaves, comes from elsewhere, or is made anew (S-061, R-053): what follows in each case. */
import { CryptoError } from '../crypto/crypto-error.ts';
import type { RandomSource } from '../crypto/random.ts';
import type { BareJid } from '../wire/jid.ts';
import { CommandError } from './command-error.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { OwnKey } from './own-key.ts';
import type { OwnPublications } from './own-publications.ts';
import type { SendingSessions } from './sending-sessions.ts';

export interface KeyReplacementParts {
  readonly ownKey: OwnKey;
  readonly publications: OwnPublications;
  readonly sessions: SendingSessions;
  readonly live: LiveSessions;
  readonly random: RandomSource;
  /** Ends the sessions with a contact, of whichever kind. */
  readonly endSession: (address: BareJid) => void;
  readonly isOnline: () => boolean;
}

export class KeyReplacement {
  readonly #parts: KeyReplacementParts;

  constructor(parts: KeyReplacementParts) {
    this.#parts = parts;
  }

  /** The key under a passphrase, as encrypted PKCS#8 in PEM. */
  export(passphrase: string): Promise<string> {
    return this.#parts.ownKey.export(passphrase, this.#parts.random);
  }

  /**
   * Takes a key that was exported in the place of the present one.
   *
   * @throws CommandError `invalid-params` for a text that is no such export or no key we accept, `wrong-password`
   */
  async import(text: string, passphrase: string): Promise<void> {
    try {
      await this.#parts.ownKey.import(text, passphrase);
    } catch (error) {
      throw error instanceof CryptoError ? failureOf(error) : error;
    }
    await this.#showNewKey();
  }

  /** Makes a new key: everyone who verified the old one has to compare again. */
  async replace(): Promise<void> {
    await this.#parts.ownKey.replace();
    await this.#showNewKey();
  }

  /**
   * No session goes on that the old key has signed; the key item and both sets are made and published anew. Offline
   * this happens at the next sign-in.
   */
  async #showNewKey(): Promise<void> {
    const { sessions, live, publications, endSession, isOnline } = this.#parts;
    for (const { address } of [...sessions.all(), ...live.all()]) endSession(address);
    if (!isOnline()) return;
    await publications.publishKey();
    await publications.ensureBackup(true);
    await publications.prepareAway();
  }
}

function failureOf(error: CryptoError): CommandError {
  return error.code === 'bad-passphrase'
    ? new CommandError('wrong-password', 'This passphrase does not open the key.', { cause: error })
    : new CommandError('invalid-params', 'This is no exported key that can be used.', { cause: error });
}
