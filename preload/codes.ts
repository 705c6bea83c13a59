/** The contract's closed lists of codes and choices; a part of it, which hands them on. Imports nothing. */

/** The codes a command may fail with. */
// prettier-ignore
export const COMMAND_ERROR_CODES = [
  'invalid-params', 'bad-address', 'too-long',
  'not-signed-in', 'already-signed-in', 'wrong-password', 'server-not-found', 'server-unreachable', 'certificate',
  'unprotected-login', 'server-unfit', 'server-refused', 'timed-out',
  'no-such-contact', 'no-such-message', 'no-such-key', 'key-changed', 'cannot-encrypt', 'no-session',
  'locked', 'store-full', 'store-damaged',
  'suspended', 'not-available', 'internal',
] as const;
export type CommandErrorCode = (typeof COMMAND_ERROR_CODES)[number];

/** Reasons that only messages carry: I8 to I14, I16, O4, O5 and what a server sent back. */
// prettier-ignore
export const MESSAGE_REASONS = [
  'expired', 'other-device', 'key-deleted', 'copy', 'altered', 'not-proven', 'too-weak', 'program-error',
  'no-key', 'key-expired', 'not-allowed', 'contact-online', 'no-common-encryption', 'not-checked', 'bounced',
] as const;
export type MessageReason = (typeof MESSAGE_REASONS)[number];

/** What `reason` may be in any shape. */
export type ReasonCode = CommandErrorCode | MessageReason;

/** Codes that only alerts carry. */
// prettier-ignore
export const ALERT_ONLY_CODES = [
  'key-shared', 'key-exposed', 'withdraw-failed', 'not-ready-to-leave', 'relayed', 'messages-missing', 'clock-wrong',
  'signed-in-elsewhere',
] as const;
export type AlertCode = ReasonCode | (typeof ALERT_ONLY_CODES)[number];

/** How far an attempt to connect is. */
export const CONNECTION_PHASES = ['finding', 'protecting', 'checking', 'reading'] as const;

export const LEAVING_STATUSES = ['S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'S8', 'S9', 'S10'] as const;
export type LeavingStatus = (typeof LEAVING_STATUSES)[number];

export const CONTACT_STATES = ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10', 'C11'] as const;
export type ContactState = (typeof CONTACT_STATES)[number];

// prettier-ignore
export const INCOMING_BADGES = [
  'I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11', 'I12', 'I13', 'I14', 'I15', 'I16',
] as const;
export const OUTGOING_BADGES = ['O1', 'O2', 'O3', 'O4', 'O5', 'O6', 'O7'] as const;
export type Badge = (typeof INCOMING_BADGES)[number] | (typeof OUTGOING_BADGES)[number];

/** How much a contact's key is trusted. */
export type KeyTrust = 'unverified' | 'verified' | 'changed';
export const KEY_DECISIONS = ['verified', 'accepted', 'refused'] as const;
export type KeyDecision = (typeof KEY_DECISIONS)[number];
export const MESSAGE_STATES = ['held', 'waiting', 'sent', 'delivered', 'notSent', 'probablyNeverOpened'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];
export const AWAY_KEY_DAYS = [1, 3, 7] as const;
export const BACKUP_KEY_DAYS = [3, 7, 14] as const;
export const WHO_MAY_WRITE = ['contacts', 'anyone', 'nobody'] as const;
export type WhoMayWrite = (typeof WHO_MAY_WRITE)[number];
