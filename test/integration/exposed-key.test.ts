import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IqRequest, LinkFactory } from '../../main/protocol/xmpp/link.ts';
import { fetchItems } from '../../main/protocol/xmpp/xep0163-pep.ts';
import { elements, type Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { connectBareClient } from '../support/bare-client.ts';
import { PASSWORD, startMessenger, type TestMessenger } from '../support/messengers.ts';
import { withValues } from '../support/offline-exchange.ts';
import { startProsody } from '../support/servers/prosody.ts';
import type { TestServer } from '../support/servers/test-server.ts';

/** From here on the server says that anyone may read the node of the backup key, and takes no other configuration. */
let isOpen = false;

const opening: (factory: LinkFactory) => LinkFactory = (factory) => (options, handlers) => {
  const link = factory(options, handlers);
  const request = link.request.bind(link);
  link.request = async (asked) => {
    if (!isOpen || !isConfigurationOf(asked, NS.esession)) return request(asked);
    return asked.type === 'set' ? request({ ...asked, type: 'get' }) : openTo(await request(asked));
  };
  return link;
};

function isConfigurationOf({ payload }: IqRequest, node: string): boolean {
  const [action] = elements(payload);
  return payload.ns === NS.pubsubOwner && action?.name === 'configure' && action.attrs['node'] === node;
}

/** The answer with another access: iq, pubsub, configure, form. */
function openTo(answer: Element, depth = 0): Element {
  if (answer.name === 'x') return withValues(answer, 'pubsub#access_model', ['open']);
  return {
    ...answer,
    children: answer.children.map((part) => (typeof part === 'string' || depth > 3 ? part : openTo(part, depth + 1))),
  };
}

describe('a server that lets more people read the backup key than were chosen (ux.md E12)', () => {
  let server: TestServer;
  let alice: TestMessenger;

  beforeAll(async () => {
    server = await startProsody();
    alice = await startMessenger(server, 'alice', { wrapLink: opening });
    return async () => {
      await alice.remove();
      await server.stop();
    };
  });
  afterAll(() => {
    isOpen = false;
  });

  it('S-093 does not keep the key: it is withdrawn, and the user is told', async () => {
    await alice.signIn();
    const hasBackup = async () => (await alice.call('leaving.state', {})).backupKey?.confirmed === true;
    await alice.until('a backup key', hasBackup);
    await alice.call('leaving.leaveNow', {});
    isOpen = true;
    await alice.call('leaving.comeBack', {});
    const isTold = () => alice.payloads('alerts.raised').some(({ code }) => code === 'key-exposed');
    await alice.until('the alert', isTold);

    expect((await alice.call('leaving.state', {})).backupKey).toBeUndefined();
    const other = await connectBareClient(server, 'alice', { password: PASSWORD });
    const shown = await fetchItems(other.link, undefined, NS.esession);
    await other.close();
    expect(shown.kind === 'items' ? shown.items : []).toEqual([]);
  });
});
