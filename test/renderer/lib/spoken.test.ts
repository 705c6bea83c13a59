import { describe, expect, it } from 'vitest';
import { awayShapeOf, messageSentence, presenceWords } from '../../../renderer/lib/spoken.ts';
import { contactWith, local, messageWith } from '../support/samples.ts';

const now = new Date(2026, 10, 22, 12, 0);

describe('messageSentence (ux.md 3.11)', () => {
  it('says author, text, time, protection in one sentence', () => {
    const message = messageWith({ badge: 'I3', text: 'See you' }, { senderVerified: true });
    expect(messageSentence(message, 'Bob', now)).toBe(
      'Bob, “See you”, today 10:02, encrypted while you were away, verified.',
    );
  });

  it('says the state of an own message, once', () => {
    const sent = messageWith(
      { direction: 'out', badge: 'O2', state: 'sent' },
      { keyExpiresAt: local(2026, 11, 24, 14, 30) },
    );
    expect(messageSentence(sent, 'Bob', now)).toBe('You, “Hello”, today 10:02, can be opened until Tue 14:30, sent.');
    const delivered = messageWith({ direction: 'out', badge: 'O2', state: 'delivered' });
    expect(messageSentence(delivered, 'Bob', now)).toBe('You, “Hello”, today 10:02, delivered.');
  });

  it('says that there is no text instead of reading nothing', () => {
    const refused = messageWith({ badge: 'I12', text: null });
    expect(messageSentence(refused, 'Bob', now)).toBe('Bob, No text, today 10:02, refused: altered.');
  });
});

describe('presenceWords (ux.md 3.2)', () => {
  it('tells the three rings of an absent contact apart', () => {
    expect(awayShapeOf('C3')).toBe('canReceive');
    expect(awayShapeOf('C4')).toBe('canReceive');
    for (const state of ['C5', 'C6', 'C7'] as const) expect(awayShapeOf(state)).toBe('cannotReceive');
    for (const state of ['C8', 'C10', 'C11'] as const) expect(awayShapeOf(state)).toBe('away');
  });

  it('has words of its own for each shape', () => {
    const seen = [
      contactWith({ presence: 'here', state: 'C2' }),
      contactWith({ presence: 'idle', state: 'C2' }),
      contactWith({ state: 'C3' }),
      contactWith({ state: 'C6' }),
      contactWith({ state: 'C10' }),
    ].map(presenceWords);
    expect(new Set(seen).size).toBe(5);
  });
});
