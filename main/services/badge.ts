/**
 * The badge of a message (ux.md 3.4, S-195): one pure function from what was recorded when the message was processed,
 * the dates of its key and the contact's present standing. Every notice, tooltip, panel and spoken label comes from
 * this one result.
 */
import { unreachable } from '../base/errors.ts';
import type { OutgoingState } from '../stores/messages.ts';
import { checksOf } from './badge-checks.ts';
import { isAtItsBest, sentenceOf, wordsOf } from './badge-sentences.ts';
import type {
  Badge,
  BadgeDetails,
  BadgedMessage,
  BadgeReader,
  BadgeResult,
  IncomingBadge,
  KeyDates,
  OutgoingBadge,
} from './badge-view.ts';
import { readFacts } from './message-facts.ts';
import type { BadgeFacts, OpenedFacts, SessionKind, UnreadableReason } from './message-facts.ts';

export type * from './badge-view.ts';

/** @param key - Undefined if the message was sealed for no key of ours, or nothing is known of it any more. */
export function badgeOf(message: BadgedMessage, key: KeyDates | undefined, reader: BadgeReader): BadgeResult {
  const facts = readFacts(message.facts);
  const badge = codeOf(message, facts);
  const view = { message, facts, badge, key, reader };
  return {
    badge,
    words: wordsOf(view),
    details: {
      session: 'session' in facts ? facts.session : 'none',
      sentence: sentenceOf(view),
      ...checksOf(view),
      ...reasonOf(message, facts),
      ...technicalPartOf(facts),
      senderVerified: isVerified(facts),
      senderConfirmed: facts.kind === 'sealed' || (facts.kind === 'opened' && facts.confirmed),
      missingBefore: facts.kind === 'opened' && facts.missingBefore,
      ...datesOf(facts, key),
    },
  };
}

function codeOf(message: BadgedMessage, facts: BadgeFacts): Badge {
  switch (facts.kind) {
    case 'opened':
      return openedCode(facts);
    case 'unreadable':
      return UNREADABLE[facts.reason];
    case 'pending':
      return 'I15';
    case 'clear':
      return message.direction === 'in' ? 'I6' : 'O7';
    case 'held':
      return facts.reason === 'key-changed' ? 'O6' : 'O5';
    case 'sealed':
      return sealedCode(message.state, facts.session, facts.reason !== undefined);
    default:
      return unreachable(facts);
  }
}

function openedCode(facts: OpenedFacts): IncomingBadge {
  if (facts.senderKey === 'changed') return 'I7';
  if (facts.session === 'backup') return 'I5';
  if (facts.session === 'away') return isAtItsBest(facts) ? 'I3' : 'I4';
  return isAtItsBest(facts) ? 'I1' : 'I2';
}

function sealedCode(state: OutgoingState | undefined, session: SessionKind, isBounced: boolean): OutgoingBadge {
  if (state === 'probablyNeverOpened') return 'O4';
  if (isBounced || state === 'notSent' || state === 'held') return 'O5';
  return SEALED[session];
}

const SEALED = { live: 'O1', away: 'O2', backup: 'O3' } as const;

const UNREADABLE = {
  expired: 'I8',
  'other-device': 'I9',
  'key-deleted': 'I10',
  copy: 'I11',
  altered: 'I12',
  'not-proven': 'I13',
  'too-weak': 'I14',
  'program-error': 'I16',
} as const satisfies Readonly<Record<UnreadableReason, IncomingBadge>>;

function reasonOf(message: BadgedMessage, facts: BadgeFacts): Pick<BadgeDetails, 'reason'> {
  if (message.state === 'probablyNeverOpened') return { reason: 'expired' };
  if (facts.kind === 'opened') return facts.senderKey === 'changed' ? { reason: 'key-changed' } : {};
  return 'reason' in facts ? { reason: facts.reason } : {};
}

function technicalPartOf(facts: BadgeFacts): Partial<BadgeDetails> {
  const sender = 'senderFingerprint' in facts ? { senderFingerprint: facts.senderFingerprint } : {};
  if (facts.kind !== 'opened' && facts.kind !== 'sealed') return sender;
  const { modp, cipher, hash, signature } = facts;
  return { modp, cipher, hash, signature, ...sender };
}

function isVerified(facts: BadgeFacts): boolean {
  if (facts.kind === 'opened') return facts.senderKey === 'verified';
  return facts.kind === 'sealed' && facts.recipientVerified;
}

function datesOf(facts: BadgeFacts, key: KeyDates | undefined): Partial<BadgeDetails> {
  if (facts.kind === 'sealed') return facts.keyExpiresAt === undefined ? {} : { keyExpiresAt: facts.keyExpiresAt };
  const iso = <Name extends string>(name: Name, at: Date | undefined): Partial<Record<Name, string>> =>
    (at === undefined ? {} : { [name]: at.toISOString() }) as Partial<Record<Name, string>>;
  return {
    ...iso('keyCreatedAt', key?.createdAt),
    ...iso('keyWithdrawnAt', key?.withdrawnAt),
    ...iso('keyDeletedAt', key?.deletedAt),
    ...iso('keyExpiresAt', key?.expiresAt),
  };
}
