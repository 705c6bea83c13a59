import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Conversation } from '../../preload/contract.ts';
import type { Crash, CrashPoint } from '../support/crash-points.ts';
import { hostWith, startAliceAndBob, type HostedAccount } from '../support/hosted-account.ts';
import { judge, NOTHING_WRONG, sendAll, textsFor } from '../support/letters.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe.each(BOTH_SERVERS)('kill -9 at the crash points of security.md 11 on %s', (_name, start) => {
  let server: TestServer;
  let alice: HostedAccount;
  let bob: HostedAccount;
  const written: string[] = [];

  beforeAll(async () => {
    server = await start();
    [alice, bob] = await startAliceAndBob(server);
  });
  afterAll(async () => {
    await alice.remove();
    await bob.remove();
    await server.stop();
  });

  async function signInAndDie(account: HostedAccount, crash: Crash): Promise<void> {
    await account.start(hostWith({ crash }));
    await account.signIn().catch(() => undefined); // the host may be gone in the middle of the call
    expect(await account.host.ended).toBe(-1);
  }

  /** Bob writes them; each is sent. */
  async function write(name: string, count: number): Promise<void> {
    const texts = textsFor(name, count);
    written.push(...texts);
    const sent = await sendAll(bob, alice.address, texts);
    expect(sent.map(({ state }) => state)).toEqual(texts.map(() => 'sent'));
  }

  async function quitAlice(): Promise<void> {
    if (alice.host.exitCode !== undefined) await alice.startAndSignIn(); // an earlier test failed
    await alice.readyToLeave();
    await alice.host.quit();
    await bob.seesAway(alice);
  }

  /** Alice's next start: everything is as it would be without the crash. */
  async function comeBackWhole(): Promise<void> {
    await alice.startAndSignIn();
    await alice.backlogEnded();
    expect(await judge(bob, alice, written)).toEqual(NOTHING_WRONG);
    const shown = await alice.messagesWith(bob.address);
    expect(new Set(shown.map(({ badge }) => badge))).toEqual(new Set(['I4']));
    expect(shown.filter(({ details }) => details.missingBefore)).toEqual([]);
    expect((await alice.conversationWith(bob.address))?.unread).toBe(shown.length);
    expect((await alice.call('leaving.state', {})).awayKey?.state).toBe('withdrawn');
  }

  describe('Alice leaves', () => {
    it.each(['P4', 'P5', 'P6', 'P7'] as const)('%s and letters for the key that was published open', async (point) => {
      await alice.host.quit();
      await alice.startAndSignIn(hostWith({ crash: { point } }));
      await alice.readyToLeave();
      await alice.call('leaving.leaveNow', {}).catch(() => undefined);
      expect(await alice.host.ended).toBe(-1);
      // She looks online still, and the key that she would have withdrawn says that she is not (H-24).
      await bob.call('contacts.refresh', { address: alice.address });
      await write(point, 2);
      await comeBackWhole();
    });
  });

  describe('Alice comes back', () => {
    it('U0 to U5, one after the other: each start gets further, and everything opens in the end', async () => {
      await quitAlice();
      await write('U', 4);
      for (const point of ['U0', 'U1', 'U2', 'U3', 'U4', 'U5'] as const) await signInAndDie(alice, { point });
      await comeBackWhole();
    });

    const crashes: readonly Crash[] = [
      ...(['U6', 'R1', 'R2', 'R3', 'R4', 'R5'] as const).map((point) => ({ point })),
      ...(['R1', 'R2', 'R3', 'R4'] as const).map((point) => ({ point, time: 3 })),
    ];
    it.each(crashes.map((crash) => [crash.point, crash.time ?? 1, crash] as const))(
      'R-281 %s, time %i, and everything opens at the next start, once',
      async (point, time, crash) => {
        await quitAlice();
        await write(`${point} ${time}:`, 4);
        await signInAndDie(alice, crash);
        await comeBackWhole();
      },
    );

    it('L-014 in the recovery from one kill comes the next', async () => {
      await quitAlice();
      await write('chain', 6);
      const points: readonly CrashPoint[] = ['U1', 'U4', 'R1', 'R3', 'R4'];
      for (const point of points) await signInAndDie(alice, { point });
      await comeBackWhole();
    });
  });

  it('B2, B3, B5, B6, B7 Bob writes: each letter goes at the next start, once', async () => {
    await quitAlice();
    for (const point of ['B2', 'B3', 'B5', 'B6', 'B7'] as const) {
      await bob.host.quit();
      await bob.startAndSignIn(hostWith({ crash: { point } }));
      written.push(point);
      await bob.call('messages.send', { to: alice.address, text: point }).catch(() => undefined);
      expect(await bob.host.ended).toBe(-1);
      await bob.startAndSignIn();
      const isSent = ({ last }: Conversation): boolean => last?.text === point && last.state === 'sent';
      await bob.host.waitUntil('conversations.list', {}, (all) => all.some(isSent));
    }
    await comeBackWhole();
  });
});
