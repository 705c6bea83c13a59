import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchItems } from '../../main/protocol/xmpp/xep0163-pep.ts';
import { element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { connectBareClient } from '../support/bare-client.ts';
import { startAliceAndBob, type HostedAccount } from '../support/hosted-account.ts';
import { judge, NOTHING_WRONG, sendAll, textsFor } from '../support/letters.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const BACK_MS = 90_000;

/** A restart loses the streams' state on both; the end by SIGKILL also what the server had not yet handed over. */
const ENDS = [
  ['restart', (server: TestServer) => server.restart()],
  ['SIGKILL', (server: TestServer) => server.kill().then(() => server.restart())],
] as const;

describe.each(BOTH_SERVERS)('a server that ends and comes back (L-041): %s', (_name, start) => {
  let server: TestServer;
  let alice: HostedAccount;
  let bob: HostedAccount;
  const written: string[] = [];

  beforeAll(async () => {
    // With an archive there is something to catch up from; what is lost without one is the subject of backlog-resets.
    server = await start({ archive: true });
    [alice, bob] = await startAliceAndBob(server);
  });
  afterAll(async () => {
    await alice.remove();
    await bob.remove();
    await server.stop();
  });

  /** Both come back by themselves, in the time that is allowed. */
  async function bothAreBack(): Promise<void> {
    const isBack = ({ state }: { state: string }): boolean => state === 'online';
    await Promise.all([alice, bob].map(({ host }) => host.waitUntil('account.state', {}, isBack, BACK_MS)));
  }

  async function write(name: string, count: number): Promise<void> {
    const texts = textsFor(name, count);
    written.push(...texts);
    await sendAll(bob, alice.address, texts);
  }

  /** Everything that was ever written is shown once, in order, and nothing is left under way. */
  async function everythingIsShown(): Promise<void> {
    await alice.host.waitUntil('conversations.list', {}, ([first]) => first?.unread === written.length, BACK_MS);
    expect(await judge(bob, alice, written)).toEqual(NOTHING_WRONG);
    expect((await alice.messagesWith(bob.address)).map(({ text }) => text)).toEqual(written);
  }

  it.each(ENDS)('L-041 of both people, while they are there, by %s', async (how, end) => {
    await bothAreBack();
    await end(server);
    await bothAreBack();
    await write(`after ${how}`, 2);
    await everythingIsShown();
  });

  it.each(ENDS)('L-041 while somebody leaves, by %s', async (how, end) => {
    await bothAreBack();
    await alice.readyToLeave();
    const [left] = await Promise.all([alice.call('leaving.leaveNow', {}), end(server)]);
    expect(['S4', 'S5', 'S6']).toContain(left.status);
    await bob.host.waitUntil('account.state', {}, ({ state }) => state === 'online', BACK_MS);
    await alice.call('leaving.comeBack', {});
    await bothAreBack();
    await write(`left under ${how}`, 2);
    await everythingIsShown();
  });

  it('L-041 makes nodes that vanished anew, and publishes in them', async () => {
    await bothAreBack();
    await alice.leave();
    const client = await connectBareClient(server, 'alice', { password: 'secret', resource: 'look' });
    const nodes = [NS.offline, NS.esession, NS.pubkey];
    for (const node of nodes) {
      const payload = element('pubsub', NS.pubsubOwner, {}, element('delete', NS.pubsubOwner, { node }));
      await client.request({ type: 'set', payload });
    }
    await alice.call('leaving.comeBack', {});
    const hasAgain = async (node: string) => (await fetchItems(client.link, undefined, node)).kind === 'items';
    await expect.poll(() => hasAgain(NS.esession), { timeout: 20_000 }).toBe(true);
    await expect.poll(() => hasAgain(NS.pubkey), { timeout: 20_000 }).toBe(true);
    await alice.leave();
    expect(await hasAgain(NS.offline)).toBe(true);
    await client.close();
    await bob.seesAway(alice);
    await write('after the nodes', 2);
    await alice.call('leaving.comeBack', {});
    await everythingIsShown();
  });
});
