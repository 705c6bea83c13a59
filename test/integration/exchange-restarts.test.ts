import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../preload/contract.ts';
import { startAliceAndBob, type HostedAccount } from '../support/hosted-account.ts';
import { judge, NOTHING_WRONG, sendAll, textsFor } from '../support/letters.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const BACKLOG = 300;
/** Prosody recovers 500 stanzas of a session whose client died (servers.md 3.6): what it loses is no matter here. */
const KEEPS_ALL = { extra: 'smacks_max_queue_size = 5000' };
const BACKLOG_MS = 60_000;

describe.each(BOTH_SERVERS)('hosts that end in the middle of it on %s', (name, start) => {
  let server: TestServer;
  let alice: HostedAccount;
  let bob: HostedAccount;
  const written: string[] = [];

  beforeAll(async () => {
    server = await start(name === 'Prosody' ? KEEPS_ALL : {});
    [alice, bob] = await startAliceAndBob(server);
  });
  afterAll(async () => {
    await alice.remove();
    await bob.remove();
    await server.stop();
  });

  /** Alice's program leaves and ends; Bob writes that many letters. */
  async function writeWhileAway(name: string, count: number): Promise<void> {
    await alice.readyToLeave();
    expect(await alice.host.quit()).toBe(0);
    await bob.seesAway(alice);
    const texts = textsFor(name, count);
    written.push(...texts);
    await sendAll(bob, alice.address, texts);
  }

  /** Alice's program starts, signs in, and has opened that many letters in this run. */
  async function startUntilOpened(count: number): Promise<void> {
    await alice.start();
    alice.signIn().catch(() => undefined); // what becomes of the call is not the matter here
    let left = count;
    await alice.host.waitFor('messages.added', () => (left -= 1) === 0, BACKLOG_MS);
  }

  /** How many are unread, by the conversation's number and by its messages, of one moment: opening may still go on. */
  async function unreadNow(): Promise<{ told: number; there: number }> {
    const number = async () => (await alice.conversationWith(bob.address))?.unread ?? 0;
    for (;;) {
      const told = await number();
      const shown = await alice.messagesWith(bob.address);
      if (told === (await number())) return { told, there: shown.filter(({ unread }) => unread === true).length };
    }
  }

  async function finishBacklog(): Promise<void> {
    await alice.startAndSignIn();
    await alice.backlogEnded(BACKLOG_MS);
    expect(await judge(bob, alice, written)).toEqual(NOTHING_WRONG);
    const shown = await alice.messagesWith(bob.address);
    expect(new Set(shown.map(({ badge }) => badge))).toEqual(new Set(['I4']));
    expect(shown.filter(({ details }) => details.missingBefore)).toEqual([]);
    expect((await alice.conversationWith(bob.address))?.unread).toBe(written.length);
  }

  it('S-198 L-002 SIGKILL of the receiver after the first, and after 40 more, of a backlog: the numbers are what is there', async () => {
    // More than two commits take: each holds up to 500, and a kill comes a moment after the first is announced.
    await writeWhileAway('killed', 4 * BACKLOG);
    await startUntilOpened(1);
    await alice.host.kill();
    await startUntilOpened(40);
    await alice.host.kill();
    const announced = openedSoFar(alice);
    await alice.start();
    const { told, there } = await unreadNow();
    expect(told).toBe(there);
    // What was announced is durable; what was committed and not announced any more counts as well.
    expect(there).toBeGreaterThanOrEqual(announced);
    await alice.host.kill();
    await finishBacklog();
  });

  it('L-002 SIGTERM of the receiver in the middle of a backlog', async () => {
    await writeWhileAway('ended', BACKLOG);
    await startUntilOpened(20);
    expect(await alice.host.quit('SIGTERM')).toBe(0);
    await finishBacklog();
  });

  it('SIGKILL and SIGTERM of the sender between letters', async () => {
    await writeWhileAway('before', 3);
    await bob.host.kill();
    await bob.startAndSignIn();
    await bob.seesAway(alice);
    written.push('after SIGKILL');
    expect(await bob.call('messages.send', { to: alice.address, text: 'after SIGKILL' })).toMatchObject({
      state: 'sent',
      badge: 'O2',
    });
    expect(await bob.host.quit('SIGTERM')).toBe(0);
    await bob.startAndSignIn();
    await bob.seesAway(alice);
    written.push('after SIGTERM');
    await bob.call('messages.send', { to: alice.address, text: 'after SIGTERM' });
    await finishBacklog();
  });

  it('SIGKILL of the sender with letters under way: the outbox goes on, in a new session, under the same ids', async () => {
    await writeWhileAway('first', 1);
    const texts = textsFor('under way', 100);
    const calls = texts.map((text) => bob.call('messages.send', { to: alice.address, text }));
    await bob.host.waitFor('messages.changed', ({ text, state }) => text === texts[0] && state === 'sent');
    await bob.host.kill();
    await Promise.allSettled(calls);
    await bob.start();
    // What was accepted is in the profile: that much is promised.
    const stored = (await bob.messagesWith(alice.address)).filter(({ text }) => text?.startsWith('under way') === true);
    written.push(...stored.map(({ text }) => text ?? ''));
    await bob.signIn();
    await bob.host.waitUntil('conversations.list', {}, (all) => all.every(({ last }) => last?.state === 'sent'));
    const sent = (await bob.messagesWith(alice.address)).filter(({ text }) => text?.startsWith('under way') === true);
    expect(sent.map(({ id, state }) => ({ id, state }))).toEqual(stored.map(({ id }) => ({ id, state: 'sent' })));
    await finishBacklog();
  });
});

function openedSoFar(account: HostedAccount): number {
  const isOpened = (message: Message): boolean => message.direction === 'in';
  return account.announced('messages.added').filter(isOpened).length;
}
