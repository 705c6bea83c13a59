import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAliceAndBob, type HostedAccount } from '../support/hosted-account.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const LONG_MS = 60_000;

describe.each(BOTH_SERVERS)('someone who vanishes from a live session, on %s', (_name, start) => {
  let server: TestServer;
  let alice: HostedAccount;
  let bob: HostedAccount;

  beforeAll(async () => {
    server = await start();
    [alice, bob] = await startAliceAndBob(server);
  });
  afterAll(async () => {
    await alice.remove();
    await bob.remove();
    await server.stop();
  });

  it('R-205 R-001 L-001 gets what she did not confirm as letters for her backup key', async () => {
    await alice.readyToLeave();
    await bob.call('sessions.start', { address: alice.address });
    await bob.call('messages.send', { to: alice.address, text: 'are you there?' });
    await bob.host.waitFor('messages.changed', ({ state }) => state === 'delivered');
    await alice.host.kill();
    const unheard = await bob.call('messages.send', { to: alice.address, text: 'hello?' });
    expect(unheard).toMatchObject({ state: 'sent', badge: 'O1' });
    await bob.seesAway(alice, ['C4']);
    await bob.host.waitFor('messages.changed', ({ id, badge }) => id === unheard.id && badge === 'O3', LONG_MS);
    expect(await bob.call('sessions.of', { address: alice.address })).toMatchObject({ kind: 'backup' });

    await alice.startAndSignIn();
    await alice.host.waitUntil(
      'messages.list',
      { with: bob.address },
      (messages) => messages.filter(({ text }) => text === 'hello?').length === 1,
      LONG_MS,
    );
    await bob.host.waitFor('messages.changed', ({ id, state }) => id === unheard.id && state === 'delivered', LONG_MS);
  });
});
