/** The own signing key, and the contacts' keys with what was decided about each (XEP-0189 §11, R-217). */
import type { BareJid } from '../wire/jid.ts';

export interface OwnSigningKey {
  /** PKCS#8 DER. A fresh array: the caller wipes it. */
  readonly pkcs8: Uint8Array;
  readonly createdAt: Date;
}

export interface ContactKey {
  /** SHA-256 of the canonical key value, 64 hex digits (protocol 4.1). */
  readonly fingerprint: string;
  /** Minimal big-endian octets, as is the exponent. */
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
  readonly address: BareJid;
  readonly state: 'known' | 'verified' | 'changed' | 'refused';
  readonly firstSeenAt: Date;
  readonly verifiedAt?: Date;
  readonly petname?: string;
}

export interface KeyStore {
  ownSigningKey(): OwnSigningKey | undefined;
  putOwnSigningKey(key: OwnSigningKey): void;
  /** In the order they were first put. */
  keysOf(address: BareJid): readonly ContactKey[];
  /** Adds, or replaces the one with the same address and fingerprint. */
  put(key: ContactKey): void;
  /** Everyone who was seen with that key: more than one is an alarm (S-026). */
  addressesOf(fingerprint: string): readonly BareJid[];
  /** Without a fingerprint: all keys of that address. */
  remove(address: BareJid, fingerprint?: string): void;
}
