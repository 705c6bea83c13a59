import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../preload/contract.ts';
import { befriendAccounts, hostWith, startAccount, type HostedAccount } from '../support/hosted-account.ts';
import { judge, NOTHING_WRONG, sendAll, textsFor } from '../support/letters.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const SENDERS = 20;
const AT_ONCE = 4;
/** L-042. */
const BACKLOG_MS = 30_000;

describe.each(BOTH_SERVERS)('letters from twenty people at once on %s', (_name, start) => {
  let server: TestServer;
  let alice: HostedAccount;
  const senders: HostedAccount[] = [];
  const written = new Map<HostedAccount, readonly string[]>();

  beforeAll(async () => {
    server = await start();
    alice = await startAccount(server, 'alice');
    for (let at = 0; at < SENDERS; at += AT_ONCE) {
      const names = Array.from({ length: AT_ONCE }, (_none, index) => `sender${at + index + 1}`);
      senders.push(...(await Promise.all(names.map((name) => startAccount(server, name)))));
    }
    await Promise.all(senders.map((sender) => befriendAccounts(sender, alice)));
  }, 300_000);
  afterAll(async () => {
    await Promise.all([alice, ...senders].map((account) => account.remove()));
    await server.stop();
  });

  /** Everybody writes that many, all at the same time, while Alice's program is closed. */
  async function everybodyWrites(count: number): Promise<void> {
    await alice.readyToLeave();
    await alice.host.quit();
    await Promise.all(senders.map((sender) => sender.seesAway(alice)));
    await Promise.all(
      senders.map(async (sender) => {
        const before = written.get(sender) ?? [];
        const texts = textsFor(`${sender.address} ${before.length}+`, count);
        written.set(sender, [...before, ...texts]);
        await sendAll(sender, alice.address, texts);
        // Twenty programs at once take longer than a command waits (C10).
        const isDecided = (messages: readonly Message[]): boolean => messages.every(({ state }) => state !== 'waiting');
        const newest = { with: alice.address, limit: count };
        const sent = await sender.host.waitUntil('messages.list', newest, isDecided, BACKLOG_MS);
        expect(sent.map(({ text }) => text)).toEqual(texts);
        expect(new Set(sent.map(({ state, badge }) => `${state ?? ''} ${badge}`))).toEqual(new Set(['sent O2']));
      }),
    );
  }

  it('opens ten letters of each once and in order, with badge I4', async () => {
    await everybodyWrites(10);
    await alice.startAndSignIn();
    const end = await alice.backlogEnded(BACKLOG_MS);
    expect(end).toMatchObject({ total: 200, opened: 200, failed: 0 });
    for (const sender of senders) {
      expect(await judge(sender, alice, written.get(sender) ?? [])).toEqual(NOTHING_WRONG);
      expect(await alice.conversationWith(sender.address)).toMatchObject({ unread: 10, last: { badge: 'I4' } });
    }
  });

  it('L-042 of a thousand, some doubled and some damaged, opens the good ones once and in order, and counts the rest', async () => {
    await everybodyWrites(50);
    // Of each sender's fifty 2 % are altered, and 6 % come twice.
    await alice.startAndSignIn(
      hostWith({ countEachSender: true, letters: { 1: 'doubled', 20: 'doubled', 25: 'damaged', 50: 'doubled' } }),
    );
    const end = await alice.backlogEnded(BACKLOG_MS);
    expect(end).toMatchObject({ total: 1_000, opened: 980, failed: 20 });
    for (const sender of senders) {
      const shown = await alice.messagesWith(sender.address);
      expect(shown.filter(({ badge }) => badge === 'I12')).toHaveLength(1);
      const texts = written.get(sender) ?? [];
      expect(await judge(sender, alice, texts)).toEqual({ ...NOTHING_WRONG, lost: [texts[34]] });
      expect((await alice.conversationWith(sender.address))?.unread).toBe(60);
    }
    await alice.drained();
  });
});
