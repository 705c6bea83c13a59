import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../preload/contract.ts';
import { startPair, type TestMessenger } from '../support/messengers.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe.each(BOTH_SERVERS)('codes to compare and names to give, on %s', (_name, start) => {
  let server: TestServer;
  let alice: TestMessenger;
  let bob: TestMessenger;

  beforeAll(async () => {
    server = await start();
    [alice, bob] = await startPair(server, ['alice', 'bob']);
  });
  afterAll(async () => {
    await Promise.all([alice.remove(), bob.remove()]);
    await server.stop();
  });

  const talk = (): Promise<Session> => alice.call('sessions.start', { address: bob.address });
  const part = async (): Promise<void> => {
    await alice.call('sessions.end', { address: bob.address });
    await bob.until('the end', async () => (await bob.call('sessions.of', { address: alice.address })) === null);
  };
  const keyOfBob = async () => {
    const [key] = await alice.call('keys.of', { address: bob.address });
    if (key === undefined) throw new TypeError('no key');
    return key;
  };

  it('R-110 asks both to compare the code of their first session', async () => {
    expect(await talk()).toMatchObject({ compare: true });
    await bob.until('his', async () => (await bob.call('sessions.of', { address: alice.address }))?.compare === true);
  });

  it('R-111 asks again in each session, until it is dismissed for good or compared', async () => {
    await part();
    expect(await talk()).toMatchObject({ compare: true });
    expect(await alice.call('sessions.dismissReminder', { address: bob.address })).toMatchObject({ compare: false });
    await part();
    expect(await talk()).toMatchObject({ compare: false, verified: false });
    const his = await bob.call('sessions.of', { address: alice.address });
    expect(his).toMatchObject({ compare: true });
    await bob.call('sessions.confirmSpokenCode', { address: alice.address, matches: true });
    expect(await bob.call('sessions.of', { address: alice.address })).toMatchObject({ compare: false, verified: true });
  });

  it('R-133 shows the whole fingerprint of a key, the one its owner shows as well', async () => {
    const { fingerprint, safetyCode } = await bob.call('keys.own', {});
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(await keyOfBob()).toMatchObject({ fingerprint, safetyCode });
  });

  it('R-138 keeps a name with the key, which no other key of that address has', async () => {
    const { fingerprint } = await keyOfBob();
    const given = { address: bob.address, fingerprint, petname: 'Bob from the boat' };
    expect(await alice.call('keys.setPetname', given)).toMatchObject({ petname: 'Bob from the boat' });
    await alice.quit();
    await alice.start();
    await alice.signIn();
    const isNamed = ({ address, petname }: { readonly address: string; readonly petname?: string }): boolean =>
      address === bob.address && petname === 'Bob from the boat';
    expect((await alice.call('contacts.list', {})).some(isNamed)).toBe(true);
    expect(await keyOfBob()).toMatchObject({ petname: 'Bob from the boat' });
    await bob.call('keys.replace', {});
    await alice.until('him being here', async () =>
      (await alice.call('contacts.list', {})).some(
        ({ address, presence }) => address === bob.address && presence === 'here',
      ),
    );
    await talk().catch(() => undefined);
    const contact = (await alice.call('contacts.list', {})).find(({ address }) => address === bob.address);
    expect(contact).toMatchObject({ key: { trust: 'changed' } });
    expect(contact?.petname).toBeUndefined();
  });
});
