/** How an online negotiation fails, and what the other side is told of it (XEP-0116 §4.4 to §4.8, profile 7.6). */
import type { IdentityRefusal } from './identity-proof.ts';

export type RefusalReason =
  | 'no-common-option'
  | 'three-messages' // a 3-message request from someone who should use four
  | 'bad-choice' // the response holds what was not offered, or our own values
  | 'bad-public-value'
  | 'bad-commitment' // e is not what was promised
  | 'wrong-nonce'
  | IdentityRefusal;

/** What goes into the error stanza; never the original form. */
export interface NegotiationError {
  readonly condition: 'not-acceptable' | 'feature-not-implemented';
  readonly fields: readonly string[];
}

/** After this both sides erase everything of the negotiation; the service says so to whoever may know. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  readonly error: NegotiationError;
}

/**
 * @param fields - What there is no common option for.
 * @param isForInitiator - False where the fault is the responder's: its d, or its choice.
 */
export function refusedBecause(reason: RefusalReason, fields: readonly string[] = [], isForInitiator = true): Refused {
  const isChoice = reason === 'no-common-option' || reason === 'bad-choice';
  const isNotAcceptable = isChoice || (reason === 'bad-public-value' && !isForInitiator);
  const condition = isNotAcceptable ? 'not-acceptable' : 'feature-not-implemented';
  return { kind: 'refused', reason, error: { condition, fields: reason === 'three-messages' ? ['dhkeys'] : fields } };
}
