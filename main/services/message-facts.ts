/**
 * What was found out about a message when it was processed. `incoming.ts` and `outgoing.ts` and their like record it
 * once, in the message's row; it is never recomputed to look better later (ux.md 3.4 rule 4). Two things may be added:
 * that the user decided about a changed key, and what became of a message that was sent. Plain JSON; times are ISO 8601
 * UTC. The badge is computed from nothing else but the state of the message, the dates of the key and the contact's
 * present standing (`badge.ts`).
 */

/** Which kind of key a message was sealed for. */
export type SessionKind = 'live' | 'away' | 'backup';

/** Why a message that came cannot be shown (I8 to I14, I16); the contract's codes. */
export type UnreadableReason =
  | 'expired' // I8
  | 'other-device' // I9
  | 'key-deleted' // I10
  | 'copy' // I11
  | 'altered' // I12
  | 'not-proven' // I13
  | 'too-weak' // I14
  | 'program-error'; // I16

/** Why a message we wrote is held on this computer (O5), or its key changed (O6). */
export type HoldReason =
  | 'no-key' // C6
  | 'key-expired' // C5
  | 'not-allowed' // C7
  | 'contact-online' // C9: here, with nothing that can read a letter now (H-22)
  | 'no-common-encryption' // C9
  | 'not-checked' // C11, and while nothing was asked yet
  | 'not-proven' // their key is signed by nobody we accept
  | 'key-changed'; // C8, O6

/** What both sides settled on; the words of the options form. */
export interface Algorithms {
  /** MODP group. */
  readonly modp: number;
  readonly cipher: string;
  readonly hash: string;
  readonly signature: string;
}

/** It was opened and is shown; or, with `senderKey` `changed`, opened and held aside until the user decides (I7). */
export interface OpenedFacts extends Algorithms {
  readonly kind: 'opened';
  readonly session: SessionKind;
  /** Id of our publication it was sealed for; its dates are looked up by it. Absent in a live session. */
  readonly keyId?: string;
  readonly senderFingerprint: string;
  /** The standing of the sender's key **when the message was processed**. */
  readonly senderKey: 'verified' | 'known' | 'changed';
  /** Since when that key is on file: "same key as before since …". */
  readonly senderKeySince?: string;
  /** With `changed`: the key that was on file until then. */
  readonly formerFingerprint?: string;
  /** The user chose *Use the new code* then; `senderKey` is `known` from then on. */
  readonly codeNewSince?: string;
  /** S-028: the content names sender and recipient, and both are right. */
  readonly confirmed: boolean;
  /** One or more messages before this one are missing (H-3). */
  readonly missingBefore: boolean;
  /** False: the sender or the options ask that it is not stored (otr, `Store: false`). */
  readonly kept: boolean;
}

/** It came and was refused, or could not be opened. */
export interface UnreadableFacts {
  readonly kind: 'unreadable';
  readonly reason: UnreadableReason;
  /** `none`: for no key that was ever ours, or nobody can tell. */
  readonly session: SessionKind | 'none';
  readonly keyId?: string;
  readonly senderFingerprint?: string;
  /** I9: the resource the stanza names, unless it is our own (servers rewrite it). */
  readonly resource?: string;
  /** I11: when the first copy came. */
  readonly firstAt?: string;
  /** I14: the field that asked for too little, and the least that is accepted. */
  readonly field?: string;
  readonly smallestAccepted?: string;
  /** Later stanzas of the same opening, counted here instead of becoming notices of their own. */
  readonly folded?: number;
}

/** I15: in the journal, not yet opened. */
export interface PendingFacts {
  readonly kind: 'pending';
}

/** In clear: it came so, or the user agreed to it for this one message (I6, O7). */
export interface ClearFacts {
  readonly kind: 'clear';
  readonly unencrypted: true;
  /** In: the conversation had encrypted messages before. */
  readonly othersEncrypted?: boolean;
  /** Out: when the user agreed. */
  readonly agreedAt?: string;
  /** Out: it came back. */
  readonly reason?: 'bounced';
}

/** We wrote it, and no way to encrypt it was there yet. */
export interface HeldFacts {
  readonly kind: 'held';
  readonly reason: HoldReason;
}

/** We wrote it, and it was encrypted. */
export interface SealedFacts extends Algorithms {
  readonly kind: 'sealed';
  readonly session: SessionKind;
  /** Whose key signed their options, and how it stood when we wrote. */
  readonly recipientFingerprint: string;
  readonly recipientVerified: boolean;
  /** Until when it can be opened. Absent in a live session. */
  readonly keyExpiresAt?: string;
  /** When their key was asked for. */
  readonly fetchedAt?: string;
  /** False: neither side keeps it (otr). */
  readonly kept: boolean;
  /** It came back. */
  readonly reason?: 'bounced';
}

export type IncomingFacts = OpenedFacts | UnreadableFacts | PendingFacts | ClearFacts;
export type OutgoingFacts = HeldFacts | SealedFacts | ClearFacts;
export type BadgeFacts = IncomingFacts | OutgoingFacts;

/**
 * Takes facts out of a row. What this version did not write itself is a program error, never something good.
 *
 * @param stored - `facts` of a stored message.
 */
export function readFacts(stored: Readonly<Record<string, unknown>>): BadgeFacts {
  const kind = stored['kind'];
  const isKnown = typeof kind === 'string' && KINDS.has(kind);
  return isKnown ? (stored as unknown as BadgeFacts) : { kind: 'unreadable', reason: 'program-error', session: 'none' };
}

const KINDS: ReadonlySet<string> = new Set(['opened', 'unreadable', 'pending', 'clear', 'held', 'sealed']);

/** Facts as a row takes them: spreads into an object that may hold anything else besides. */
export function toStored(facts: BadgeFacts): Readonly<Record<string, unknown>> {
  return { ...facts };
}

/**
 * The user decided about the key of a message that was held aside (I7; R-302, H-19).
 *
 * @param facts - Of any message; others are returned as they are.
 * @param decision - `used`: its text may be shown from now on, as of a code that is new since `at`. `refused`: its text
 * is deleted by the caller, and the message says so for good.
 */
export function afterKeyDecision(facts: BadgeFacts, decision: 'used' | 'refused', at: Date): BadgeFacts {
  if (facts.kind !== 'opened' || facts.senderKey !== 'changed') return facts;
  if (decision === 'used') return { ...facts, senderKey: 'known', codeNewSince: at.toISOString() };
  const { session, keyId, senderFingerprint } = facts;
  const key = keyId === undefined ? {} : { keyId };
  return { kind: 'unreadable', reason: 'not-proven', session, ...key, senderFingerprint };
}
