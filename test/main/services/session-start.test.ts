import { describe, expect, it } from 'vitest';
import { readOfflineOptions } from '../../../main/protocol/esession/xep0187-options.ts';
import { Announcer } from '../../../main/services/events.ts';
import type { ServiceEvents } from '../../../main/services/events.ts';
import { SendingSessions } from '../../../main/services/sending-sessions.ts';
import { SessionStart } from '../../../main/services/session-start.ts';
import type { SessionStartParts } from '../../../main/services/session-start.ts';
import type { CheckOutcome } from '../../../main/services/contact-checks.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';
import { NOW, createOptions, modp, strict } from '../../support/offline-exchange.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { publisherKey, senderKey } from '../../support/test-keys.ts';

const ALICE = parseBareJid('alice@example.org');
const never = (): void => undefined;

/** Bob's part of starting a session with Alice, who is away. @returns what is asked, each time, of her server */
function setUp(answers: readonly (() => Promise<CheckOutcome>)[]) {
  const left = [...answers];
  const random = seededRandom('bob');
  const sessions = new SendingSessions({ now: () => NOW, elapsedMs: () => 0 }, random);
  const start = new SessionStart({
    ...{ sessions, random, modp, now: () => NOW, policy: () => strict },
    checks: { checkAnew: () => left.shift()?.() ?? Promise.reject(new Error('asked once too often')) },
    trust: { isBlocked: () => false },
    clock: { now: () => NOW, elapsedMs: () => 0 },
    announcer: new Announcer<ServiceEvents>(),
    signingKey: () => Promise.resolve(senderKey),
    hasAmp: () => false,
    endReceived: never,
    live: never,
  } as unknown as SessionStartParts);
  return { start, sessions, isUsedUp: () => left.length === 0 };
}

async function ready(): Promise<CheckOutcome> {
  const options = readOfflineOptions((await createOptions()).form);
  return { kind: 'ready', set: 'away', options, signer: publisherKey.publicKey } as CheckOutcome;
}

describe('SessionStart.sessionFor (XEP-0187 §3.3)', () => {
  it('R-001 starts one session for two who ask at the same moment', async () => {
    const { start, sessions } = setUp([ready]);
    const both = await Promise.all([start.sessionFor(ALICE, never), start.sessionFor(ALICE, never)]);
    expect(both.map((outcome) => outcome.kind === 'ready' && outcome.session)).toEqual([
      sessions.get(ALICE),
      sessions.get(ALICE),
    ]);
  });

  it('R-289 asks anew for who came later, if the first found none', async () => {
    const { start, isUsedUp } = setUp([() => Promise.resolve({ kind: 'no-key' }), ready]);
    const [first, second] = await Promise.all([start.sessionFor(ALICE, never), start.sessionFor(ALICE, never)]);
    expect([first, second.kind]).toEqual([{ kind: 'held', reason: 'no-key' }, 'ready']);
    expect(isUsedUp()).toBe(true);
  });

  it('is not kept from another look by one that failed', async () => {
    const { start } = setUp([() => Promise.reject(new Error('the store is full')), ready]);
    const first = start.sessionFor(ALICE, never);
    const second = start.sessionFor(ALICE, never);
    await expect(first).rejects.toThrow('the store is full');
    expect((await second).kind).toBe('ready');
  });
});
