import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../preload/contract.ts';
import { startAliceAndBob, type HostedAccount } from '../support/hosted-account.ts';
import { judge, NOTHING_WRONG, sendAll, textsFor } from '../support/letters.ts';
import { startProsody } from '../support/servers/prosody.ts';
import type { TestServer } from '../support/servers/test-server.ts';

/**
 * On Prosody alone: ejabberd hands over what a dead session left before stream management is on, so that a second kill
 * within those milliseconds costs letters there, whatever the client does.
 */
describe('kill -9 at any moment on Prosody', () => {
  let server: TestServer;
  let alice: HostedAccount;
  let bob: HostedAccount;

  beforeAll(async () => {
    server = await startProsody();
    [alice, bob] = await startAliceAndBob(server);
  });
  afterAll(async () => {
    await alice.remove();
    await bob.remove();
    await server.stop();
  });

  /** Kills the host that long after the work was begun. */
  async function killAfter(ms: number, account: HostedAccount, work: () => Promise<unknown>): Promise<void> {
    const working = work().catch(() => undefined); // the host is gone in the middle of it
    await pause(ms);
    await account.host.kill();
    await working;
  }

  it('L-001 L-002 L-003 L-004 loses, doubles and reorders nothing', async () => {
    await alice.readyToLeave();
    await alice.host.quit();
    await bob.seesAway(alice);
    for (const ms of [10, 30, 60, 100, 160, 250]) {
      const texts = textsFor(`${ms} ms:`, 20);
      await killAfter(ms, bob, () =>
        Promise.all(texts.map((text) => bob.call('messages.send', { to: alice.address, text }))),
      );
      await bob.startAndSignIn();
      await alice.start();
      await killAfter(2 * ms, alice, () => alice.signIn());
    }
    await alice.startAndSignIn();
    await alice.readyToLeave();
    await alice.host.quit();
    await bob.seesAway(alice);
    await sendAll(bob, alice.address, textsFor('at last', 20));
    const isSent = ({ state }: Message): boolean => state === 'sent';
    await bob.host.waitUntil('messages.list', { with: alice.address }, (messages) => messages.every(isSent));
    await alice.startAndSignIn();
    await alice.backlogEnded();
    // What is in the outbox was promised; what the kill kept from it was not.
    const promised = (await bob.messagesWith(alice.address)).map(({ text }) => text ?? '');
    expect(promised.length).toBeGreaterThanOrEqual(20);
    expect(await judge(bob, alice, promised)).toEqual(NOTHING_WRONG);
    const shown = await alice.messagesWith(bob.address);
    expect(shown.filter(({ badge, details }) => !['I4', 'I5'].includes(badge) || details.missingBefore)).toEqual([]);
    expect((await alice.conversationWith(bob.address))?.unread).toBe(promised.length);
  });
});
