import { describe, expect, it } from 'vitest';
import { badgeOf } from '../../../main/services/badge.ts';
import type { Badge, KeyDates } from '../../../main/services/badge.ts';
import { afterKeyDecision, toStored } from '../../../main/services/message-facts.ts';
import type { OpenedFacts } from '../../../main/services/message-facts.ts';
import {
  READER,
  KEY,
  DELETED,
  OPENED,
  SEALED,
  incoming,
  outgoing,
  held,
  unreadable,
  SESSIONS,
  KEYS,
  BOTH,
} from './badge-samples.ts';

describe('badgeOf: what was opened (S-195)', () => {
  const all = SESSIONS.flatMap((session) =>
    KEYS.flatMap((senderKey) =>
      BOTH.flatMap((confirmed) =>
        BOTH.flatMap((missingBefore) =>
          [15, 5].map((modp) => ({ session, senderKey, confirmed, missingBefore, modp })),
        ),
      ),
    ),
  );

  it('S-195 gives every combination of encryption, key, recipient and gap the badge of the table', () => {
    expect(all).toHaveLength(72);
    for (const one of all) {
      const best = one.senderKey === 'verified' && one.confirmed && !one.missingBefore && one.modp === 15;
      const byPlace = { live: best ? 'I1' : 'I2', away: best ? 'I3' : 'I4', backup: 'I5' };
      const wanted = one.senderKey === 'changed' ? 'I7' : byPlace[one.session];
      expect(incoming({ ...OPENED, ...one }, KEY).badge, JSON.stringify(one)).toBe(wanted);
    }
  });

  it('S-195 says of every combination what is known and what is not', () => {
    for (const one of all.filter(({ senderKey }) => senderKey !== 'changed')) {
      const { details } = incoming({ ...OPENED, ...one }, KEY);
      expect(details).toMatchObject({
        session: one.session,
        senderVerified: one.senderKey === 'verified',
        senderConfirmed: one.confirmed,
        missingBefore: one.missingBefore,
        modp: one.modp,
      });
      expect(details.sentence.includes('It is not confirmed that Bob meant it for you.')).toBe(!one.confirmed);
      expect(details.sentence.includes('One or more messages before it are missing.')).toBe(one.missingBefore);
      expect(details.sentence.includes('It uses older encryption.')).toBe(one.modp === 5);
      const notChecked = details.notChecked.join(' ');
      expect(notChecked.includes('the sender’s intent is not confirmed')).toBe(!one.confirmed);
      expect(notChecked.includes('Bob’s code was never compared.')).toBe(one.senderKey === 'known');
      expect(notChecked.includes('missing messages')).toBe(one.missingBefore);
      expect(details.checked.includes('Bob’s code is verified.')).toBe(one.senderKey === 'verified');
    }
  });

  it.each<[Badge, string, Partial<OpenedFacts>, KeyDates | undefined, string]>([
    [
      'I1',
      'Encrypted, verified',
      { session: 'live' },
      undefined,
      'Only you two can read this. Bob’s code is verified.',
    ],
    [
      'I2',
      'Encrypted',
      { session: 'live', senderKey: 'known' },
      undefined,
      'Only you two can read this. Bob’s code was never compared.',
    ],
    ['I3', 'Encrypted while you were away, verified', {}, DELETED, 'Sealed for your away key, deleted at 08:07.'],
    [
      'I3',
      'Encrypted while you were away, verified',
      {},
      KEY,
      'Sealed for your away key, which is about to be deleted.',
    ],
    [
      'I4',
      'Encrypted while you were away',
      { senderKey: 'known' },
      DELETED,
      'Sealed for your away key. Bob’s code was never compared.',
    ],
    [
      'I5',
      'Encrypted with your backup key',
      { session: 'backup' },
      { expiresAt: new Date('2026-11-29T18:00:00Z') },
      'The key for this message still exists until 29 Nov.',
    ],
    ['I7', 'Key changed', { senderKey: 'changed' }, KEY, 'Bob’s safety code is not the one on file. Text hidden.'],
  ])('%s says "%s"', (badge, words, facts, key, sentence) => {
    const result = incoming({ ...OPENED, ...facts }, key);
    expect(result).toMatchObject({ badge, words, details: { sentence } });
  });

  it('R-272 gives content without the addressing block the lower mark, and says why', () => {
    const { badge, details } = incoming({ ...OPENED, confirmed: false }, DELETED);
    expect(badge).toBe('I4');
    expect(details.senderConfirmed).toBe(false);
    expect(details.sentence).toBe(
      'Sealed for your away key. Bob’s code is verified. It is not confirmed that Bob meant it for you.',
    );
  });

  it('R-294 marks what used older encryption, both ways', () => {
    expect(incoming({ ...OPENED, modp: 5 }).details.sentence).toContain('It uses older encryption.');
    expect(outgoing({ ...SEALED, modp: 5 }, 'sent').details.sentence).toContain('It uses older encryption.');
    expect(incoming({ ...OPENED, modp: 14 }).details.sentence).not.toContain('older');
  });

  it('says that a message is not kept', () => {
    expect(incoming({ ...OPENED, kept: false }).details.sentence).toContain('It is not kept');
    expect(outgoing({ ...SEALED, kept: false }, 'sent').details.sentence).toContain('It is not kept');
  });

  it('says of a backup key when it was deleted, or that it is about to be', () => {
    const backup: OpenedFacts = { ...OPENED, session: 'backup' };
    expect(incoming(backup, { deletedAt: new Date('2026-11-20T08:07:00Z') }).details.sentence).toContain(
      'deleted on Fri 08:07.',
    );
    expect(incoming(backup, { expiresAt: READER.now }).details.sentence).toContain('about to be deleted');
    expect(incoming(backup).details.sentence).toBe('Sealed for your backup key.');
  });

  it('shows the dates of the key as they stand now, and changes when it is deleted', () => {
    const before = incoming(OPENED, KEY).details;
    expect(before).toMatchObject({
      keyCreatedAt: '2026-11-21T18:02:00.000Z',
      keyWithdrawnAt: '2026-11-22T08:01:00.000Z',
      keyExpiresAt: '2026-11-24T18:02:00.000Z',
    });
    expect(before).not.toHaveProperty('keyDeletedAt');
    expect(incoming(OPENED, DELETED).details.keyDeletedAt).toBe('2026-11-22T08:07:00.000Z');
  });

  it('never becomes better by a verification done later, which only the details tell', () => {
    const facts: OpenedFacts = { ...OPENED, senderKey: 'known' };
    const before = incoming(facts, DELETED);
    const after = incoming(facts, DELETED, { ...READER, verifiedAt: new Date('2026-11-21T12:00:00Z') });
    expect(after.badge).toBe(before.badge);
    expect(after.details.senderVerified).toBe(false);
    expect(after.details.checked).toContain('Verified afterwards, on 21 Nov.');
    expect(incoming(facts, DELETED, { ...READER, verifiedAt: READER.now }).details.checked).toContain(
      'Verified afterwards, today.',
    );
  });

  it('says since when the key is on file, and that the time is not certain', () => {
    const { details } = badgeOf(
      {
        direction: 'in',
        timeCertain: false,
        facts: toStored({ ...OPENED, senderKeySince: '2026-11-03T10:00:00.000Z' }),
      },
      KEY,
      READER,
    );
    expect(details.checked).toContain('It is the same key as before since 3 Nov.');
    expect(details.notChecked.join(' ')).toContain('When it was written');
  });
});

describe('a changed key (I7)', () => {
  const changed: OpenedFacts = { ...OPENED, senderKey: 'changed', formerFingerprint: 'ef'.repeat(32) };

  it('gives no comfort before the decision', () => {
    const { details } = incoming(changed, KEY);
    expect(details).toMatchObject({ reason: 'key-changed', senderVerified: false });
    expect(details.notChecked).toContain('Whether Bob has a new code, or someone pretends to be Bob.');
  });

  it('becomes an ordinary message with a new code when the user takes it', () => {
    const taken = afterKeyDecision(changed, 'used', READER.now);
    const { badge, details } = incoming(taken, DELETED);
    expect(badge).toBe('I4');
    expect(details.sentence).toContain('The code is new since today.');
    expect(incoming(taken, DELETED, { ...READER, now: new Date('2026-11-30T10:00:00Z') }).details.sentence).toContain(
      'new since 22 Nov.',
    );
    expect(details.senderVerified).toBe(false);
  });

  it('becomes a refused one when the user refuses it', () => {
    const refused = afterKeyDecision(changed, 'refused', READER.now);
    expect(incoming(refused, KEY)).toMatchObject({
      badge: 'I13',
      details: { reason: 'not-proven', senderFingerprint: 'ab'.repeat(32) },
    });
  });

  it('leaves every other message as it was', () => {
    for (const facts of [OPENED, unreadable('copy'), SEALED, held('no-key')]) {
      expect(afterKeyDecision(facts, 'refused', READER.now)).toBe(facts);
    }
  });
});
