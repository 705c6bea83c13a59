import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message, Session } from '../../preload/contract.ts';
import { befriendAccounts, startAccount, type HostedAccount } from '../support/hosted-account.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

/** Mallory passes on what one of her hosts hears: the other says it, under the same name. */
async function passOn(heardBy: HostedAccount, from: HostedAccount, saidBy: HostedAccount, to: HostedAccount) {
  const fits = (message: Message): boolean => message.direction === 'in' && message.with === from.address;
  const { text } = await heardBy.host.waitFor('messages.added', fits);
  await saidBy.call('messages.send', { to: to.address, text: text ?? '' });
}

describe.each(BOTH_SERVERS)('somebody between two people, on two times %s', (_name, start) => {
  // Each of the two thinks that there is one server. Mallory has both, and an account of each person on the other's.
  const servers: TestServer[] = [];
  const hosts: HostedAccount[] = [];
  let alice: HostedAccount;
  let bob: HostedAccount;
  let asBob: HostedAccount;
  let asAlice: HostedAccount;

  beforeAll(async () => {
    const [near, far] = [await start(), await start()];
    servers.push(near, far);
    [alice, asBob] = await Promise.all([startAccount(near, 'alice'), startAccount(near, 'bob')]);
    [bob, asAlice] = await Promise.all([startAccount(far, 'bob'), startAccount(far, 'alice')]);
    hosts.push(alice, asBob, bob, asAlice);
    await Promise.all([befriendAccounts(alice, asBob), befriendAccounts(bob, asAlice)]);
  });
  afterAll(async () => {
    for (const host of hosts) await host.remove();
    for (const server of servers) await server.stop();
  });

  const sessionOf = async (one: HostedAccount, other: string): Promise<Session> => {
    await one.host.waitUntil('sessions.of', { address: other }, (session) => session?.kind === 'live');
    const session = await one.call('sessions.of', { address: other });
    if (session === null) throw new TypeError('no session');
    return session;
  };

  it('S-026 goes unseen while nobody compares: texts arrive both ways, and are called not verified', async () => {
    await alice.call('messages.send', { to: bob.address, text: 'is it you?' });
    await passOn(asBob, alice, asAlice, bob);
    await bob.host.waitFor('messages.added', ({ text }) => text === 'is it you?');
    await bob.call('messages.send', { to: alice.address, text: 'who else' });
    await passOn(asAlice, bob, asBob, alice);
    const heard = await alice.host.waitFor('messages.added', ({ text }) => text === 'who else');
    expect(heard).toMatchObject({ badge: 'I2', details: { session: 'live', senderVerified: false } });
  });

  it('S-026 is noticed by the spoken codes, which are unequal, and by the keys', async () => {
    const [hers, his] = [await sessionOf(alice, bob.address), await sessionOf(bob, alice.address)];
    expect(hers.spokenCode).toMatch(/^[acdefghikmopqruvwxy1-9]{5}$/);
    expect(hers.spokenCode).not.toBe(his.spokenCode);
    // Each code is the one that Mallory sees on her side of it: nothing else went wrong.
    expect((await sessionOf(asBob, alice.address)).spokenCode).toBe(hers.spokenCode);
    expect((await sessionOf(asAlice, bob.address)).spokenCode).toBe(his.spokenCode);
    expect(hers.peerFingerprint).not.toBe((await bob.call('keys.own', {})).fingerprint);
    expect(his.peerFingerprint).not.toBe((await alice.call('keys.own', {})).fingerprint);
  });

  it('S-026 S-042 and then nothing more is sent, by either, until somebody decides', async () => {
    for (const [one, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      const contact = await one.call('sessions.confirmSpokenCode', { address: other.address, matches: false });
      expect(contact).toMatchObject({ state: 'C8', key: { trust: 'changed' } });
      const held = await one.call('messages.send', { to: other.address, text: 'not for Mallory' });
      expect(held).toMatchObject({ state: 'held', badge: 'O6' });
    }
    for (const [mallory, victim] of [
      [asBob, alice],
      [asAlice, bob],
    ] as const) {
      const texts = (await mallory.messagesWith(victim.address)).map(({ text }) => text);
      expect(texts).not.toContain('not for Mallory');
    }
  });
});
