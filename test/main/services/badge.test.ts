import { describe, expect, it } from 'vitest';
import { badgeOf } from '../../../main/services/badge.ts';
import type { Badge, BadgedMessage, BadgeReader, BadgeResult, KeyDates } from '../../../main/services/badge.ts';
import { afterKeyDecision, readFacts, toStored } from '../../../main/services/message-facts.ts';
import type {
  BadgeFacts,
  HoldReason,
  OpenedFacts,
  SealedFacts,
  UnreadableReason,
} from '../../../main/services/message-facts.ts';
import type { OutgoingState } from '../../../main/stores/messages.ts';
import type { Details } from '../../../preload/contract.ts';
import { MESSAGE_REASONS } from '../../../preload/contract.ts';
import { neverSaid } from './words.ts';

const READER: BadgeReader = { name: 'Bob', now: new Date('2026-11-22T10:00:00Z'), locale: 'en-GB', timeZone: 'UTC' };
const KEY: KeyDates = {
  createdAt: new Date('2026-11-21T18:02:00Z'),
  withdrawnAt: new Date('2026-11-22T08:01:00Z'),
  expiresAt: new Date('2026-11-24T18:02:00Z'),
};
const DELETED: KeyDates = { ...KEY, deletedAt: new Date('2026-11-22T08:07:00Z') };
const ALGORITHMS = { modp: 15, cipher: 'aes256-ctr', hash: 'sha256', signature: 'rsa-sha256' };

const OPENED: OpenedFacts = {
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
const SEALED: SealedFacts = {
  kind: 'sealed',
  session: 'away',
  ...ALGORITHMS,
  recipientFingerprint: 'cd'.repeat(32),
  recipientVerified: false,
  keyExpiresAt: '2026-11-24T14:30:00.000Z',
  kept: true,
};

const incoming = (facts: BadgeFacts, key?: KeyDates, reader = READER): BadgeResult =>
  badgeOf({ direction: 'in', timeCertain: true, facts: toStored(facts) }, key, reader);
const outgoing = (facts: BadgeFacts, state: OutgoingState, reader = READER): BadgeResult =>
  badgeOf({ direction: 'out', state, timeCertain: true, facts: toStored(facts) }, undefined, reader);
const held = (reason: HoldReason): BadgeFacts => ({ kind: 'held', reason });
const unreadable = (reason: UnreadableReason): BadgeFacts => ({ kind: 'unreadable', reason, session: 'away' });

const SESSIONS = ['live', 'away', 'backup'] as const;
const KEYS = ['verified', 'known', 'changed'] as const;
const BOTH = [true, false] as const;

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
      expect(notChecked.includes("the sender's intent is not confirmed")).toBe(!one.confirmed);
      expect(notChecked.includes("Bob's code was never compared.")).toBe(one.senderKey === 'known');
      expect(notChecked.includes('missing messages')).toBe(one.missingBefore);
      expect(details.checked.includes("Bob's code is verified.")).toBe(one.senderKey === 'verified');
    }
  });

  it.each<[Badge, string, Partial<OpenedFacts>, KeyDates | undefined, string]>([
    [
      'I1',
      'Encrypted, verified',
      { session: 'live' },
      undefined,
      "Only you two can read this. Bob's code is verified.",
    ],
    [
      'I2',
      'Encrypted',
      { session: 'live', senderKey: 'known' },
      undefined,
      "Only you two can read this. Bob's code was never compared.",
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
      "Sealed for your away key. Bob's code was never compared.",
    ],
    [
      'I5',
      'Encrypted with your backup key',
      { session: 'backup' },
      { expiresAt: new Date('2026-11-29T18:00:00Z') },
      'The key for this message still exists until 29 Nov.',
    ],
    ['I7', 'Key changed', { senderKey: 'changed' }, KEY, "Bob's safety code is not the one on file. Text hidden."],
  ])('%s says "%s"', (badge, words, facts, key, sentence) => {
    const result = incoming({ ...OPENED, ...facts }, key);
    expect(result).toMatchObject({ badge, words, details: { sentence } });
  });

  it('R-272 gives content without the addressing block the lower mark, and says why', () => {
    const { badge, details } = incoming({ ...OPENED, confirmed: false }, DELETED);
    expect(badge).toBe('I4');
    expect(details.senderConfirmed).toBe(false);
    expect(details.sentence).toBe(
      "Sealed for your away key. Bob's code is verified. It is not confirmed that Bob meant it for you.",
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

describe('badgeOf: what could not be opened or was refused', () => {
  it.each<[UnreadableReason, Badge, string, string]>([
    ['expired', 'I8', 'Could not be opened: too late', 'It arrived after its key expired. Nobody can open it.'],
    [
      'other-device',
      'I9',
      'Could not be opened: meant for another computer',
      'It was sealed for a key this computer does not have.',
    ],
    ['key-deleted', 'I10', 'Could not be opened: key already deleted', 'It arrived after its key was deleted.'],
    ['copy', 'I11', 'Refused: copy', 'A second copy of a message you already have.'],
    ['altered', 'I12', 'Refused: altered', 'It was changed on the way.'],
    ['not-proven', 'I13', 'Refused: sender not proven', 'It claims to be from Bob. The proof is wrong or missing.'],
    ['too-weak', 'I14', 'Refused: protection too weak', 'It asked for protection this program does not accept.'],
    ['program-error', 'I16', 'Could not be opened: program error', 'This is our fault. The sealed message was kept.'],
  ])('S-195 shows %s as %s', (reason, badge, words, sentence) => {
    const result = incoming(unreadable(reason), KEY);
    expect(result).toMatchObject({
      badge,
      words,
      details: { reason, sentence, senderVerified: false, senderConfirmed: false },
    });
    expect(MESSAGE_REASONS).toContain(reason);
    expect(result.details.checked).not.toHaveLength(0);
    expect(result.details.notChecked).toEqual(['What it says.', 'Who wrote it.']);
  });

  it('tells what is particular about it', () => {
    const told = (facts: BadgeFacts): string => incoming(facts).details.checked.join(' ');
    expect(told({ kind: 'unreadable', reason: 'other-device', session: 'none', resource: 'pda' })).toContain(
      'It names the computer "pda".',
    );
    expect(told({ kind: 'unreadable', reason: 'copy', session: 'away', firstAt: '2026-11-22T08:02:00Z' })).toContain(
      'today 08:02',
    );
    expect(
      told({ kind: 'unreadable', reason: 'too-weak', session: 'away', field: 'modp', smallestAccepted: '14' }),
    ).toContain('The smallest accepted is 14.');
  });

  it('counts what was folded into it', () => {
    const folded = { kind: 'unreadable', reason: 'expired', session: 'away', folded: 2 } as const;
    expect(incoming(folded).details.sentence).toBe(
      'It arrived after its key expired. Nobody can open it. It stands for 3 messages.',
    );
  });

  it('takes facts of no known kind for a program error, never for something good', () => {
    for (const stored of [{}, { kind: 'verified' }, { kind: 7 }, { kind: '__proto__' }, { outcome: 'opened' }]) {
      expect(readFacts(stored)).toEqual({ kind: 'unreadable', reason: 'program-error', session: 'none' });
      expect(badgeOf({ direction: 'in', timeCertain: true, facts: stored }, undefined, READER).badge).toBe('I16');
    }
  });

  it('shows a message that is still being opened', () => {
    expect(incoming({ kind: 'pending' })).toMatchObject({ badge: 'I15', words: 'Opening…' });
  });
});

describe('badgeOf: in clear', () => {
  it('S-195 shows what came in clear as that, and warns where others were encrypted', () => {
    const result = incoming({ kind: 'clear', unencrypted: true });
    expect(result).toMatchObject({
      badge: 'I6',
      words: 'Not encrypted',
      details: {
        session: 'none',
        sentence: 'Servers on the way could read this.',
        senderVerified: false,
        senderConfirmed: false,
        checked: [],
      },
    });
    expect(incoming({ kind: 'clear', unencrypted: true, othersEncrypted: true }).details.sentence).toBe(
      'Servers on the way could read this. Others in this conversation were encrypted. Ask Bob if this is from them.',
    );
  });

  it.each<OutgoingState>(['waiting', 'sent', 'delivered', 'notSent'])(
    'shows what was sent in clear by choice as that for good: %s',
    (state) => {
      const result = outgoing({ kind: 'clear', unencrypted: true, agreedAt: '2026-11-22T09:59:00Z' }, state);
      expect(result).toMatchObject({ badge: 'O7', words: 'Not encrypted, you chose this' });
      expect(result.details.checked).toEqual(['You agreed to it today 09:59.']);
    },
  );
});

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
        sentence: "Can be opened until Tue 14:30. Bob's code was never compared.",
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
      details: { sentence: "Only you two can read this. Bob's code was never compared." },
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
    expect(lines('delivered').checked).toContain("Bob's program confirmed that it opened it.");
    expect(outgoing({ ...SEALED, fetchedAt: '2026-11-22T09:00:00Z' }, 'sent').details.checked).toContain(
      'Their key was asked for today 09:00.',
    );
  });
});

describe('the words of every badge', () => {
  const everything: BadgedMessage[] = [
    ...SESSIONS.flatMap((session) =>
      KEYS.flatMap((senderKey) =>
        BOTH.flatMap((flag) => [
          {
            ...OPENED,
            session,
            senderKey,
            confirmed: flag,
            missingBefore: !flag,
            kept: flag,
            modp: flag ? 15 : 5,
            codeNewSince: '2026-11-01T00:00:00Z',
          },
          { ...OPENED, session, senderKey, confirmed: flag },
        ]),
      ),
    ),
    ...(
      ['expired', 'other-device', 'key-deleted', 'copy', 'altered', 'not-proven', 'too-weak', 'program-error'] as const
    ).map(unreadable),
    { kind: 'pending' } as const,
    { kind: 'clear', unencrypted: true, othersEncrypted: true } as const,
  ].map((facts) => ({ direction: 'in', timeCertain: false, facts: toStored(facts) }));
  const written: BadgedMessage[] = (
    ['held', 'waiting', 'sent', 'delivered', 'notSent', 'probablyNeverOpened'] as const
  ).flatMap((state) =>
    [
      ...(
        [
          'no-key',
          'key-expired',
          'not-allowed',
          'contact-online',
          'no-common-encryption',
          'not-checked',
          'not-proven',
          'key-changed',
        ] as const
      ).map(held),
      ...SESSIONS.map((session) => ({ ...SEALED, session, kept: false })),
      { kind: 'clear', unencrypted: true } as const,
    ].map((facts) => ({ direction: 'out' as const, state, timeCertain: true, facts: toStored(facts) })),
  );
  const results = [...everything, ...written].flatMap((message) =>
    [undefined, KEY, DELETED].map((key) => badgeOf(message, key, { ...READER, verifiedAt: READER.now })),
  );

  it('reach every code', () => {
    const codes = new Set(results.map(({ badge }) => badge));
    expect(codes.size).toBe(23);
  });

  it('never use a word that is not said', () => {
    for (const { words, details } of results) {
      for (const text of [words, details.sentence, ...details.checked, ...details.notChecked])
        expect(neverSaid(text), text).toEqual([]);
    }
  });

  it('are whole sentences without exclamation marks', () => {
    for (const { details } of results) {
      for (const text of [details.sentence, ...details.checked, ...details.notChecked])
        expect(text).toMatch(/^[^!]+[.…]$/);
    }
  });

  it('fit the contract', () => {
    const details: readonly Details[] = results.map((result) => result.details);
    expect(details.every(({ sentence }) => sentence !== '')).toBe(true);
    expect(JSON.parse(JSON.stringify(details))).toEqual(details);
  });

  it('are told apart: no two codes have the same words but for the two live ones', () => {
    const byWords = new Map<string, Set<string>>();
    for (const { badge, words } of results) byWords.set(words, (byWords.get(words) ?? new Set()).add(badge));
    const shared = [...byWords].filter(([, codes]) => codes.size > 1).map(([words]) => words);
    expect(shared.sort()).toEqual(['Delivered', 'Encrypted']);
  });
});
