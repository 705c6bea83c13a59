import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildPresence, buildSubscription } from '../../main/protocol/xmpp/rfc6121-presence.ts';
import { capsElement } from '../../main/protocol/xmpp/xep0115-caps.ts';
import { discoReply } from '../../main/protocol/xmpp/xep0030-disco.ts';
import {
  buildPublish,
  ensureNode,
  fetchItems,
  publishItem,
  withdrawItem,
} from '../../main/protocol/xmpp/xep0163-pep.ts';
import { ping } from '../../main/protocol/xmpp/xep0199-ping.ts';
import { element, elements } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { parseBareJid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { buildPublish as publishPayload } from '../../main/wire/xep0060-pubsub.ts';
import { connectBareClient } from '../support/bare-client.ts';
import type { BareClient } from '../support/bare-client.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const FORM = element('x', NS.form, { type: 'form' }, element('title', NS.form, {}, 'options'));
const PUBLISHED = { kind: 'items', items: [{ id: 'current', payload: FORM }] };

describe.each(BOTH_SERVERS)('published items (XEP-0163, profile 3.2 to 3.4) on %s', (_name, start) => {
  let server: TestServer;
  let alice: BareClient;
  let bob: BareClient;
  let accounts = 0;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    accounts += 1;
    for (const name of ['alice', 'bob']) await server.addUser(`${name}${accounts}`, 'secret');
    alice = await connectBareClient(server, `alice${accounts}`, { resource: 'pda' });
    bob = await connectBareClient(server, `bob${accounts}`, { iq: (payload) => discoReply(payload) });
    return async () => {
      await alice.close();
      await bob.close();
    };
  });

  /** Bob receives Alice's presence from now on. */
  async function letBobSee(): Promise<void> {
    await alice.comeOnline();
    await bob.comeOnline();
    await bob.send(buildSubscription('subscribe', alice.address));
    await alice.waitFor(({ attrs }) => attrs['type'] === 'subscribe', 'the request');
    await alice.send(buildSubscription('subscribed', bob.address));
    await bob.waitFor(({ attrs }) => attrs['from'] === `${alice.address}/pda`, 'her presence');
  }

  function item(id: string, payload?: Element): Element {
    return publishPayload(NS.offline, id, payload);
  }

  it('R-221 S-094 shows a subscriber what was published, while the owner is there and after she left', async () => {
    await letBobSee();
    await ensureNode(alice.link, NS.offline, 'presence');
    await publishItem(alice.link, NS.offline, 'current', FORM, { access: 'presence' });

    expect(await fetchItems(alice.link, undefined, NS.offline)).toEqual(PUBLISHED);
    expect(await fetchItems(bob.link, alice.address, NS.offline)).toEqual(PUBLISHED);
    await alice.close();
    await bob.waitFor(({ attrs }) => attrs['type'] === 'unavailable', 'her leaving');
    expect(await fetchItems(bob.link, alice.address, NS.offline)).toEqual(PUBLISHED);
  });

  it('refuses a stranger at a node for contacts, and lets anybody read an open one', async () => {
    for (const [node, access] of [
      [NS.offline, 'presence'],
      [NS.esession, 'open'],
    ] as const) {
      await ensureNode(alice.link, node, access);
      await publishItem(alice.link, node, 'current', FORM, { access });
    }

    expect(await fetchItems(bob.link, alice.address, NS.offline)).toMatchObject({ kind: 'refused' });
    expect(await fetchItems(bob.link, alice.address, NS.esession)).toEqual(PUBLISHED);
  });

  it('tells nothing apart from not knowing', async () => {
    await letBobSee();
    const nobody = parseBareJid(`nobody@${server.domain}`);
    await ensureNode(alice.link, NS.pubkey, 'presence');

    expect(await fetchItems(bob.link, alice.address, NS.pubkey)).toEqual({ kind: 'none' });
    expect(await fetchItems(bob.link, alice.address, NS.esession)).toEqual({ kind: 'none' });
    expect(['none', 'refused']).toContain((await fetchItems(bob.link, nobody, NS.offline)).kind);
    await bob.close();
    expect(await fetchItems(bob.link, alice.address, NS.offline)).toEqual({ kind: 'unknown', reason: 'not-connected' });
  });

  it('R-267 the un-publishing that XEP-0187 prints is refused and leaves the form where it was', async () => {
    await ensureNode(alice.link, NS.offline, 'presence');
    await publishItem(alice.link, NS.offline, 'current', FORM);

    await expect(alice.request({ type: 'set', payload: item('current') })).rejects.toMatchObject({
      condition: 'bad-request',
    });

    expect(await fetchItems(alice.link, undefined, NS.offline)).toEqual(PUBLISHED);
  });

  it('R-032 R-267 withdraws before any presence, and nobody but an asker can tell', async () => {
    await letBobSee();
    await bob.send(buildPresence({ caps: capsElement() }));
    await ensureNode(alice.link, NS.offline, 'presence');
    await publishItem(alice.link, NS.offline, 'current', FORM);
    await alice.close();
    await bob.waitFor(({ attrs }) => attrs['type'] === 'unavailable', 'her leaving');

    await alice.open();
    const outcome = await withdrawItem(alice.link, NS.offline);

    expect(outcome).toEqual({ kind: 'withdrawn' });
    expect(await fetchItems(bob.link, alice.address, NS.offline)).toEqual({ kind: 'none' });
    await ping(bob.link, 5_000);
    expect(bob.messages).toEqual([]);
  });

  it('takes an item that is gone already, or never was, for withdrawn', async () => {
    expect(await withdrawItem(alice.link, NS.offline)).toEqual({ kind: 'withdrawn' });
    await ensureNode(alice.link, NS.offline, 'presence');
    expect(await withdrawItem(alice.link, NS.offline)).toEqual({ kind: 'withdrawn' });
  });

  it('S-094 finds an item that somebody published under another id when it reads back, and retracts that too', async () => {
    await ensureNode(alice.link, NS.offline, 'presence');
    await alice.request({ type: 'set', payload: item('another', FORM) });

    expect(await withdrawItem(alice.link, NS.offline)).toEqual({ kind: 'withdrawn' });

    expect(await fetchItems(alice.link, undefined, NS.offline)).toEqual({ kind: 'none' });
  });

  it('replaces the one item, and tells a watcher nothing of all that', async () => {
    await letBobSee();
    await bob.send(buildPresence({ caps: capsElement() }));
    await ensureNode(alice.link, NS.offline, 'presence');

    await publishItem(alice.link, NS.offline, 'current', element('x', NS.form, { type: 'form' }));
    await publishItem(alice.link, NS.offline, 'current', FORM);
    await withdrawItem(alice.link, NS.offline);
    await publishItem(alice.link, NS.offline, 'current', FORM);

    expect(await fetchItems(bob.link, alice.address, NS.offline)).toEqual(PUBLISHED);
    await ping(bob.link, 5_000);
    expect(bob.messages).toEqual([]);
  });

  it('a form comes back as the same tree, whatever the server does to its text', async () => {
    const text = ' "quoted" \'twice\' <&> é 𝄞 \u00a0\u200b ';
    const value = element('value', NS.form, {}, text);
    const field = element('field', NS.form, { var: 'a', type: 'hidden', label: '<">&\'' }, value);
    const form = element('x', NS.form, { type: 'form' }, ' ', field, '\n ');
    await ensureNode(alice.link, NS.offline, 'presence');

    await publishItem(alice.link, NS.offline, 'current', form);

    expect(await fetchItems(alice.link, undefined, NS.offline)).toEqual({
      kind: 'items',
      items: [{ id: 'current', payload: form }],
    });
  });

  it('an answer is an element of the stanza the caller sees', async () => {
    const answer = await alice.request({ type: 'set', payload: buildPublish(NS.offline, 'current', FORM) });

    expect(answer).toMatchObject({ name: 'iq', attrs: { type: 'result' } });
    expect(elements(answer).every(({ name }) => name === 'pubsub')).toBe(true);
  });
});
