/** What a badge is computed from and what comes out. Same strings as the contract, which services may not import. */
import type { OutgoingState } from '../stores/messages.ts';
import type { BadgeFacts, HoldReason, SessionKind, UnreadableReason } from './message-facts.ts';
import type { Reader } from './reading-time.ts';

// prettier-ignore
export type IncomingBadge =
  | 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I12' | 'I13' | 'I14' | 'I15' | 'I16';
export type OutgoingBadge = 'O1' | 'O2' | 'O3' | 'O4' | 'O5' | 'O6' | 'O7';
export type Badge = IncomingBadge | OutgoingBadge;

/** A stored message, or as much of one as counts here. */
export interface BadgedMessage {
  readonly direction: 'in' | 'out';
  readonly state?: OutgoingState;
  readonly timeCertain: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Facts of our own publication the message was sealed for; they go on changing after the message was processed. */
export interface KeyDates {
  readonly createdAt?: Date;
  readonly withdrawnAt?: Date;
  readonly deletedAt?: Date;
  readonly expiresAt?: Date;
}

/** Who reads, and how the contact's key stands **now**. */
export interface BadgeReader extends Reader {
  /** The contact's name as shown elsewhere. */
  readonly name: string;
  /** When the user verified the key that the message came or went with. Changes no badge, only the details. */
  readonly verifiedAt?: Date;
}

export interface BadgeResult {
  readonly badge: Badge;
  /** Next to the icon. */
  readonly words: string;
  readonly details: BadgeDetails;
}

/** The contract's `Details`. */
export interface BadgeDetails {
  readonly session: SessionKind | 'none';
  readonly sentence: string;
  readonly checked: readonly string[];
  readonly notChecked: readonly string[];
  readonly reason?: UnreadableReason | HoldReason | 'bounced';
  readonly modp?: number;
  readonly cipher?: string;
  readonly hash?: string;
  readonly signature?: string;
  readonly senderFingerprint?: string;
  readonly senderVerified: boolean;
  readonly senderConfirmed: boolean;
  readonly missingBefore: boolean;
  readonly keyCreatedAt?: string;
  readonly keyWithdrawnAt?: string;
  readonly keyDeletedAt?: string;
  readonly keyExpiresAt?: string;
}

/** All that the sentences and checks of one message are made from. */
export interface BadgeView {
  readonly message: BadgedMessage;
  readonly facts: BadgeFacts;
  readonly badge: Badge;
  readonly key: KeyDates | undefined;
  readonly reader: BadgeReader;
}
