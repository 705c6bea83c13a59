/** What is recorded about messages we write, at each stage (ux.md 3.4, O1 to O7). */
import type { MessageFacts } from '../stores/messages.ts';
import { toStored, type ClearFacts, type HoldReason, type SealedFacts } from './message-facts.ts';
import type { WritingSession } from './writing-session.ts';

export type { HoldReason } from './message-facts.ts';

/** No way to encrypt it, for this reason, or nothing was asked yet. */
export function heldFacts(reason: HoldReason): MessageFacts {
  return toStored({ kind: 'held', reason });
}

/** The user agreed to clear text for this one message. */
export function clearFacts(agreedAt: Date): MessageFacts {
  const facts: ClearFacts = { kind: 'clear', unencrypted: true, agreedAt: agreedAt.toISOString() };
  return toStored(facts);
}

/** Encrypted in this session; `isVerified`: the other side's key was compared before. */
export function sealedFacts(session: WritingSession, isVerified: boolean): MessageFacts {
  const { modp, cipher, hash, signature, otr } = session.chosen;
  const facts: SealedFacts = {
    kind: 'sealed',
    session: session.set,
    modp,
    cipher,
    hash,
    signature,
    recipientFingerprint: session.recipientFingerprint,
    recipientVerified: isVerified,
    ...(session.expires === undefined
      ? {}
      : { keyExpiresAt: session.expires.toISOString(), fetchedAt: session.startedAt.toISOString() }),
    kept: !otr,
  };
  return toStored(facts);
}

/** It came back: what it was stays, and why it did not arrive is added. */
export function bouncedFacts(facts: MessageFacts): MessageFacts {
  return { ...facts, reason: 'bounced' };
}
