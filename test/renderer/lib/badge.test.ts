import { describe, expect, it } from 'vitest';
import { INCOMING_BADGES, OUTGOING_BADGES, type Badge, type Details, type Message } from '../../../preload/contract.ts';
import { badgeOf, diskSentenceOf } from '../../../renderer/lib/badge.ts';
import { diskSentences } from '../../../renderer/lib/catalogue-badges.ts';
import { icons } from '../../../renderer/lib/icons.ts';
import { local, messageWith } from '../support/samples.ts';

const now = new Date(2026, 10, 22, 12, 0);
const everyCode: readonly Badge[] = [...INCOMING_BADGES, ...OUTGOING_BADGES];

function faceOf(badge: Badge, details: Partial<Details> = {}, more: Partial<Message> = {}) {
  const direction = badge.startsWith('I') ? 'in' : 'out';
  return badgeOf(messageWith({ badge, direction, ...more }, details), now);
}

/** Words, icon and tone of ux.md 3.4, as its tables write them. */
const table: readonly (readonly [Badge, Partial<Details>, words: string, icon: string, tone: string])[] = [
  ['I1', { senderVerified: true }, 'Encrypted, verified', 'lock-tick', 'good'],
  ['I2', {}, 'Encrypted', 'lock', 'info'],
  ['I3', { senderVerified: true }, 'Encrypted while you were away, verified', 'moon-lock-tick', 'good'],
  ['I4', {}, 'Encrypted while you were away', 'moon-lock', 'info'],
  ['I5', {}, 'Encrypted with your backup key', 'hourglass-lock', 'caution'],
  ['I6', {}, 'Not encrypted', 'open-lock', 'caution'],
  ['I7', {}, 'Key changed', 'two-keys', 'bad'],
  ['I8', {}, 'Could not be opened: too late', 'torn-envelope', 'quiet'],
  ['I9', {}, 'Could not be opened: meant for another computer', 'torn-envelope', 'quiet'],
  ['I10', {}, 'Could not be opened: key already deleted', 'torn-envelope', 'quiet'],
  ['I11', {}, 'Refused: copy', 'stop-hand', 'quiet'],
  ['I12', {}, 'Refused: altered', 'stop-hand', 'bad'],
  ['I13', {}, 'Refused: sender not proven', 'stop-hand', 'bad'],
  ['I14', {}, 'Refused: protection too weak', 'stop-hand', 'caution'],
  ['I15', {}, 'Opening…', 'clock', 'quiet'],
  ['I16', {}, 'Could not be opened: program error', 'torn-envelope', 'bad'],
  ['O1', { senderVerified: true }, 'Encrypted, verified', 'lock-tick', 'good'],
  ['O1', {}, 'Encrypted', 'lock', 'info'],
  ['O2', { keyExpiresAt: local(2026, 11, 24, 14, 30) }, 'Can be opened until Tue 14:30', 'moon-lock', 'info'],
  ['O3', { keyExpiresAt: local(2026, 12, 3) }, 'Can be opened until 3 Dec (backup key)', 'hourglass-lock', 'caution'],
  ['O4', {}, 'Probably never opened', 'torn-envelope', 'caution'],
  ['O5', {}, 'Held on this computer', 'paused-tray', 'quiet'],
  ['O6', {}, 'Not sent: key changed', 'two-keys', 'bad'],
  ['O7', {}, 'Not encrypted, you chose this', 'open-lock', 'caution'],
];

describe('badgeOf (ux.md 3.4)', () => {
  it.each(table)('%s with %o reads as its table row', (badge, details, words, icon, tone) => {
    expect(faceOf(badge, details)).toMatchObject({ code: badge, words, icon, tone });
  });

  it('has a face for every code, each with a drawing and words', () => {
    for (const badge of everyCode) {
      const face = faceOf(badge);
      expect(icons[face.icon].length, badge).toBeGreaterThan(10);
      expect(face.words, badge).not.toBe('');
    }
  });

  it('never gives two codes of one direction the same icon and the same words', () => {
    for (const codes of [INCOMING_BADGES, OUTGOING_BADGES]) {
      const seen = codes.map((badge) => `${faceOf(badge).icon} ${faceOf(badge).words}`);
      expect(new Set(seen).size).toBe(codes.length);
    }
  });

  it('takes its sentence from the message, and makes none of its own', () => {
    for (const badge of everyCode)
      expect(faceOf(badge, { sentence: `said of ${badge}` }).tooltip).toBe(`said of ${badge}`);
  });

  it('becomes delivered on a receipt', () => {
    expect(faceOf('O2', {}, { state: 'delivered' }).words).toBe('Delivered');
    expect(faceOf('O3', {}, { state: 'delivered' })).toMatchObject({ words: 'Delivered', tone: 'caution' });
  });

  it('does not promise what is over', () => {
    const keyExpiresAt = local(2026, 11, 21, 9, 0);
    expect(faceOf('O2', { keyExpiresAt }).words).toBe('Could be opened until Sat 09:00');
  });

  it('is good for our own message only where the contact was verified', () => {
    expect(faceOf('O2', { senderVerified: true }).tone).toBe('good');
    expect(faceOf('O2', { senderVerified: false }).tone).toBe('info');
    expect(faceOf('O3', { senderVerified: true }).tone).toBe('caution');
  });

  it('lets the words go after the first message of a group for the best ordinary state alone', () => {
    expect(everyCode.filter((badge) => faceOf(badge, { senderVerified: true }).isOrdinary)).toEqual(['I1', 'O1']);
    expect(everyCode.filter((badge) => faceOf(badge).isOrdinary && badge !== 'I1')).toEqual([]);
  });
});

describe('diskSentenceOf (ux.md 3.4, details 5)', () => {
  it('does not claim a key is gone before it is', () => {
    const before = messageWith({ badge: 'I4' }, { session: 'away' });
    const after = messageWith({ badge: 'I4' }, { session: 'away', keyDeletedAt: local(2026, 11, 22, 8, 7) });
    expect(diskSentenceOf(before)).toBe(diskSentences.keyHere);
    expect(diskSentenceOf(after)).toBe(diskSentences.deleted);
  });

  it('tells apart what is unopened, refused, clear, held, hidden and our own', () => {
    const told = [
      messageWith({ badge: 'I16', text: null }),
      messageWith({ badge: 'I12', text: null }),
      messageWith({ badge: 'I6' }, { session: 'none' }),
      messageWith({ badge: 'O5', direction: 'out' }, { session: 'none' }),
      messageWith({ badge: 'I7', text: null }),
      messageWith({ badge: 'O2', direction: 'out' }),
    ].map(diskSentenceOf);
    const { sealedKept, noText, clear, held, hidden, theirKey } = diskSentences;
    expect(told).toEqual([sealedKept, noText, clear, held, hidden, theirKey]);
  });
});
