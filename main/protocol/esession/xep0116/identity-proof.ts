/** Verifying an identity of either role and any mode (XEP-0116 §4.6.2 and §4.7.1, profile 2.6): checks in one order. */
import type { PublicKey } from '../../../crypto/signature.ts';
import { ESessionError } from '../errors.ts';
import {
  isIdentityIntact,
  isIdentitySigned,
  isUnsignedIdentityRight,
  revealHashedIdentity,
  revealIdentity,
} from './identity.ts';
import type { IdentityCipher, IdentityContext, IdentityMode, RevealedIdentity } from './identity.ts';

/** What trust says about a key: usable, usable but contradicting one on file, or not at all (profile 4.4). */
export type KeyJudgement = 'accepted' | 'changed' | 'refused';

/** What the verifier knows of keys. */
export interface KeyKnowledge {
  /** On file for the other side: what a fingerprint may stand for. */
  readonly known: readonly PublicKey[];
  /** Asked before the signature is checked: it must not store anything. */
  readonly judge: (key: PublicKey) => KeyJudgement;
}

export type IdentityRefusal =
  | 'bad-mac'
  | 'bad-identity'
  | 'unknown-key' // a fingerprint of no key on file: a new request may ask for the key itself
  | 'key-not-acceptable'
  | 'bad-signature';

export type ProofOutcome =
  | { readonly kind: 'proven'; readonly key?: PublicKey; readonly judgement: Exclude<KeyJudgement, 'refused'> }
  | { readonly kind: 'refused'; readonly reason: IdentityRefusal };

/** Checks M_X, then decrypts, then the key, then the signature; after the first failure no later step runs (S-021). */
export function verifyIdentity(p: {
  readonly hiddenIdentity: Uint8Array;
  readonly hiddenIdentityMac: Uint8Array;
  readonly mode: IdentityMode;
  readonly context: IdentityContext;
  readonly cipher: IdentityCipher;
  readonly keys: KeyKnowledge;
}): ProofOutcome {
  const { hiddenIdentity, mode, context, cipher, keys } = p;
  if (!isIdentityIntact(hiddenIdentity, p.hiddenIdentityMac, cipher)) return refused('bad-mac');
  if (mode === 'none') {
    const isRight = isUnsignedIdentityRight(hiddenIdentity, context, cipher);
    return isRight ? { kind: 'proven', judgement: 'accepted' } : refused('bad-identity');
  }
  const identity = tryReveal(hiddenIdentity, mode, cipher, keys.known);
  if (identity === undefined) return refused(mode === 'hash' ? 'unknown-key' : 'bad-identity');
  const judgement = keys.judge(identity.key);
  if (judgement === 'refused') return refused('key-not-acceptable');
  if (!isIdentitySigned(identity, context, cipher)) return refused('bad-signature');
  return { kind: 'proven', key: identity.key, judgement };
}

function tryReveal(
  hiddenIdentity: Uint8Array,
  mode: 'key' | 'hash',
  cipher: IdentityCipher,
  known: readonly PublicKey[],
): RevealedIdentity | undefined {
  try {
    return mode === 'key'
      ? revealIdentity(hiddenIdentity, cipher)
      : revealHashedIdentity(hiddenIdentity, cipher, known);
  } catch (error) {
    if (error instanceof ESessionError) return undefined;
    throw error;
  }
}

function refused(reason: IdentityRefusal): ProofOutcome {
  return { kind: 'refused', reason };
}
