import { describe, expect, it } from 'vitest';
import type { Badge, BadgeResult } from '../../../main/services/badge.ts';
import type { HoldReason, SealedFacts } from '../../../main/services/message-facts.ts';
import type { OutgoingState } from '../../../main/stores/messages.ts';
import { MESSAGE_REASONS } from '../../../preload/contract.ts';
import { READER, SEALED, outgoing, held } from './badge-samples.ts';

describe('badgeOf: what we wrote', () => {
  it.each<[SealedFacts['session'], OutgoingState, Badge]>([
    ['live', 'waiting', 'O1'],
    ['live', 'sent', 'O1'],
    ['live', 'delivered', 'O1'],
    ['away', 'waiting', 'O2'],
    ['away', 'sent', 'O2'],
    ['away', 'delivered', 'O2'],
    ['away', 'probablyNeverOpened', 'O4'],
    ['away', 'notSent', 'O5'],
    ['backup', 'waiting', 'O3'],
    ['backup', 'sent', 'O3'],
    ['backup', 'delivered', 'O3'],
    ['backup', 'probablyNeverOpened', 'O4'],
    ['backup', 'notSent', 'O5'],
  ])('S-195 shows a sealed message for a %s key that is %s as %s', (session, state, badge) => {
    expect(outgoing({ ...SEALED, session }, state).badge).toBe(badge);
  });

  it('says until when it can be opened, then that it could, then that it was delivered', () => {
    expect(outgoing(SEALED, 'sent')).toMatchObject({
      words: 'Can be opened until Tue 14:30',
      details: {
        sentence: 'Can be opened until Tue 14:30. Bob’s code was never compared.',
        keyExpiresAt: '2026-11-24T14:30:00.000Z',
      },
    });
    const later = { ...READER, now: new Date('2026-11-24T15:00:00Z') };
    expect(outgoing(SEALED, 'sent', later).words).toBe('Could be opened until 14:30');
    expect(outgoing(SEALED, 'delivered', later)).toMatchObject({ badge: 'O2', words: 'Delivered' });
    const backup: SealedFacts = { ...SEALED, session: 'backup', keyExpiresAt: '2026-12-03T08:00:00.000Z' };
    expect(outgoing(backup, 'sent').words).toBe('Can be opened until 3 Dec (backup key)');
  });

  it('names both live states in words', () => {
    const { keyExpiresAt: _none, ...live } = { ...SEALED, session: 'live' as const };
    expect(outgoing({ ...live, recipientVerified: true }, 'sent').words).toBe('Encrypted, verified');
    expect(outgoing(live, 'sent')).toMatchObject({
      words: 'Encrypted',
      details: { sentence: 'Only you two can read this. Bob’s code was never compared.' },
    });
  });

  it('says that its key expired unopened', () => {
    expect(outgoing(SEALED, 'probablyNeverOpened')).toMatchObject({
      words: 'Probably never opened',
      details: { reason: 'expired', sentence: 'This message was probably never opened. Its key has expired.' },
    });
  });

  it('says that it came back', () => {
    expect(outgoing({ ...SEALED, reason: 'bounced' }, 'notSent')).toMatchObject({
      badge: 'O5',
      details: { reason: 'bounced', sentence: 'It came back and was not delivered. It is kept on this computer.' },
    });
  });

  it.each<HoldReason>([
    'no-key',
    'key-expired',
    'not-allowed',
    'contact-online',
    'no-common-encryption',
    'not-checked',
    'not-proven',
  ])('holds a message on this computer for the reason %s', (reason) => {
    const result = outgoing(held(reason), 'held');
    expect(result).toMatchObject({
      badge: 'O5',
      words: 'Held on this computer',
      details: { reason, session: 'none', senderConfirmed: false },
    });
    expect(result.details.sentence.length).toBeGreaterThan(10);
    expect(MESSAGE_REASONS).toContain(reason);
  });

  it('shows that sending stopped because of a changed key', () => {
    expect(outgoing(held('key-changed'), 'held')).toMatchObject({
      badge: 'O6',
      words: 'Not sent: key changed',
      details: { reason: 'key-changed' },
    });
  });

  it('shows that it waits for a connection', () => {
    expect(outgoing(held('not-checked'), 'waiting').details.sentence).toBe('Waiting for connection.');
  });

  it('moves from "not checked" to "checked" only by evidence', () => {
    const lines = (state: OutgoingState): BadgeResult['details'] => outgoing(SEALED, state).details;
    expect(lines('waiting').notChecked).toContain('Whether your server took it.');
    expect(lines('sent').checked).toContain('Your server took it.');
    expect(lines('sent').notChecked).toContain('Whether it was opened.');
    expect(lines('delivered').checked).toContain('Bob’s program confirmed that it opened it.');
    expect(outgoing({ ...SEALED, fetchedAt: '2026-11-22T09:00:00Z' }, 'sent').details.checked).toContain(
      'Their key was asked for today 09:00.',
    );
  });
});
