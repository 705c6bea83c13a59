import { describe, expect, it } from 'vitest';
import { contactSentence } from '../../../main/services/contact-sentence.ts';
import type { Agreed, ContactSentence, ContactState, Reachability } from '../../../main/services/contact-sentence.ts';
import type { Reader } from '../../../main/services/reading-time.ts';
import { CONTACT_STATES } from '../../../preload/contract.ts';
import { neverSaid } from './words.ts';

const READER: Reader = { now: new Date('2026-11-22T10:00:00Z'), locale: 'en-GB', timeZone: 'UTC' };
const TUESDAY = new Date('2026-11-24T14:30:00Z');
const DECEMBER = new Date('2026-12-03T08:00:00Z');
const MONDAY = new Date('2026-11-16T09:10:00Z');

const read = (reachability: Reachability, isVerified = false, keyChangedAt?: Date): ContactSentence =>
  contactSentence({ reachability, isVerified, ...(keyChangedAt === undefined ? {} : { keyChangedAt }) }, READER);

describe('contactSentence (ux.md 3.3)', () => {
  it.each<[ContactState, string, Reachability, boolean]>([
    ['C1', 'Here. Encrypted, verified.', { kind: 'live' }, true],
    ['C2', 'Here. Encrypted, not verified.', { kind: 'live' }, false],
    [
      'C3',
      'Away. Can receive encrypted messages until Tue 14:30.',
      { kind: 'ready', set: 'away', until: TUESDAY },
      false,
    ],
    [
      'C4',
      'Away. Can receive with a backup key until 3 Dec.',
      { kind: 'ready', set: 'backup', until: DECEMBER },
      false,
    ],
    ['C5', 'Away. Their key expired on Mon 09:10.', { kind: 'expired', expiredAt: MONDAY }, false],
    ['C6', 'Away. No key published.', { kind: 'no-key' }, false],
    ['C7', 'Away. You are not allowed to see their key. Ask to be a contact.', { kind: 'not-allowed' }, false],
    ['C9', 'Their program does not offer encryption this program accepts.', { kind: 'no-common-encryption' }, false],
    ['C9', 'Here. Encrypted messages reach them only while they are away.', { kind: 'contact-online' }, false],
    ['C9', 'The proof that the published key is theirs is wrong or missing.', { kind: 'not-proven' }, false],
    ['C10', 'Checking if they can receive…', { kind: 'unknown' }, false],
    ['C11', 'Could not check: their server did not answer.', { kind: 'not-checked' }, false],
  ])('is %s: %s', (state, sentence, reachability, isVerified) => {
    expect(read(reachability, isVerified)).toMatchObject({ state, sentence });
  });

  it('S-197 says with the state what is out of the ordinary about the session, also about one that is not begun', () => {
    const ordinary = { modp: 14, otr: false };
    const sentence = (chosen: Agreed) => read({ kind: 'ready', set: 'away', until: TUESDAY, chosen }).sentence;
    expect(sentence(ordinary)).toBe('Away. Can receive encrypted messages until Tue 14:30.');
    expect(sentence({ ...ordinary, modp: 5 })).toMatch(/until Tue 14:30\. Older encryption\.$/);
    expect(sentence({ ...ordinary, otr: true })).toMatch(/until Tue 14:30\. Messages are not kept\.$/);
    expect(read({ kind: 'live', chosen: ordinary }).sentence).toBe('Here. Encrypted, not verified.');
    const both = { kind: 'live', chosen: { modp: 5, otr: true } } as const;
    expect(read(both).sentence).toBe('Here. Encrypted, not verified. Older encryption. Messages are not kept.');
  });

  it('puts a changed code before everything else', () => {
    const kinds: Reachability[] = [
      { kind: 'live' },
      { kind: 'unknown' },
      { kind: 'ready', set: 'away', until: TUESDAY },
      { kind: 'no-key' },
    ];
    for (const reachability of kinds) {
      expect(read(reachability, true, new Date('2026-11-22T10:02:00Z'))).toEqual({
        state: 'C8',
        sentence: 'Their safety code changed today 10:02.',
      });
    }
    expect(read({ kind: 'live' }, true, MONDAY).sentence).toBe('Their safety code changed on Mon 09:10.');
    expect(read({ kind: 'key-changed' })).toEqual({ state: 'C8', sentence: 'Their safety code changed.' });
  });

  it('says until when only while they can receive, and notices by itself that the key expired', () => {
    expect(read({ kind: 'ready', set: 'away', until: TUESDAY }).until).toBe(TUESDAY);
    expect(read({ kind: 'ready', set: 'backup', until: DECEMBER }).until).toBe(DECEMBER);
    for (const set of ['away', 'backup'] as const) {
      expect(read({ kind: 'ready', set, until: READER.now })).toEqual({
        state: 'C5',
        sentence: 'Away. Their key expired today 10:00.',
      });
    }
    expect(read({ kind: 'no-key' })).not.toHaveProperty('until');
  });

  it('uses the codes of the contract, all of them, and no word that is not said', () => {
    const all: readonly ContactSentence[] = [
      ...(
        [
          'no-key',
          'not-allowed',
          'no-common-encryption',
          'contact-online',
          'not-proven',
          'not-checked',
          'key-changed',
          'live',
          'unknown',
        ] as const
      ).map((kind) => read({ kind })),
      read({ kind: 'live' }, true),
      read({ kind: 'ready', set: 'away', until: TUESDAY }),
      read({ kind: 'ready', set: 'backup', until: DECEMBER }),
      read({ kind: 'expired', expiredAt: MONDAY }),
    ];
    expect(new Set(all.map(({ state }) => state))).toEqual(new Set(CONTACT_STATES));
    for (const { sentence } of all) expect(neverSaid(sentence)).toEqual([]);
  });
});
