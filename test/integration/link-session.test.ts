import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPresence } from '../../main/protocol/xmpp/rfc6121-presence.ts';
import { ping } from '../../main/protocol/xmpp/xep0199-ping.ts';
import { childText, element, elements } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { parseMessage } from '../../main/wire/message.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { buildItemsRequest, buildPublish } from '../../main/wire/xep0060-pubsub.ts';
import { connectBareClient } from '../support/bare-client.ts';
import { Stage, letter, numbered, texts } from '../support/bare-letters.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe.each(BOTH_SERVERS)('the link and its session (XEP-0198) on %s', (_name, start) => {
  let server: TestServer;
  let stage: Stage;

  beforeAll(async () => {
    server = await start({ hibernationSeconds: 60 });
    stage = new Stage(server);
  });
  afterAll(async () => {
    await server.stop();
  });
  beforeEach(() => stage.prepare());
  afterEach(() => stage.clear());

  it('gets a backlog once: after 20 pings and 5 messages and a clean end, nothing comes again', async () => {
    const sender = await stage.connect(stage.bob);
    for (const text of numbered(5)) await sender.send(letter(stage.alice, text));
    const reader = await stage.connect(stage.alice);
    for (const _ of numbered(20)) await ping(reader.link, 5_000);
    await reader.comeOnline();
    for (const _ of numbered(20)) await ping(reader.link, 5_000);
    await reader.close();

    const again = await stage.connect(stage.alice);
    await again.comeOnline();

    expect(texts(reader)).toEqual(numbered(5));
    expect(texts(again)).toEqual([]);
  });

  it('L-006 what was not handled when the connection broke comes again under the same resource', async () => {
    const sender = await stage.connect(stage.bob);
    for (const text of numbered(5)) await sender.send(letter(stage.alice, text));
    const handleFirstTwo = (stanza: Element, handled: () => void): void => {
      if (stanza.name === 'presence' || Number(childText(stanza, 'body', NS.client)) <= 2) handled();
    };
    const reader = await stage.connect(stage.alice, { handle: handleFirstTwo });
    await reader.comeOnline();
    await ping(reader.link, 5_000); // by its acknowledgement the server knows what we have handled
    reader.link.abandon();

    const again = await stage.connect(stage.alice);
    await again.comeOnline();

    expect(texts(reader)).toEqual(numbered(5));
    // ejabberd does not always keep their order when it hands them over anew.
    expect([...texts(again)].sort()).toEqual(['3', '4', '5']);
  });

  it('L-006 what was not handled when the stream was closed comes again', async () => {
    const sender = await stage.connect(stage.bob);
    for (const text of numbered(5)) await sender.send(letter(stage.alice, text));
    const reader = await stage.connect(stage.alice, { handle: () => undefined });
    await reader.comeOnline();
    await reader.close();

    const again = await stage.connect(stage.alice);
    await again.comeOnline();

    expect(texts(again)).toEqual(numbered(5));
  });

  it('tells the older client of a resource that it was replaced', async () => {
    const first = await stage.connect(stage.alice);
    const second = await stage.connect(stage.alice);
    await first.waitUntil(() => first.endings.length === 1, 'the end');

    expect(first.endings[0]).toMatchObject({ code: 'replaced' });
    expect(second.link.isOpen).toBe(true);
  });

  it('leaves in one write that is handed over before the call returns (H-25)', async () => {
    const leaver = await stage.connect(stage.alice);
    await leaver.comeOnline();
    const form = element('x', NS.form, { type: 'form' });
    const publish = buildPublish(NS.offline, 'current', form);
    await turn(); // sleep comes as an event of its own, not in the middle of an answer

    const said = leaver.send(letter(stage.bob, 'goodbye')).catch(() => undefined);
    leaver.link.sendLast([
      element('iq', NS.client, { type: 'set', id: 'last' }, publish),
      buildPresence({ type: 'unavailable' }),
    ]);
    // The machine sleeps: nothing of ours runs any more, and the connection is never used again.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    leaver.link.abandon();
    await said;

    const other = await stage.connect(stage.alice, { resource: 'other' });
    const answer = await other.request({ type: 'get', payload: buildItemsRequest(NS.offline) });
    expect(leaver.link.isOpen).toBe(false);
    expect(JSON.stringify(elements(answer))).toContain('"type":"form"');
    await other.comeOnline();
    expect(other.received.filter(({ attrs }) => attrs['from']?.endsWith('/bare'))).toEqual([]);
    const reader = await stage.connect(stage.bob);
    await reader.comeOnline();
    expect(texts(reader)).toEqual(['goodbye']);
  });

  it('hands a backlog over in order, and the ping behind presence is answered after all of it', async () => {
    const sender = await stage.connect(stage.bob);
    const sent = numbered(300);
    await Promise.all(sent.map((text) => sender.send(letter(stage.alice, text))));
    const reader = await stage.connect(stage.alice);

    void reader.send(buildPresence());
    await ping(reader.link, 60_000);
    const beforeAnswer = texts(reader);
    await ping(reader.link, 5_000);

    expect(beforeAnswer).toEqual(sent);
    expect(texts(reader)).toEqual(sent);
  });

  it('S-103 a stanza past our limits is passed over in its place, costs no connection and does not come again', async () => {
    const sender = await stage.connect(stage.bob);
    const tooMuch = { ...letter(stage.alice, 'x'), attrs: { to: stage.alice, type: 'chat', id: 'y'.repeat(9_000) } };
    await sender.send(letter(stage.alice, 'before'));
    await sender.send(tooMuch);
    await sender.send(letter(stage.alice, 'behind'));

    const reader = await stage.connect(stage.alice);
    await reader.comeOnline();
    await reader.close();
    const again = await stage.connect(stage.alice);
    await again.comeOnline();

    expect(texts(reader)).toEqual(['before', '', 'behind']);
    expect(parseMessage(reader.messages[1] ?? tooMuch).content).toEqual({ kind: 'malformed', what: 'size' });
    expect(reader.endings).toEqual([]);
    expect(again.messages).toEqual([]);
  });

  it('keeps text whole wherever the connection cuts it (S-102)', async () => {
    const sender = await stage.connect(stage.bob);
    const reader = await stage.connect(stage.alice);
    await reader.comeOnline();
    const long = '𝄞ж漢'.repeat(8_000);

    await sender.send(letter(stage.alice, long));
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
