import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leave, seesAway, startPair, textsOf, type TestMessenger } from '../support/messengers.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const PASSPHRASE = 'correct horse battery';

describe.each(BOTH_SERVERS)('the own signing key on %s', (_name, start) => {
  let server: TestServer;
  let alice: TestMessenger;
  let bob: TestMessenger;
  let exported: string;

  beforeAll(async () => {
    server = await start();
    [alice, bob] = await startPair(server, ['alice', 'bob']);
    await bob.call('sessions.start', { address: alice.address });
  });
  afterAll(async () => {
    await Promise.all([alice.remove(), bob.remove()]);
    await server.stop();
  });

  const stateOfAlice = async (): Promise<string> => {
    const { state, key } = await bob.call('contacts.refresh', { address: alice.address });
    return `${state} ${key?.trust ?? ''}`;
  };

  it('S-061 leaves under a passphrase, and comes back with it alone', async () => {
    const before = await alice.call('keys.own', {});
    ({ text: exported } = await alice.call('keys.export', { passphrase: PASSPHRASE }));
    expect(exported).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    const wrong = alice.call('keys.import', { text: exported, passphrase: 'another horse' });
    await expect(wrong).rejects.toMatchObject({ code: 'wrong-password' });
    const junk = alice.call('keys.import', { text: 'no key', passphrase: PASSPHRASE });
    await expect(junk).rejects.toMatchObject({ code: 'invalid-params' });
    expect(await alice.call('keys.own', {})).toEqual(before);
  });

  it('R-053 is replaced on demand: sessions end, and contacts wait until they have decided', async () => {
    const before = await alice.call('keys.own', {});
    const after = await alice.call('keys.replace', {});
    expect(after.fingerprint).not.toBe(before.fingerprint);
    await bob.until('the end of the session', async () => {
      return (await bob.call('sessions.of', { address: alice.address })) === null;
    });
    await leave(alice);
    await bob.until('the changed key', async () => (await stateOfAlice()) === 'C8 changed');
    const held = await bob.call('messages.send', { to: alice.address, text: 'is it you?' });
    expect(held).toMatchObject({ state: 'held', badge: 'O6' });
    const decision = { address: alice.address, fingerprint: after.fingerprint, decision: 'accepted' } as const;
    await bob.call('keys.decide', decision);
    await seesAway(bob, alice);
    await bob.until('the letter', async () => {
      const messages = await bob.call('messages.list', { with: alice.address });
      return messages.every(({ state }) => state === 'sent');
    });
    await alice.call('leaving.comeBack', {});
    await alice.until('the letter', async () => (await textsOf(alice, bob.address)).includes('is it you?'));
  });

  it('S-061 takes an exported key in its place: the one that contacts had before', async () => {
    const { fingerprint } = await alice.call('keys.import', { text: exported, passphrase: PASSPHRASE });
    const known = await bob.call('keys.of', { address: alice.address });
    expect(known.map((key) => key.fingerprint)).toContain(fingerprint);
    expect((await alice.call('keys.own', {})).fingerprint).toBe(fingerprint);
  });
});
