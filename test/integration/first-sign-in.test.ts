import { afterEach, describe, expect, it } from 'vitest';
import { NS } from '../../main/wire/namespaces.ts';
import { parseElement } from '../../main/wire/xml-parser.ts';
import { connectBareClient } from '../support/bare-client.ts';
import { letter } from '../support/bare-letters.ts';
import { PASSWORD, leave, startMessenger, textsOf } from '../support/messengers.ts';
import type { TestMessenger } from '../support/messengers.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

let server: TestServer;
let alice: TestMessenger;

afterEach(async () => {
  await alice.remove();
  await server.stop();
});

describe.each(BOTH_SERVERS)('what waits at a sign-in, on %s with an archive', (_name, start) => {
  // Prosody hands nothing out to a session that has asked the archive for anything.
  it('L-001 brings what waited before the profile was made', async () => {
    server = await start({ archive: true });
    for (const name of ['alice', 'bob']) await server.addUser(name, PASSWORD);
    const bob = await connectBareClient(server, 'bob', { password: PASSWORD });
    await bob.send(letter(`alice@${server.domain}`, 'waiting for you'));
    await bob.close();

    alice = await startMessenger(server, 'alice', { hasAccount: true });
    await alice.signIn();
    await alice.until('the message', async () => (await textsOf(alice, bob.address)).length > 0);

    expect(await textsOf(alice, bob.address)).toEqual(['waiting for you']);
  });

  it('L-001 brings what waits although the archive was told to leave it out', async () => {
    server = await start({ archive: true });
    for (const name of ['alice', 'bob']) await server.addUser(name, PASSWORD);
    alice = await startMessenger(server, 'alice', { hasAccount: true });
    await alice.signIn();
    await leave(alice);
    const owner = await connectBareClient(server, 'alice', { password: PASSWORD, resource: 'look' });
    const payload = parseElement(`<prefs xmlns='${NS.archive}' default='never'><always/><never/></prefs>`);
    await owner.request({ type: 'set', payload });
    await owner.close();
    const bob = await connectBareClient(server, 'bob', { password: PASSWORD });
    await bob.send(letter(`alice@${server.domain}`, 'kept nowhere else'));
    await bob.close();

    await alice.call('leaving.comeBack', {});
    await alice.until('the message', async () => (await textsOf(alice, bob.address)).length > 0);

    expect(await textsOf(alice, bob.address)).toEqual(['kept nowhere else']);
  });
});
