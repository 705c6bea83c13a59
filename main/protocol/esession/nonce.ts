/** Nonces: octet strings that name a set or an exchange (profile 1.2), never read as integers. */
import { fromBase64 } from '../../base/bytes.ts';
import type { RandomSource } from '../../crypto/random.ts';
import { valueOf } from '../../wire/xep0004-data-form.ts';
import type { DataForm } from '../../wire/xep0004-data-form.ts';
import { NONCE_OCTETS } from './policy.ts';

/** A fresh nonce; its first octet is not 0x00, so that software which takes it for an integer agrees with us. */
export function drawNonce(random: RandomSource): Uint8Array {
  for (;;) {
    const nonce = random.bytes(NONCE_OCTETS.own);
    if (nonce[0] !== 0) return nonce;
  }
}

/** The nonce in a form's field; undefined if there is none, or one that is too short or too long (profile 9). */
export function readNonce(form: DataForm, name: string): Uint8Array | undefined {
  const nonce = fromBase64(valueOf(form, name) ?? '');
  const isRightSize = nonce !== undefined && nonce.length >= NONCE_OCTETS.least && nonce.length <= NONCE_OCTETS.most;
  return isRightSize ? nonce : undefined;
}
