import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ping } from '../../main/protocol/xmpp/xep0199-ping.ts';
import { buildPresence } from '../../main/protocol/xmpp/rfc6121-presence.ts';
import { childText, element, elements } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { buildPublish, buildItemsRequest } from '../../main/wire/xep0060-pubsub.ts';
import { connectBareClient } from '../support/bare-client.ts';
import type { BareClient, BareOptions } from '../support/bare-client.ts';
import { startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe.each(BOTH_SERVERS)('the link and its session (XEP-0198) on %s', (_name, start) => {
  let server: TestServer;
  let relay: Relay;
  let clients: BareClient[] = [];
  let accounts = 0;
  let alice = '';
  let bob = '';

  beforeAll(async () => {
    server = await start({ hibernationSeconds: 60 });
    relay = await startRelay(server.port);
  });
  afterAll(async () => {
    await relay.stop();
    await server.stop();
  });
  beforeEach(async () => {
    accounts += 1;
    [alice, bob] = [`alice${accounts}`, `bob${accounts}`];
    await server.addUser(alice, 'secret');
    await server.addUser(bob, 'secret');
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    clients = [];
  });

  async function connect(name: string, options: BareOptions = {}): Promise<BareClient> {
    const client = await connectBareClient(server, name, options);
    clients.push(client);
    return client;
  }

  /** A chat message to the bare address of one of the accounts. */
  function letter(to: string, text: string): Element {
    return element('message', NS.client, { to: `${to}@${server.domain}`, type: 'chat' }, bodyOf(text));
  }

  function bodyOf(text: string): Element {
    return element('body', NS.client, {}, text);
  }

  function texts(client: BareClient): string[] {
    return client.messages.map((message) => childText(message, 'body', NS.client) ?? '');
  }

  function numbered(count: number, prefix = ''): string[] {
    return Array.from({ length: count }, (_none, index) => `${prefix}${index + 1}`);
  }

  it('gets a backlog once: after 20 pings and 5 messages and a clean end, nothing comes again', async () => {
    const sender = await connect(bob);
    for (const text of numbered(5)) await sender.send(letter(alice, text));
    const reader = await connect(alice);
    for (const _ of numbered(20)) await ping(reader.link, 5_000);
    await reader.comeOnline();
    for (const _ of numbered(20)) await ping(reader.link, 5_000);
    await reader.close();

    const again = await connect(alice);
    await again.comeOnline();

    expect(texts(reader)).toEqual(numbered(5));
    expect(texts(again)).toEqual([]);
  });

  it('L-006 what was not handled when the connection broke comes again under the same resource', async () => {
    const sender = await connect(bob);
    for (const text of numbered(5)) await sender.send(letter(alice, text));
    const handleFirstTwo = (stanza: Element, handled: () => void): void => {
      if (stanza.name === 'presence' || Number(childText(stanza, 'body', NS.client)) <= 2) handled();
    };
    const reader = await connect(alice, { handle: handleFirstTwo });
    await reader.comeOnline();
    await ping(reader.link, 5_000); // by its acknowledgement the server knows what we have handled
    reader.link.abandon();

    const again = await connect(alice);
    await again.comeOnline();

    expect(texts(reader)).toEqual(numbered(5));
    expect(texts(again)).toEqual(['3', '4', '5']);
  });

  it('L-006 what was not handled when the stream was closed comes again', async () => {
    const sender = await connect(bob);
    for (const text of numbered(5)) await sender.send(letter(alice, text));
    const reader = await connect(alice, { handle: () => undefined });
    await reader.comeOnline();
    await reader.close();

    const again = await connect(alice);
    await again.comeOnline();

    expect(texts(again)).toEqual(numbered(5));
  });

  it('resumes after a reset: what is unhandled comes again, what came meanwhile comes once, all in order', async () => {
    const held: (() => void)[] = [];
    const reader = await connect(alice, {
      port: relay.port,
      handle: (stanza, handled) => {
        if (childText(stanza, 'body', NS.client) === '2') held.push(handled);
        else handled();
      },
    });
    await reader.comeOnline();
    const sender = await connect(bob);
    await sender.send(letter(alice, '1'));
    await sender.send(letter(alice, '2'));
    await reader.waitUntil(() => texts(reader).length === 2, 'two messages');

    relay.cut();
    await reader.waitUntil(() => reader.endings.length === 1, 'the end');
    for (const text of ['3', '4']) await sender.send(letter(alice, text));
    const opened = await reader.open({ resume: true });
    await ping(reader.link, 5_000);

    expect(reader.endings[0]).toMatchObject({ code: 'server-unreachable' });
    expect(opened).toEqual({ jid: `${alice}@${server.domain}/bare`, resumed: true });
    expect(texts(reader)).toEqual(['1', '2', '2', '3', '4']);
    expect(held).toHaveLength(2);
  });

  it('R-247 sends what the reset swallowed again on resumption, once and in order, and only then reports it sent', async () => {
    const reader = await connect(alice);
    await reader.comeOnline();
    const sender = await connect(bob, { port: relay.port });
    await sender.send(letter(alice, '1'));
    relay.holdUpstream();
    const swallowed = Promise.all(['2', '3', '4'].map((text) => sender.send(letter(alice, text))));

    relay.cut();
    await sender.waitUntil(() => sender.endings.length === 1, 'the end');
    const { resumed } = await sender.open({ resume: true });
    const fifth = sender.send(letter(alice, '5'));
    await swallowed;
    await fifth;
    await reader.waitUntil(() => texts(reader).length >= 5, 'five messages');

    expect(resumed).toBe(true);
    expect(texts(reader)).toEqual(numbered(5));
  });

  it('does not send again what arrived although its acknowledgement did not', async () => {
    const reader = await connect(alice);
    await reader.comeOnline();
    const sender = await connect(bob, { port: relay.port });
    relay.holdDownstream();
    const sent = sender.send(letter(alice, '1'));
    await reader.waitUntil(() => texts(reader).length === 1, 'the message');

    relay.cut();
    await sender.waitUntil(() => sender.endings.length === 1, 'the end');
    await sender.open({ resume: true });
    await sent;
    await sender.send(letter(alice, '2'));
    await reader.waitUntil(() => texts(reader).length >= 2, 'the second message');

    expect(texts(reader)).toEqual(['1', '2']);
  });

  it('binds anew when it is not to resume, and rejects first what was never acknowledged', async () => {
    const order: string[] = [];
    const sender = await connect(bob, { port: relay.port });
    relay.holdUpstream();
    const lost = sender.send(letter(alice, '1')).catch((error: unknown) => {
      order.push('rejected');
      throw error;
    });
    relay.cut();
    await sender.waitUntil(() => sender.endings.length === 1, 'the end');

    const opening = sender.open({ resume: false }).then((opened) => {
      order.push('opened');
      return opened;
    });

    await expect(lost).rejects.toMatchObject({ code: 'not-acknowledged' });
    expect(await opening).toEqual({ jid: `${bob}@${server.domain}/bare`, resumed: false });
    expect(order).toEqual(['rejected', 'opened']);
  });

  it('is not connected between the reset and the next opening', async () => {
    const sender = await connect(bob, { port: relay.port });
    relay.holdUpstream();
    const question = ping(sender.link, 20_000);
    relay.cut();
    await sender.waitUntil(() => sender.endings.length === 1, 'the end');

    await expect(question).rejects.toMatchObject({ code: 'server-unreachable' });
    await expect(sender.send(letter(alice, '1'))).rejects.toMatchObject({ code: 'not-connected' });
    expect(sender.link.isOpen).toBe(false);
  });

  it('drops the connection without a word when it is abandoned, and resumes afterwards', async () => {
    const sender = await connect(bob);
    const reader = await connect(alice);
    await reader.comeOnline();

    reader.link.abandon();
    await sender.send(letter(alice, '1'));
    const { resumed } = await reader.open({ resume: true });
    await reader.waitUntil(() => texts(reader).length === 1, 'the message');

    expect(resumed).toBe(true);
    expect(reader.endings).toEqual([]);
  });

  it('tells the older client of a resource that it was replaced', async () => {
    const first = await connect(alice);
    const second = await connect(alice);
    await first.waitUntil(() => first.endings.length === 1, 'the end');

    expect(first.endings[0]).toMatchObject({ code: 'replaced' });
    expect(second.link.isOpen).toBe(true);
  });

  it('leaves in one write that is handed over before the call returns (H-25)', async () => {
    const leaver = await connect(alice);
    await leaver.comeOnline();
    const form = element('x', NS.form, { type: 'form' });
    const publish = buildPublish(NS.offline, 'current', form);

    leaver.link.sendLast([
      element('iq', NS.client, { type: 'set', id: 'last' }, publish),
      buildPresence({ type: 'unavailable' }),
    ]);
    // The machine sleeps: nothing of ours runs any more, and the connection is never used again.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    leaver.link.abandon();

    const other = await connect(alice, { resource: 'other' });
    const answer = await other.request({ type: 'get', payload: buildItemsRequest(NS.offline) });
    expect(leaver.link.isOpen).toBe(false);
    expect(JSON.stringify(elements(answer))).toContain('"type":"form"');
    await other.comeOnline();
    expect(other.received.filter(({ attrs }) => attrs['from']?.endsWith('/bare'))).toEqual([]);
  });

  it('hands a backlog over in order, and the ping behind presence is answered after all of it', async () => {
    const sender = await connect(bob);
    const sent = numbered(300);
    await Promise.all(sent.map((text) => sender.send(letter(alice, text))));
    const reader = await connect(alice);

    void reader.send(buildPresence());
    await ping(reader.link, 60_000);
    const beforeAnswer = texts(reader);
    await ping(reader.link, 5_000);

    expect(beforeAnswer).toEqual(sent);
    expect(texts(reader)).toEqual(sent);
  });

  it('keeps text whole wherever the connection cuts it (S-102)', async () => {
    const sender = await connect(bob);
    const reader = await connect(alice);
    await reader.comeOnline();
    const long = '𝄞ж漢'.repeat(8_000);

    await sender.send(letter(alice, long));
    await reader.waitUntil(() => reader.messages.length === 1, 'the message');

    expect(texts(reader)[0]).toBe(long);
  });
});

describe.each(BOTH_SERVERS)('the link when %s starts anew', (_name, start) => {
  it('opens a new session in the call that wanted the old one, and goes on', async () => {
    const server = await start();
    await server.addUser('alice', 'secret');
    const client = await connectBareClient(server, 'alice');
    await client.comeOnline();
    try {
      await server.restart();
      await client.waitUntil(() => client.endings.length === 1, 'the end');
      const opened = await client.open({ resume: true });
      await client.comeOnline();

      expect(client.endings[0]).toMatchObject({ code: 'server-unreachable' });
      expect(opened.resumed).toBe(false);
      await client.close();
    } finally {
      await server.stop();
    }
  });
});
