import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAliceAndBob, type HostedAccount } from '../support/hosted-account.ts';
import { judge, NOTHING_WRONG, sendAll, textsFor } from '../support/letters.ts';
import { startEjabberd } from '../support/servers/ejabberd.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const MOST_KEPT = 5;
const TEXTS = textsFor('letter', 8);

/** Prosody knows no limit (servers.md 3.5). */
describe('a server that keeps no more letters than so many (ejabberd, max_user_offline_messages)', () => {
  let server: TestServer;
  let alice: HostedAccount;
  let bob: HostedAccount;

  beforeAll(async () => {
    server = await startEjabberd({ offlineMax: MOST_KEPT });
    [alice, bob] = await startAliceAndBob(server);
    await alice.leave();
    await bob.seesAway(alice);
  });
  afterAll(async () => {
    await alice.remove();
    await bob.remove();
    await server.stop();
  });

  it('L-043 has its sender shown which were not delivered, with the reason, and nothing else', async () => {
    await sendAll(bob, alice.address, TEXTS);
    // The server bounces behind its confirmation that it has the stanza.
    const isBounced = ({ state }: { readonly state?: string }): boolean => state === 'notSent';
    await bob.host.waitUntil(
      'messages.list',
      { with: alice.address },
      (list) => list.filter(isBounced).length >= TEXTS.length - MOST_KEPT,
    );
    expect(await server.offlineCount('alice')).toBe(MOST_KEPT);
    const written = await bob.messagesWith(alice.address);
    const bounced = written.filter(isBounced);
    expect(bounced.map(({ text }) => text)).toEqual(TEXTS.slice(MOST_KEPT));
    for (const { details } of bounced) {
      expect(details.reason).toBe('bounced');
      expect(details.sentence).toBe('It came back and was not delivered. It is kept on this computer.');
    }
  });

  it('L-043 shows the others to their reader, and the rest when they are sent again', async () => {
    await alice.call('leaving.comeBack', {});
    await alice.host.waitUntil('messages.list', { with: bob.address }, (list) => list.length === MOST_KEPT);
    expect((await alice.messagesWith(bob.address)).map(({ text }) => text)).toEqual(TEXTS.slice(0, MOST_KEPT));
    expect(await judge(bob, alice, TEXTS)).toEqual(NOTHING_WRONG);
    for (const { id, state } of await bob.messagesWith(alice.address)) {
      if (state === 'notSent') await bob.call('messages.retry', { id });
    }
    await alice.host.waitUntil('messages.list', { with: bob.address }, (list) => list.length === TEXTS.length);
    expect((await alice.messagesWith(bob.address)).map(({ text }) => text)).toEqual(TEXTS);
  });
});
