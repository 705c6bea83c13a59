import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PresenceTable, buildPresence, buildSubscription } from '../../main/protocol/xmpp/rfc6121-presence.ts';
import {
  fetchRoster,
  parseRosterPush,
  removeRosterItem,
  setRosterItem,
} from '../../main/protocol/xmpp/rfc6121-roster.ts';
import type { RosterItem } from '../../main/protocol/xmpp/rfc6121-roster.ts';
import {
  discoReply,
  fetchAnnounced,
  fetchDiscoInfo,
  ownFeatures,
  serverHasAmp,
} from '../../main/protocol/xmpp/xep0030-disco.ts';
import { capsElement, readCaps } from '../../main/protocol/xmpp/xep0115-caps.ts';
import { blockAddress, fetchBlockList, unblockAddress } from '../../main/protocol/xmpp/xep0191-blocking.ts';
import { fetchServerTime } from '../../main/protocol/xmpp/xep0202-time.ts';
import { element } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { parseBareJid, parseJid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { connectBareClient } from '../support/bare-client.ts';
import type { BareClient } from '../support/bare-client.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe.each(BOTH_SERVERS)('contacts (RFC 6121) on %s', (_name, start) => {
  let server: TestServer;
  let alice: BareClient;
  let bob: BareClient;
  let pushes: RosterItem[] = [];
  let accounts = 0;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    accounts += 1;
    pushes = [];
    for (const name of ['alice', 'bob']) await server.addUser(`${name}${accounts}`, 'secret');
    alice = await connectBareClient(server, `alice${accounts}`, { resource: 'pda', iq: takePush });
    bob = await connectBareClient(server, `bob${accounts}`, { iq: (payload) => discoReply(payload) });
    return async () => {
      await alice.close();
      await bob.close();
    };
  });

  function takePush(payload: Element): 'empty' | undefined {
    const item = parseRosterPush(payload);
    if (item === undefined) return undefined;
    pushes.push(item);
    return 'empty';
  }

  async function befriend(): Promise<void> {
    for (const client of [alice, bob]) {
      await fetchRoster(client.link);
      await client.comeOnline(buildPresence({ caps: capsElement() }));
    }
    await alice.send(buildSubscription('subscribe', bob.address));
    await bob.waitFor(({ attrs }) => attrs['type'] === 'subscribe', 'the request');
    await bob.send(buildSubscription('subscribed', alice.address));
    await bob.send(buildSubscription('subscribe', alice.address));
    await alice.waitFor(({ attrs }) => attrs['type'] === 'subscribe', 'the request in return');
    await alice.send(buildSubscription('subscribed', bob.address));
    await alice.waitFor(({ attrs }) => attrs['from'] === `${bob.address}/bare`, 'his presence');
    await bob.waitFor(({ attrs }) => attrs['from'] === `${alice.address}/pda`, 'her presence');
  }

  it('keeps a roster: set, named, pushed, read, removed', async () => {
    expect(await fetchRoster(alice.link)).toEqual([]);

    await setRosterItem(alice.link, bob.address, 'Bob <&> Co');
    const kept = { jid: bob.address, name: 'Bob <&> Co', subscription: 'none', ask: false };
    expect(await fetchRoster(alice.link)).toEqual([kept]);
    await removeRosterItem(alice.link, bob.address);

    expect(await fetchRoster(alice.link)).toEqual([]);
    expect(pushes).toEqual([kept, expect.objectContaining({ jid: bob.address, subscription: 'remove' })]);
  });

  it('subscribes in both directions, and tells who comes and goes', async () => {
    await befriend();
    const table = new PresenceTable();
    for (const stanza of alice.received) table.apply(stanza);

    expect(await fetchRoster(alice.link)).toEqual([{ jid: bob.address, subscription: 'both', ask: false }]);
    expect(table.resources(bob.address)).toMatchObject([{ resource: 'bare', priority: 0 }]);
    const { received } = alice;
    const before = received.length;
    await bob.close();
    await alice.waitUntil(() => received.slice(before).some(isLeaving), 'his leaving');
    for (const stanza of received.slice(before)) table.apply(stanza);
    expect(table.resources(bob.address)).toEqual([]);
  });

  it('R-253 R-254 a contact finds our features by what our presence announces, and can prove them', async () => {
    await befriend();
    const presence = await alice.waitFor(({ attrs }) => attrs['from'] === `${bob.address}/bare`, 'his presence');
    const caps = readCaps(presence);
    const jid = parseJid(`${bob.address}/bare`);

    if (caps === undefined) throw new Error('nothing is announced');
    const { info, isProven } = await fetchAnnounced(alice.link, jid, caps);

    expect(isProven).toBe(true);
    expect(info.features).toEqual(ownFeatures());
    expect((await fetchDiscoInfo(alice.link, jid)).features).toEqual(ownFeatures());
  });

  it('R-229 the node of SHIM says which headers are understood', async () => {
    await befriend();

    const info = await fetchDiscoInfo(alice.link, parseJid(`${bob.address}/bare`), NS.shim);

    expect(info.features).toEqual([`${NS.shim}#Created`]);
  });

  it('answers service-unavailable to a question it does not know', async () => {
    await befriend();
    const unknown = {
      type: 'get',
      to: parseJid(`${bob.address}/bare`),
      payload: element('query', 'urn:unknown'),
    } as const;

    await expect(alice.request(unknown)).rejects.toMatchObject({ condition: 'service-unavailable' });
  });

  it('blocks and unblocks an address', async () => {
    await befriend();
    const message = element(
      'message',
      NS.client,
      { to: alice.address, type: 'chat' },
      element('body', NS.client, {}, 'x'),
    );

    expect(await fetchBlockList(alice.link)).toEqual([]);
    await blockAddress(alice.link, bob.address);
    expect(await fetchBlockList(alice.link)).toEqual([bob.address]);
    await bob.send(message);
    expect(alice.messages).toEqual([]);
    await unblockAddress(alice.link, bob.address);
    expect(await fetchBlockList(alice.link)).toEqual([]);
    await bob.send(message);
    await alice.waitUntil(() => alice.messages.length > 0, 'the message');

    expect(alice.messages).toHaveLength(1);
  });

  it('finds that these servers do not act on AMP rules', async () => {
    expect(await serverHasAmp(alice.link, parseJid(server.domain))).toBe(false);
  });

  it('asks the server for the time', async () => {
    const time = await fetchServerTime(alice.link, alice.address);

    // The same machine: more than a minute apart means that it was read wrongly.
    expect(Math.abs((time?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('an address that is nobody gets no answer but an error', async () => {
    const nobody = parseBareJid(`nobody@${server.domain}`);

    await expect(fetchDiscoInfo(alice.link, nobody)).rejects.toMatchObject({ code: 'stanza-error' });
  });
});

function isLeaving({ name, attrs }: Element): boolean {
  return name === 'presence' && attrs['type'] === 'unavailable';
}
