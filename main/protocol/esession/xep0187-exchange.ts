/**
 * The exchange behind an offline session, as the responder computes it (XEP-0116 4.5, profile 1.3 to 2.6), and what
 * both sides share of it. Deterministic: what is drawn comes in.
 */
import { wipe } from '../../base/bytes.ts';
import { drawCounter, xorHalf } from '../../crypto/ctr.ts';
import { drawExponent } from '../../crypto/modp.ts';
import type { ModpEngine, ModpGroup } from '../../crypto/modp.ts';
import type { RandomSource } from '../../crypto/random.ts';
import type { SigningKey } from '../../crypto/signature.ts';
import type { Element } from '../../wire/element.ts';
import { drawNonce } from './nonce.ts';
import { sessionOf } from './session.ts';
import type { SendingSession } from './session.ts';
import { withProof } from './session-form.ts';
import { hideIdentity } from './xep0116/identity.ts';
import type { IdentityCipher, IdentityContext } from './xep0116/identity.ts';
import { deriveDirectionKeys, withSharedSecret } from './xep0116/keys.ts';
import type { Chosen, ChosenValues } from './xep0116/options.ts';
import type { PublishedOptions } from './xep0187-options.ts';
import { buildResponse } from './xep0187-response.ts';

/** What a sender draws for one session; never used for another. */
export interface FreshValues {
  /** N_B */
  readonly nonce: Uint8Array;
  /** y; wiped once it was used. */
  readonly exponent: Uint8Array;
  /** C_A */
  readonly counter: Uint8Array;
}

/** All of them anew, in this order. */
export function drawFreshValues(group: ModpGroup, random: RandomSource): FreshValues {
  return { nonce: drawNonce(random), exponent: drawExponent(group, random), counter: drawCounter(random) };
}

/** The computation of §3.3 from values that are there already; `startOfflineSession` is the way to call it. */
export async function answerOptions(p: {
  readonly options: Pick<PublishedOptions, 'nonce'>;
  readonly initiatorPublic: Uint8Array;
  readonly chosen: Chosen;
  readonly values: ChosenValues;
  readonly fresh: FreshValues;
  readonly ownKey: SigningKey;
  readonly terminate?: boolean;
  readonly modp: ModpEngine;
}): Promise<{ readonly session: SendingSession; readonly form: Element }> {
  const { chosen, fresh, modp } = p;
  try {
    const written = modp.power(chosen.modp, fresh.exponent).then((responderPublic) => {
      const { values, terminate = false } = p;
      const nonces = { nonce: p.options.nonce, responderNonce: fresh.nonce };
      const { counter } = fresh;
      return { responderPublic, response: buildResponse({ ...nonces, values, responderPublic, counter, terminate }) };
    });
    // The form is written while the second power is computed.
    const [{ responderPublic, response }, power] = await Promise.all([
      written,
      modp.power(chosen.modp, fresh.exponent, p.initiatorPublic),
    ]);
    const cipher = responderCipher(power, chosen, fresh.counter);
    const context: IdentityContext = {
      verifierNonce: p.options.nonce,
      proverNonce: fresh.nonce,
      proverPublic: responderPublic,
      forms: [response.normalized],
    };
    const hidden = hideIdentity(p.ownKey, context, cipher);
    wipe(cipher.keys.sigmaKey);
    const form = withProof(response, hidden);
    const { counter, blocks } = hidden;
    return { form, session: sessionOf({ direction: 'send', ...sessionKeysOf(chosen, cipher), counter, blocks }) };
  } finally {
    wipe(fresh.exponent);
  }
}

/** From g^xy to the one direction an offline session has; g^xy and K are wiped. */
export function responderCipher(power: Uint8Array, chosen: Chosen, initiatorCounter: Uint8Array): IdentityCipher {
  const { hash, cipher } = chosen;
  const keys = withSharedSecret(hash, power, (sharedSecret) =>
    deriveDirectionKeys(sharedSecret, 'responder', hash, cipher),
  );
  return { cipher, hash, keys, counter: xorHalf(initiatorCounter) };
}

/** What a session of either side keeps of the exchange. */
export function sessionKeysOf(
  { modp, cipher, hash }: Chosen,
  { keys: { cipherKey, macKey } }: IdentityCipher,
): Pick<SendingSession, 'modp' | 'cipher' | 'hash' | 'cipherKey' | 'macKey'> {
  return { modp, cipher, hash, cipherKey, macKey };
}
