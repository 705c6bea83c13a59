import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDrained, type DrainFacts } from '../../../main/services/drain.ts';

const MINUTE = 60_000;
const now = new Date('2026-11-22T08:05:00Z');

/** Everything that has to hold at once, just so. */
const over: DrainFacts = {
  now,
  expiresAt: new Date(now.getTime() + 1),
  connectedMs: 0,
  streamUpMs: 5 * MINUTE,
  backlogEnded: true,
  backlogWaits: false,
  sessions: [
    { isEnded: true, lastActivityAt: now },
    { isEnded: false, lastActivityAt: new Date(now.getTime() - 10 * MINUTE) },
  ],
};

describe('isDrained (profile 6.2 step 6, S-055 a)', () => {
  it('R-034 ends when the backlog is over, the stream was up for five minutes and the sessions are idle', () => {
    expect(isDrained(over)).toBe(true);
  });

  it.each<readonly [string, Partial<DrainFacts>]>([
    ['the stream is younger than five minutes', { streamUpMs: 5 * MINUTE - 1 }],
    ['there is no stream', { streamUpMs: undefined }],
    ['the ping was not answered', { backlogEnded: false }],
    ['a stanza waits for its turn', { backlogWaits: true }],
    [
      'a session had a letter within ten minutes',
      { sessions: [{ isEnded: false, lastActivityAt: new Date(now.getTime() - 10 * MINUTE + 1) }] },
    ],
  ])('goes on while %s', (_why, facts) => {
    expect(isDrained({ ...over, ...facts })).toBe(false);
  });

  it('R-282 ends at the expiry and after 24 connected hours, whatever a server does to hold it open', () => {
    const facts = fc.record({
      streamUpMs: fc.option(fc.nat(), { nil: undefined }),
      backlogEnded: fc.boolean(),
      backlogWaits: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, (held) => {
        const expired = isDrained({ ...over, ...held, expiresAt: now });
        const tooLong = isDrained({ ...over, ...held, connectedMs: 24 * 60 * MINUTE });
        return expired && tooLong;
      }),
      { seed: 187 },
    );
  });
});
