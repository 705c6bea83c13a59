import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ping } from '../../main/protocol/xmpp/xep0199-ping.ts';
import { childText } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { Stage, letter, numbered, texts } from '../support/bare-letters.ts';
import { startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe.each(BOTH_SERVERS)('the link after its connection broke (XEP-0198 §5) on %s', (_name, start) => {
  let server: TestServer;
  let relay: Relay;
  let stage: Stage;

  beforeAll(async () => {
    server = await start({ hibernationSeconds: 60 });
    stage = new Stage(server);
    relay = await startRelay(server.port);
  });
  afterAll(async () => {
    await relay.stop();
    await server.stop();
  });
  beforeEach(() => stage.prepare());
  afterEach(() => stage.clear());

  it('resumes after a reset: what is unhandled comes again, what came meanwhile comes once, all in order', async () => {
    const held: (() => void)[] = [];
    const reader = await stage.connect(stage.alice, {
      port: relay.port,
      handle: (stanza, handled) => {
        if (childText(stanza, 'body', NS.client) === '2') held.push(handled);
        else handled();
      },
    });
    await reader.comeOnline();
    const sender = await stage.connect(stage.bob);
    await sender.send(letter(stage.alice, '1'));
    await sender.send(letter(stage.alice, '2'));
    await reader.waitUntil(() => texts(reader).length === 2, 'two messages');

    relay.cut();
    await reader.waitUntil(() => reader.endings.length === 1, 'the end');
    for (const text of ['3', '4']) await sender.send(letter(stage.alice, text));
    const opened = await reader.open({ resume: true });
    await ping(reader.link, 5_000);

    expect(reader.endings[0]).toMatchObject({ code: 'server-unreachable' });
    expect(opened).toMatchObject({ jid: `${stage.alice}/bare`, resumed: true });
    expect(texts(reader)).toEqual(['1', '2', '2', '3', '4']);
    expect(held).toHaveLength(2);
  });

  it('R-247 sends what the reset swallowed again on resumption, once and in order, and only then reports it sent', async () => {
    const reader = await stage.connect(stage.alice);
    await reader.comeOnline();
    const sender = await stage.connect(stage.bob, { port: relay.port });
    await sender.send(letter(stage.alice, '1'));
    relay.holdUpstream();
    const swallowed = Promise.all(['2', '3', '4'].map((text) => sender.send(letter(stage.alice, text))));

    relay.cut();
    await sender.waitUntil(() => sender.endings.length === 1, 'the end');
    const { resumed } = await sender.open({ resume: true });
    const fifth = sender.send(letter(stage.alice, '5'));
    await swallowed;
    await fifth;
    await reader.waitUntil(() => texts(reader).length >= 5, 'five messages');

    expect(resumed).toBe(true);
    expect(texts(reader)).toEqual(numbered(5));
  });

  it('does not send again what arrived although its acknowledgement did not', async () => {
    const reader = await stage.connect(stage.alice);
    await reader.comeOnline();
    const sender = await stage.connect(stage.bob, { port: relay.port });
    relay.holdDownstream();
    const sent = sender.send(letter(stage.alice, '1'));
    await reader.waitUntil(() => texts(reader).length === 1, 'the message');

    relay.cut();
    await sender.waitUntil(() => sender.endings.length === 1, 'the end');
    await sender.open({ resume: true });
    await sent;
    await sender.send(letter(stage.alice, '2'));
    await reader.waitUntil(() => texts(reader).length >= 2, 'the second message');

    expect(texts(reader)).toEqual(['1', '2']);
  });

  it('binds anew when it is not to resume, and rejects first what was never acknowledged', async () => {
    const order: string[] = [];
    const sender = await stage.connect(stage.bob, { port: relay.port });
    relay.holdUpstream();
    const lost = sender.send(letter(stage.alice, '1')).catch((error: unknown) => {
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
    expect(await opening).toMatchObject({ jid: `${stage.bob}/bare`, resumed: false });
    expect(order).toEqual(['rejected', 'opened']);
  });

  it('is not connected between the reset and the next opening', async () => {
    const sender = await stage.connect(stage.bob, { port: relay.port });
    relay.holdUpstream();
    const question = ping(sender.link, 20_000);
    relay.cut();
    await sender.waitUntil(() => sender.endings.length === 1, 'the end');

    await expect(question).rejects.toMatchObject({ code: 'server-unreachable' });
    await expect(sender.send(letter(stage.alice, '1'))).rejects.toMatchObject({ code: 'not-connected' });
    expect(sender.link.isOpen).toBe(false);
  });

  it('drops the connection without a word when it is abandoned, and resumes afterwards', async () => {
    const sender = await stage.connect(stage.bob);
    const reader = await stage.connect(stage.alice);
    await reader.comeOnline();

    reader.link.abandon();
    await sender.send(letter(stage.alice, '1'));
    const { resumed } = await reader.open({ resume: true });
    await reader.waitUntil(() => texts(reader).length === 1, 'the message');

    expect(resumed).toBe(true);
    expect(reader.endings).toEqual([]);
  });
});
