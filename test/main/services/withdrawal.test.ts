import { beforeEach, describe, expect, it } from 'vitest';
import { LinkError, StanzaError, type Link } from '../../../main/protocol/xmpp/link.ts';
import type { ServiceEvents } from '../../../main/services/events.ts';
import { Withdrawal } from '../../../main/services/withdrawal.ts';
import { ManualTime } from '../../support/manual-time.ts';

const MINUTE_MS = 60_000;
const LOST = new LinkError('server-unreachable', 'the stream ended');

let time: ManualTime;
let withdrawal: Withdrawal;
let alerts: string[];
let marked: number;
let asked: number;
/** What the server does with a question. */
let answer: () => Promise<never>;

/** There is no such item any more. */
const nothing = () => Promise.reject(new StanzaError('item-not-found'));
const never = () => new Promise<never>(() => undefined);

beforeEach(() => {
  time = new ManualTime();
  [alerts, marked, asked, answer] = [[], 0, 0, nothing];
  withdrawal = new Withdrawal({
    timers: time,
    keys: { markWithdrawn: () => void (marked += 1) } as never,
    announcer: {
      announce: <Name extends keyof ServiceEvents>(name: Name, event: ServiceEvents[Name]) => {
        if (name === 'alertRaised') alerts.push((event as ServiceEvents['alertRaised']).code);
      },
    } as never,
  });
});

function newLink(): Link {
  const request = () => {
    asked += 1;
    return answer();
  };
  return { isOpen: true, request } as unknown as Link;
}

describe('taking the presence set back (profile 6.2 step 2)', () => {
  it('R-301 waits ten seconds for an answer, and no longer', async () => {
    answer = never;
    const attempt = withdrawal.attempt(newLink());
    await time.pass(9_999);
    expect(withdrawal.isOpen).toBe(false);
    await time.pass(1);

    expect(await attempt).toBe(false);
    expect(withdrawal.isOpen).toBe(true);
  });

  it('L-032 tries each minute, and after three failures says once that contacts may still use the old key', async () => {
    answer = () => Promise.reject(LOST);
    await withdrawal.attempt(newLink());
    for (const alertsThen of [[], ['withdraw-failed'], ['withdraw-failed']]) {
      const before = asked;
      await time.pass(MINUTE_MS);
      expect(asked).toBe(before + 1);
      expect(alerts).toEqual(alertsThen);
    }
    expect(marked).toBe(0);
  });

  it('notes with the keys what a later attempt took back, and tries no more', async () => {
    answer = () => Promise.reject(LOST);
    await withdrawal.attempt(newLink());
    answer = nothing;
    await time.pass(MINUTE_MS);

    expect([withdrawal.isOpen, marked]).toEqual([false, 1]);
    const before = asked;
    await time.pass(10 * MINUTE_MS);
    expect(asked).toBe(before);
  });

  it('lets an attempt by a stream that is gone say nothing against a later one', async () => {
    answer = never;
    const first = withdrawal.attempt(newLink());
    answer = nothing;
    expect(await withdrawal.attempt(newLink())).toBe(true);
    await time.pass(MINUTE_MS);

    expect(await first).toBe(false);
    expect(withdrawal.isOpen).toBe(false);
  });
});
