/** Facts to compute badges from, and what comes out for one of them. */
import { badgeOf } from '../../../main/services/badge.ts';
import type { BadgeReader, BadgeResult, KeyDates } from '../../../main/services/badge.ts';
import { toStored } from '../../../main/services/message-facts.ts';
import type {
  BadgeFacts,
  HoldReason,
  OpenedFacts,
  SealedFacts,
  UnreadableReason,
} from '../../../main/services/message-facts.ts';
import type { OutgoingState } from '../../../main/stores/messages.ts';

export const READER: BadgeReader = {
  name: 'Bob',
  now: new Date('2026-11-22T10:00:00Z'),
  locale: 'en-GB',
  timeZone: 'UTC',
};
export const KEY: KeyDates = {
  createdAt: new Date('2026-11-21T18:02:00Z'),
  withdrawnAt: new Date('2026-11-22T08:01:00Z'),
  expiresAt: new Date('2026-11-24T18:02:00Z'),
};
export const DELETED: KeyDates = { ...KEY, deletedAt: new Date('2026-11-22T08:07:00Z') };
export const ALGORITHMS = { modp: 15, cipher: 'aes256-ctr', hash: 'sha256', signature: 'rsa-sha256' };

export const OPENED: OpenedFacts = {
  kind: 'opened',
  session: 'away',
  keyId: 'k1',
  ...ALGORITHMS,
  senderFingerprint: 'ab'.repeat(32),
  senderKey: 'verified',
  confirmed: true,
  missingBefore: false,
  kept: true,
};
export const SEALED: SealedFacts = {
  kind: 'sealed',
  session: 'away',
  ...ALGORITHMS,
  recipientFingerprint: 'cd'.repeat(32),
  recipientVerified: false,
  keyExpiresAt: '2026-11-24T14:30:00.000Z',
  kept: true,
};

export const incoming = (facts: BadgeFacts, key?: KeyDates, reader = READER): BadgeResult =>
  badgeOf({ direction: 'in', timeCertain: true, facts: toStored(facts) }, key, reader);
export const outgoing = (facts: BadgeFacts, state: OutgoingState, reader = READER): BadgeResult =>
  badgeOf({ direction: 'out', state, timeCertain: true, facts: toStored(facts) }, undefined, reader);
export const held = (reason: HoldReason): BadgeFacts => ({ kind: 'held', reason });
export const unreadable = (reason: UnreadableReason): BadgeFacts => ({ kind: 'unreadable', reason, session: 'away' });

export const SESSIONS = ['live', 'away', 'backup'] as const;
export const KEYS = ['verified', 'known', 'changed'] as const;
export const BOTH = [true, false] as const;
