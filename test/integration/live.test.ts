import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message, Session } from '../../preload/contract.ts';
import { judge, NOTHING_WRONG, sendAll, textsFor } from '../support/letters.ts';
import { startAliceAndBob, type HostedAccount } from '../support/hosted-account.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

const LONG_MS = 60_000;

/** Waits until everything that was written to the other is confirmed. */
async function delivered(writer: HostedAccount, reader: HostedAccount): Promise<void> {
  const isOpen = ({ direction, state }: Message): boolean => direction === 'out' && state !== 'delivered';
  for (const { id } of (await writer.messagesWith(reader.address)).filter(isOpen)) {
    await writer.host.waitFor('messages.changed', (message) => message.id === id && !isOpen(message), LONG_MS);
  }
}

const badgesOf = (messages: readonly Message[], direction: 'in' | 'out'): ReadonlySet<string> =>
  new Set(messages.filter((message) => message.direction === direction).map(({ badge }) => badge));

describe.each(BOTH_SERVERS)('two people who are both there, host to host on %s', (_name, start) => {
  let server: TestServer;
  let alice: HostedAccount;
  let bob: HostedAccount;
  const written = { alice: [] as string[], bob: [] as string[] };

  beforeAll(async () => {
    server = await start();
    [alice, bob] = await startAliceAndBob(server);
  });
  afterAll(async () => {
    await alice.remove();
    await bob.remove();
    await server.stop();
  });

  it('R-059 R-062 negotiate a live session and show the same spoken code', async () => {
    const own = await bob.call('sessions.start', { address: alice.address });
    expect(own).toMatchObject({ kind: 'live', role: 'initiator', verified: false, modp: 15 });
    expect(own).toMatchObject({ cipher: 'aes256-ctr', hash: 'sha256' });
    await alice.host.waitUntil('sessions.of', { address: bob.address }, (session) => session?.kind === 'live');
    const theirs = (await alice.call('sessions.of', { address: bob.address })) as Session;
    expect(theirs).toMatchObject({ kind: 'live', role: 'responder', spokenCode: own.spokenCode });
    expect(own.spokenCode).toMatch(/^[acdefghikmopqruvwxy1-9]{5}$/);
  });

  it('R-134 S-026 each side confirms by itself, and both keys are verified', async () => {
    expect(await alice.call('sessions.confirmSpokenCode', { address: bob.address, matches: true })).toMatchObject({
      key: { trust: 'verified' },
      state: 'C1',
    });
    expect(await bob.call('sessions.of', { address: alice.address })).toMatchObject({ verified: false });
    await bob.call('sessions.confirmSpokenCode', { address: alice.address, matches: true });
    expect(await bob.call('sessions.of', { address: alice.address })).toMatchObject({ verified: true });
  });

  it('R-168 L-001 L-002 L-004 exchange 500 messages each way, in one session that is re-keyed as it goes', async () => {
    const [fromAlice, fromBob] = [textsFor('alice says', 500), textsFor('bob says', 500)];
    written.alice.push(...fromAlice);
    written.bob.push(...fromBob);
    const before = await bob.call('sessions.of', { address: alice.address });
    await Promise.all([sendAll(alice, bob.address, fromAlice), sendAll(bob, alice.address, fromBob)]);
    await Promise.all([delivered(alice, bob), delivered(bob, alice)]);
    expect(await judge(alice, bob, written.alice)).toEqual(NOTHING_WRONG);
    expect(await judge(bob, alice, written.bob)).toEqual(NOTHING_WRONG);
    const shown = await bob.messagesWith(alice.address);
    expect(badgesOf(shown, 'out')).toEqual(new Set(['O1']));
    expect(badgesOf(shown, 'in')).toEqual(new Set(['I1']));
    const after = await bob.call('sessions.of', { address: alice.address });
    expect(after?.startedAt).toBe(before?.startedAt);
  });

  it('L-003 one leaves in mid-conversation, gets the rest as offline letters, returns, and talks on', async () => {
    const some = textsFor('while she leaves', 60);
    written.bob.push(...some);
    await alice.readyToLeave();
    const sending = sendAll(bob, alice.address, some);
    await alice.call('leaving.leaveNow', {});
    await sending;
    await bob.seesAway(alice);
    const later = textsFor('while she is away', 20);
    written.bob.push(...later);
    await sendAll(bob, alice.address, later);
    expect(badgesOf((await bob.messagesWith(alice.address)).slice(-20), 'out')).toEqual(new Set(['O2']));

    await alice.call('leaving.comeBack', {});
    await alice.backlogEnded(LONG_MS);
    // Receipts of the backlog go back in a live session that nobody had to ask for.
    await bob.host.waitUntil('sessions.of', { address: alice.address }, (session) => session?.kind === 'live', LONG_MS);
    await delivered(bob, alice);
    written.bob.push('good to have you back');
    await bob.call('messages.send', { to: alice.address, text: 'good to have you back' });
    await delivered(bob, alice);
    expect(await judge(bob, alice, written.bob)).toEqual(NOTHING_WRONG);
    expect((await alice.messagesWith(bob.address)).at(-1)).toMatchObject({ badge: 'I1', details: { session: 'live' } });
  });

  it('R-125 R-201 a session that is ended by hand is over on both sides', async () => {
    await bob.call('sessions.end', { address: alice.address });
    expect(await bob.call('sessions.of', { address: alice.address })).toBeNull();
    await alice.host.waitUntil('sessions.of', { address: bob.address }, (session) => session === null);
  });

  it('S-026 a code that does not match stops everything until the user decides', async () => {
    await alice.call('sessions.start', { address: bob.address });
    const contact = await alice.call('sessions.confirmSpokenCode', { address: bob.address, matches: false });
    expect(contact).toMatchObject({ state: 'C8', key: { trust: 'changed' } });
    expect(await alice.call('sessions.of', { address: bob.address })).toBeNull();
    const held = await alice.call('messages.send', { to: bob.address, text: 'hello?' });
    expect(held).toMatchObject({ state: 'held', badge: 'O6' });
  });
});
