import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accountFeatures, ensureNode, fetchItems, publishItem } from '../../main/protocol/xmpp/xep0163-pep.ts';
import type { NodeAccess } from '../../main/protocol/xmpp/xep0163-pep.ts';
import { element, elements } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { fieldOf } from '../../main/wire/xep0004-data-form.ts';
import {
  buildConfigure,
  buildConfigureRequest,
  buildCreate,
  buildPublish,
  readConfigure,
} from '../../main/wire/xep0060-pubsub.ts';
import { connectBareClient } from '../support/bare-client.ts';
import type { BareClient } from '../support/bare-client.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const FORM = element('x', NS.form, { type: 'form' }, element('title', NS.form, {}, 'options'));

describe.each(BOTH_SERVERS)('ensureNode (XEP-0163, profile 3.1) on %s', (_name, start) => {
  let server: TestServer;
  let alice: BareClient;
  let accounts = 0;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    accounts += 1;
    await server.addUser(`alice${accounts}`, 'secret');
    alice = await connectBareClient(server, `alice${accounts}`);
    return () => alice.close();
  });

  async function configOf(node: string): Promise<Readonly<Record<string, string | undefined>>> {
    const [payload] = elements(await alice.request({ type: 'get', payload: buildConfigureRequest(node) }));
    const form = readConfigure(payload);
    const value = (name: string): string | undefined => fieldOf(form, `pubsub#${name}`)?.values[0];
    return {
      access: value('access_model'),
      maxItems: value('max_items'),
      persists: value('persist_items'),
      notifies: value('deliver_notifications'),
      sendsLast: value('send_last_published_item'),
    };
  }

  function isNo(value: string | undefined): boolean {
    return value === '0' || value === 'false';
  }

  it.each<[string, NodeAccess]>([
    [NS.offline, 'presence'],
    [NS.esession, 'presence'],
    [NS.esession, 'open'],
    [NS.pubkey, 'whitelist'],
  ])(
    'R-013 R-015 S-093 makes the missing node %s with access %s, one item, and nothing pushed',
    async (node, access) => {
      const outcome = await ensureNode(alice.link, node, access);

      const config = await configOf(node);
      expect(outcome).toEqual({ kind: 'ready' });
      expect(config).toMatchObject({ access, maxItems: '1', sendsLast: 'never' });
      expect(isNo(config['notifies'])).toBe(true);
      expect(isNo(config['persists'])).toBe(false);
    },
  );

  it('makes its node also while other accounts make theirs', async () => {
    const names = Array.from({ length: 8 }, (_, at) => `other${accounts}x${at}`);
    for (const name of names) await server.addUser(name, 'secret');
    const others = await Promise.all(names.map((name) => connectBareClient(server, name)));

    const outcomes = await Promise.all(others.map(({ link }) => ensureNode(link, NS.pubkey, 'presence')));

    expect(outcomes).toEqual(others.map(() => ({ kind: 'ready' })));
    await Promise.all(others.map((other) => other.close()));
  });

  it('S-093 corrects a node that someone has made open to everybody before', async () => {
    await alice.request({ type: 'set', payload: buildCreate(NS.offline, { 'pubsub#access_model': 'open' }) });

    const outcome = await ensureNode(alice.link, NS.offline, 'presence');

    expect(outcome).toEqual({ kind: 'ready' });
    expect(await configOf(NS.offline)).toMatchObject({ access: 'presence', maxItems: '1', sendsLast: 'never' });
  });

  it('S-093 finds out that the server took the printed creation form and ignored its fields, and corrects that', async () => {
    await alice.request({ type: 'set', payload: printedCreation() }).catch(() => undefined);

    const outcome = await ensureNode(alice.link, NS.esession, 'open');

    expect(outcome).toEqual({ kind: 'ready' });
    expect(await configOf(NS.esession)).toMatchObject({ access: 'open', maxItems: '1' });
  });

  it('changes the access of a node that holds an item, and back', async () => {
    await ensureNode(alice.link, NS.esession, 'presence');
    await publishItem(alice.link, NS.esession, 'current', FORM);

    expect(await ensureNode(alice.link, NS.esession, 'open')).toEqual({ kind: 'ready' });
    expect(await configOf(NS.esession)).toMatchObject({ access: 'open' });
    expect(await ensureNode(alice.link, NS.esession, 'presence')).toEqual({ kind: 'ready' });
    expect(await configOf(NS.esession)).toMatchObject({ access: 'presence' });
    expect(await fetchItems(alice.link, undefined, NS.esession)).toMatchObject({ kind: 'items' });
  });

  it('finds PEP and publish-options in what the server says of the account', async () => {
    expect(await accountFeatures(alice.link)).toMatchObject({ pep: true, publishOptions: true });
  });

  it('a condition on access keeps an item from a node that was opened meanwhile, until the node is corrected', async () => {
    await ensureNode(alice.link, NS.offline, 'presence');
    const open = buildConfigure(NS.offline, { 'pubsub#access_model': 'open' });
    await alice.request({ type: 'set', payload: open });

    const direct = alice.request({ type: 'set', payload: buildPublish(NS.offline, 'current', FORM, 'presence') });
    await expect(direct).rejects.toMatchObject({ code: 'stanza-error', details: ['precondition-not-met'] });
    expect(await fetchItems(alice.link, undefined, NS.offline)).toEqual({ kind: 'none' });
    await publishItem(alice.link, NS.offline, 'current', FORM, { access: 'presence' });

    expect(await configOf(NS.offline)).toMatchObject({ access: 'presence' });
    expect(await fetchItems(alice.link, undefined, NS.offline)).toMatchObject({
      kind: 'items',
      items: [{ id: 'current' }],
    });
  });
});

describe.each(BOTH_SERVERS)('an account without PEP on %s', (_name, start) => {
  it('is found out from its identity, and no node is fit', async () => {
    const server = await start({ pep: false });
    await server.addUser('alice', 'secret');
    try {
      const alice = await connectBareClient(server, 'alice');

      const { pep } = await accountFeatures(alice.link);
      const outcome = await ensureNode(alice.link, NS.offline, 'presence');

      expect(pep).toBe(false);
      expect(outcome).toEqual({ kind: 'unfit', missing: ['pubsub#access_model'] });
      await alice.close();
    } finally {
      await server.stop();
    }
  });
});

/** XEP-0187's own listing: `type='form'` and options instead of values. */
function printedCreation(): Element {
  const field = (name: string, value: string): Element =>
    element('field', NS.form, { var: name }, element('option', NS.form, {}, element('value', NS.form, {}, value)));
  const form = element(
    'x',
    NS.form,
    { type: 'form' },
    element('field', NS.form, { var: 'FORM_TYPE', type: 'hidden' }, element('value', NS.form, {}, NS.nodeConfig)),
    field('pubsub#access_model', 'open'),
    field('pubsub#deliver_notifications', '0'),
  );
  return element(
    'pubsub',
    NS.pubsub,
    {},
    element('create', NS.pubsub, { node: NS.esession }),
    element('configure', NS.pubsub, {}, form),
  );
}
