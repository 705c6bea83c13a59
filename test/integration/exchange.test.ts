import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAliceAndBob, type HostedAccount } from '../support/hosted-account.ts';
import { judge, NOTHING_WRONG, sendAll, textsFor } from '../support/letters.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

/** A backlog is limited by nothing but patience here; how fast it must be is the benchmark's matter. */
const BACKLOG_MS = 110_000;

describe.each(BOTH_SERVERS)('letters to someone who is away, host to host on %s', (_name, start) => {
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

  it.each([1, 50, 1_000])('%i letters are all sent, opened once, in order, with badges O2 and I4', async (count) => {
    const texts = textsFor(`of ${count}:`, count);
    written.push(...texts);
    await alice.leave();
    await bob.seesAway(alice);
    const sent = await sendAll(bob, alice.address, texts);
    expect(new Set(sent.map(({ state, badge }) => `${state ?? ''} ${badge}`))).toEqual(new Set(['sent O2']));

    const mark = alice.host.mark();
    await alice.call('leaving.comeBack', {});
    const end = await alice.host.waitFor('backlog.progress', ({ finished }) => finished, BACKLOG_MS, mark);
    expect(end).toEqual({ done: count, total: count, opened: count, failed: 0, finished: true });
    expect(await judge(bob, alice, written)).toEqual(NOTHING_WRONG);

    const shown = (await alice.messagesWith(bob.address)).slice(-count);
    expect(new Set(shown.map(({ badge }) => badge))).toEqual(new Set(['I4']));
    for (const { details } of shown) expect(details).toMatchObject({ session: 'away', missingBefore: false });
    const { awayKey } = await alice.call('leaving.state', {});
    expect(awayKey).toMatchObject({ state: 'withdrawn', confirmed: true, received: count });

    const conversation = await alice.conversationWith(bob.address);
    expect(conversation).toMatchObject({ unread: count, held: 0, last: { text: texts.at(-1) } });
    await alice.call('messages.markRead', { with: bob.address, upTo: shown.at(-1)?.id ?? '' });
    expect((await alice.conversationWith(bob.address))?.unread).toBe(0);
  });
});
