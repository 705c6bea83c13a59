/** Encryption at rest: who guards the store's keys, and what is derived from them. */
import { utf8, wipe } from '../base/bytes.ts';
import { open, seal } from '../crypto/aead.ts';
import { hmac, hmacWithPrefix } from '../crypto/hash.ts';
import type { RandomSource } from '../crypto/random.ts';
import { StoreError } from './store-error.ts';

/** What a host offers to guard keys with: the desktop's secret store, or a passphrase. */
export interface KeyProtector {
  /** Written beside each wrapped key, so that a change of backend is noticed (S-063). */
  readonly name: string;
  /** False if what it does protects nothing against whoever can read the profile (S-062). */
  readonly protects: boolean;
  wrap(key: Uint8Array): Promise<Uint8Array>;
  /** @throws StoreError `locked` if the key does not come out. */
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}

/**
 * What a sealed value is bound to: format, table, row, account and whatever else must not be exchanged (S-073). The
 * same parts are needed to open it.
 */
export type Binding = readonly (string | number | null)[];

/** Seals under one key, and computes look-up tags under another; both go with `destroy`. */
export class Sealer {
  readonly #key: Uint8Array;
  readonly #random: RandomSource;
  readonly #tagKey: Uint8Array;
  readonly #tags = new Map<string, (ending: Uint8Array) => Uint8Array>();
  #isDestroyed = false;

  /** @param root - 32 octets to derive from; the caller keeps and wipes them. */
  constructor(root: Uint8Array, random: RandomSource) {
    this.#key = derive(root, 'seal');
    this.#tagKey = derive(root, 'tag');
    this.#random = random;
  }

  /** @throws StoreError `locked` after `destroy`, as do the others: a wiped key would protect nothing. */
  seal(plain: Uint8Array, binding: Binding): Uint8Array {
    this.#assertAlive();
    return seal(this.#key, plain, bound(binding), this.#random);
  }

  /** @returns undefined if the value was altered, or sealed for another place. */
  open(sealed: Uint8Array, binding: Binding): Uint8Array | undefined {
    this.#assertAlive();
    return open(this.#key, sealed, bound(binding));
  }

  /**
   * A look-up column's value: 128 bits that tell nothing without the key, the same for the same text. Texts of several
   * parts are joined by the caller with a character that cannot stand in them.
   */
  tag(column: string, text: string | Uint8Array): Uint8Array {
    this.#assertAlive();
    const known = this.#tags.get(column) ?? hmacWithPrefix('sha256', this.#tagKey, utf8(`${column}\u0000`));
    this.#tags.set(column, known);
    return known(typeof text === 'string' ? utf8(text) : text).subarray(0, TAG_OCTETS);
  }

  destroy(): void {
    this.#isDestroyed = true;
    wipe(this.#key, this.#tagKey);
    this.#tags.clear();
  }

  #assertAlive(): void {
    if (this.#isDestroyed) throw new StoreError('locked', 'the key is closed');
  }
}

/** A key for one purpose, from which the root cannot be had. */
export function derive(root: Uint8Array, purpose: string): Uint8Array {
  return hmac('sha256', root, utf8(`nightlatch ${purpose} 1`));
}

/** Octets of AES-256-GCM's tag, which stands last in what is sealed. */
const CHECK_OCTETS = 16;
const TAG_OCTETS = 16;

/** The authenticating end of a sealed value: different each time something is sealed, whatever it is. */
export function checkOf(sealed: Uint8Array): Uint8Array {
  return sealed.subarray(sealed.length - CHECK_OCTETS);
}

/** What is sealed says which layout its binding has, so that a later one cannot be taken for it. */
const FORMAT = 'nightlatch store 1';

function bound(binding: Binding): Uint8Array {
  return utf8(JSON.stringify([FORMAT, ...binding]));
}
