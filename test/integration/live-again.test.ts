import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../preload/contract.ts';
import type { Element } from '../../main/wire/element.ts';
import { buildPresence } from '../../main/protocol/xmpp/rfc6121-presence.ts';
import { connectBareClient } from '../support/bare-client.ts';
import { isLetter } from '../support/faulty-link.ts';
import {
  befriend,
  leave,
  PASSWORD,
  seesAway,
  startMessenger,
  type MessengerOptions,
  type TestMessenger,
} from '../support/messengers.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const CONFIRM_MS = 5 * 60_000 + 1_000;

describe.each(BOTH_SERVERS)('letters that nobody confirms, on %s', (_name, start) => {
  let server: TestServer;
  let alice: TestMessenger;
  let bob: TestMessenger;

  /** What is lost on the last of its way, though the server was told that it arrived. */
  const lost: Element[] = [];
  let isLosing = false;
  const losing: MessengerOptions['wrapLink'] = (factory) => (options, handlers) =>
    factory(options, {
      ...handlers,
      stanza: (stanza, handled) => {
        if (!isLosing || !isLetter(stanza)) return handlers.stanza(stanza, handled);
        lost.push(stanza);
        handled();
      },
    });

  beforeAll(async () => {
    server = await start();
    alice = await startMessenger(server, 'alice', { wrapLink: losing });
    bob = await startMessenger(server, 'bob');
    await alice.signIn();
    await bob.signIn();
    await befriend(alice, bob);
  });
  afterAll(async () => {
    await Promise.all([alice.remove(), bob.remove()]);
    await server.stop();
  });

  const allDelivered = async (): Promise<boolean> =>
    (await bob.call('messages.list', { with: alice.address })).every(({ state }) => state === 'delivered');
  const readByAlice = (): Promise<readonly Message[]> => alice.call('messages.list', { with: bob.address });

  it('L-044 go again in a live session, five minutes after their reader is back, if the server lost them', async () => {
    await leave(alice);
    await seesAway(bob, alice);
    const letters = ['one', 'two', 'three'];
    for (const text of letters) await bob.call('messages.send', { to: alice.address, text });
    // Another client of hers takes the backlog, and throws it away.
    const thief = await connectBareClient(server, 'alice', { password: PASSWORD, resource: 'thief' });
    await thief.comeOnline(buildPresence());
    expect(thief.messages.length).toBeGreaterThanOrEqual(letters.length);
    await thief.close();

    await alice.call('leaving.comeBack', {});
    await bob.until('her being here', async () => {
      const contacts = await bob.call('contacts.list', {});
      return contacts.some(({ address, presence }) => address === alice.address && presence === 'here');
    });
    // The end of a session whose beginning was stolen shows nothing: nobody wrote it.
    expect(await readByAlice()).toEqual([]);
    bob.clock.setOffset(CONFIRM_MS, true);
    await alice.until('the letters', async () => (await readByAlice()).length === letters.length);
    const read = await readByAlice();
    expect(read.map(({ text }) => text)).toEqual(letters);
    const written = await bob.call('messages.list', { with: alice.address });
    expect(read.map(({ details }) => details.session)).toEqual(['live', 'live', 'live']);
    expect(written).toHaveLength(letters.length);
    await bob.until('the receipts', allDelivered);
  });

  it('L-044 go again in the session that they were lost in, which gives way to another', async () => {
    isLosing = true;
    const unheard = await bob.call('messages.send', { to: alice.address, text: 'four' });
    await alice.until('the loss', () => lost.length > 0);
    isLosing = false;
    expect(unheard).toMatchObject({ state: 'sent', details: { session: 'live' } });
    expect((await readByAlice()).map(({ text }) => text)).not.toContain('four');
    const before = await bob.call('sessions.of', { address: alice.address });

    bob.clock.setOffset(2 * CONFIRM_MS, true);
    await bob.until('the receipt', allDelivered);
    expect((await readByAlice()).filter(({ text }) => text === 'four')).toHaveLength(1);
    const after = await bob.call('sessions.of', { address: alice.address });
    expect(after?.startedAt).not.toBe(before?.startedAt);
  });
});
