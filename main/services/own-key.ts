/** The account's long-term signing key (S-061): made once, sealed, opened once per run. */
import { DAY_MS, type Clock } from '../base/time.ts';
import { wipe } from '../base/bytes.ts';
import { exportSigningKey, importExportedKey } from '../crypto/encrypted-key.ts';
import type { RandomSource } from '../crypto/random.ts';
import { generateSigningKey, importSigningKey, type SigningKey } from '../crypto/signature.ts';
import { fingerprintOf } from '../protocol/esession/xep0116/key-value.ts';
import type { KeyStore } from '../stores/keys.ts';
import { safetyCodeOf } from './safety-code.ts';

/** Published as valid for five years from the day it was made. */
const VALID_DAYS = 5 * 365;

export class OwnKey {
  readonly #keys: KeyStore;
  readonly #clock: Clock;
  #opened: Promise<SigningKey> | undefined;

  constructor(keys: KeyStore, clock: Clock) {
    this.#keys = keys;
    this.#clock = clock;
  }

  /** The key, made off this thread the first time, which takes a second or two. */
  signingKey(): Promise<SigningKey> {
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined; // a full store does not stay full
      throw error;
    });
    return this.#opened;
  }

  /** From when until when it is published as valid (XEP-0189). */
  async validity(): Promise<{ readonly begin: Date; readonly end: Date }> {
    await this.signingKey();
    const made = this.#keys.ownSigningKey()?.createdAt ?? this.#clock.now();
    const begin = new Date(Math.floor(made.getTime() / DAY_MS) * DAY_MS);
    return { begin, end: new Date(begin.getTime() + VALID_DAYS * DAY_MS) };
  }

  async codes(): Promise<{ readonly fingerprint: string; readonly safetyCode: string }> {
    const fingerprint = fingerprintOf((await this.signingKey()).publicKey);
    return { fingerprint, safetyCode: safetyCodeOf(fingerprint) };
  }

  /** The key under a passphrase (S-061). */
  async export(passphrase: string, random: RandomSource): Promise<string> {
    await this.signingKey();
    const stored = this.#keys.ownSigningKey();
    if (stored === undefined) throw new TypeError('a key that was just opened is gone');
    try {
      return await exportSigningKey(stored.pkcs8, passphrase, random);
    } finally {
      wipe(stored.pkcs8);
    }
  }

  /** Takes an exported key in the place of the present one. @throws CryptoError; the present key stays then */
  async import(text: string, passphrase: string): Promise<void> {
    this.#use(await importExportedKey(text, passphrase));
  }

  /** Makes a new key in the place of the present one. */
  async replace(): Promise<void> {
    this.#use(await generateSigningKey());
  }

  #use(pkcs8: Uint8Array): void {
    this.#keys.putOwnSigningKey({ pkcs8, createdAt: this.#clock.now() });
    this.#opened = Promise.resolve(importAndWipe(pkcs8));
  }

  async #open(): Promise<SigningKey> {
    const stored = this.#keys.ownSigningKey();
    if (stored !== undefined) return importAndWipe(stored.pkcs8);
    const pkcs8 = await generateSigningKey();
    this.#keys.putOwnSigningKey({ pkcs8, createdAt: this.#clock.now() });
    return importAndWipe(pkcs8);
  }
}

function importAndWipe(pkcs8: Uint8Array): SigningKey {
  try {
    return importSigningKey(pkcs8);
  } finally {
    wipe(pkcs8);
  }
}
