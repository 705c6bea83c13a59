import { describe, expect, it } from 'vitest';
import type { Timers } from '../../../main/base/time.ts';
import type { Link } from '../../../main/protocol/xmpp/link.ts';
import { ContactChecks } from '../../../main/services/contact-checks.ts';
import type { ContactChecksParts } from '../../../main/services/contact-checks.ts';
import { Announcer } from '../../../main/services/events.ts';
import type { ServiceEvents } from '../../../main/services/events.ts';
import type { OptionsOutcome } from '../../../main/services/options-fetch.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';

const ALICE = parseBareJid('alice@example.org');
const NEVER: Timers = { after: () => () => undefined };

/** Checks over a contact who is away, each question waiting for the test to answer it. */
function setUp() {
  const asked: PromiseWithResolvers<OptionsOutcome>[] = [];
  const announcer = new Announcer<ServiceEvents>();
  const announced: unknown[] = [];
  announcer.on('contactChanged', () => announced.push(checks.known(ALICE)));
  const checks = new ContactChecks({
    contacts: { resources: () => [], ensure: () => undefined, receivesPresence: () => true },
    trust: { isBlocked: () => false },
    options: {
      fetch: () => {
        const question = Promise.withResolvers<OptionsOutcome>();
        asked.push(question);
        return question.promise;
      },
    },
    timers: NEVER,
    announcer,
  } as unknown as ContactChecksParts);
  checks.attach({} as Link);
  return { checks, asked, announced };
}

describe('ContactChecks (ux.md 3.3)', () => {
  it('shares a check that is under way', async () => {
    const { checks, asked } = setUp();
    const both = [checks.check(ALICE), checks.check(ALICE)];
    asked[0]?.resolve({ kind: 'no-key' });
    expect(await Promise.all(both)).toEqual([{ kind: 'no-key' }, { kind: 'no-key' }]);
    expect(asked).toHaveLength(1);
  });

  it('asks again when the presence changed under way: the answer is of the time before', async () => {
    const { checks, asked, announced } = setUp();
    const refreshed = checks.check(ALICE);
    checks.invalidate(ALICE);
    checks.queue([ALICE]);
    expect(asked).toHaveLength(2);

    asked[0]?.resolve({ kind: 'no-key' });
    await Promise.resolve();
    expect(checks.known(ALICE)).toBeUndefined();
    asked[1]?.resolve({ kind: 'not-allowed' });

    expect(await refreshed).toEqual({ kind: 'not-allowed' });
    expect(checks.known(ALICE)).toEqual({ kind: 'not-allowed' });
    expect(announced).toEqual([{ kind: 'not-allowed' }]);
    expect(asked).toHaveLength(2);
  });

  it('asks again by itself when nobody else did', async () => {
    const { checks, asked } = setUp();
    const refreshed = checks.check(ALICE);
    checks.invalidate(ALICE);
    asked[0]?.resolve({ kind: 'no-key' });
    await expect.poll(() => asked.length).toBe(2);
    asked[1]?.resolve({ kind: 'not-allowed' });
    expect(await refreshed).toEqual({ kind: 'not-allowed' });
    expect(checks.known(ALICE)).toEqual({ kind: 'not-allowed' });
  });
});
