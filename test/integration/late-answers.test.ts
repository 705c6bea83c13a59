import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchItems } from '../../main/protocol/xmpp/xep0163-pep.ts';
import type { LinkFactory } from '../../main/protocol/xmpp/link.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { connectBareClient } from '../support/bare-client.ts';
import { PASSWORD, leave, startMessenger, type TestMessenger } from '../support/messengers.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';
import { isAboutNode, silentAbout } from '../support/silent-server.ts';

describe.each(BOTH_SERVERS)('a server that answers late or never (profile 6.2) on %s', (_name, start) => {
  let server: TestServer;
  let accounts = 0;
  const open: TestMessenger[] = [];

  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    for (const messenger of open) await messenger.remove();
    await server.stop();
  });

  /** Signed in, with her backup key out. */
  async function newAlice(
    wrapLink: (factory: LinkFactory) => LinkFactory = (factory) => factory,
  ): Promise<TestMessenger> {
    accounts += 1;
    const alice = await startMessenger(server, `alice${accounts}`, { wrapLink });
    open.push(alice);
    await alice.signIn();
    await alice.until('keys', async () => (await alice.call('leaving.state', {})).backupKey?.confirmed === true);
    return alice;
  }

  async function hasForm(alice: TestMessenger, node: string): Promise<boolean> {
    const [name = ''] = alice.address.split('@');
    const client = await connectBareClient(server, name, { password: PASSWORD, resource: 'look' });
    const items = await fetchItems(client.link, undefined, node);
    await client.close();
    return items.kind === 'items' && items.items.some(({ payload }) => payload !== undefined);
  }

  it('holds nobody up who writes when the end of the backlog is not told, and the stream holds', async () => {
    const [silence, wrapLink] = silentAbout(({ payload }) => payload.ns === NS.ping, true);
    const alice = await newAlice(wrapLink);
    await leave(alice);
    silence.isSilent = true;
    await alice.call('leaving.comeBack', {});
    const to = `nobody@${server.domain}`;
    await alice.call('messages.send', { to, text: 'is anybody there?' });
    await alice.until('the decision', async () => {
      const messages = await alice.call('messages.list', { with: to });
      return messages.every(({ state }) => state === 'held');
    });
  });

  it('S-055 destroys every offline key by hand and takes both sets back', async () => {
    const alice = await newAlice();
    const { backupKey } = await alice.call('leaving.destroyKeys', {});
    expect(backupKey).toBeUndefined();
    expect(await hasForm(alice, NS.esession)).toBe(false);
  });

  it('S-055 takes back later what the server kept while its keys were destroyed by hand', async () => {
    const [silence, wrapLink] = silentAbout(isAboutNode(NS.esession), false);
    const alice = await newAlice(wrapLink);
    silence.isSilent = true;
    await expect(alice.call('leaving.setPolicy', { whoMayWrite: 'nobody' })).rejects.toThrow();
    await alice.call('leaving.destroyKeys', {});
    expect(await hasForm(alice, NS.esession)).toBe(true);
    silence.isSilent = false;
    alice.clock.setOffset(61_000, true);
    await alice.until('nothing out', async () => !(await hasForm(alice, NS.esession)));
  });

  it('S-055 takes back at sign-in what was out when its keys were destroyed by hand without a connection', async () => {
    const alice = await newAlice();
    await leave(alice);
    await alice.call('leaving.setPolicy', { whoMayWrite: 'nobody' });
    await alice.call('leaving.destroyKeys', {});
    expect(await hasForm(alice, NS.esession)).toBe(true);
    await alice.call('leaving.comeBack', {});
    expect(await hasForm(alice, NS.offline)).toBe(false);
    await alice.until('nothing out', async () => !(await hasForm(alice, NS.esession)));
  });

  it('counts one backup set as out behind a publish whose answer never came, and the former ones as replaced', async () => {
    const [silence, wrapLink] = silentAbout(isAboutNode(NS.esession), true);
    const alice = await newAlice(wrapLink);
    silence.isSilent = true;
    await expect(alice.call('leaving.renewBackupKey', {})).rejects.toThrow();
    silence.isSilent = false;
    await alice.call('leaving.renewBackupKey', {});
    const { text } = await alice.call('diagnostics.report', {});
    expect(text.split('\n').filter((line) => line.includes('set: open '))).toEqual([
      'published set: open superseded: 2',
      'published set: open published: 1',
    ]);
  });
});
