import { describe, expect, it } from 'vitest';
import { badgeOf } from '../../../main/services/badge.ts';
import type { Badge, BadgedMessage } from '../../../main/services/badge.ts';
import { readFacts, toStored } from '../../../main/services/message-facts.ts';
import type { BadgeFacts, UnreadableReason } from '../../../main/services/message-facts.ts';
import type { OutgoingState } from '../../../main/stores/messages.ts';
import { MESSAGE_REASONS } from '../../../preload/contract.ts';
import type { Details } from '../../../preload/contract.ts';
import { neverSaid } from './words.ts';
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
