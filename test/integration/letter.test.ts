import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { child, serialize } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { leave, seesAway, startPair, textsOf, type TestMessenger } from '../support/messengers.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe.each(BOTH_SERVERS)('a letter to someone who is away (XEP-0187) on %s', (_name, start) => {
  let server: TestServer;
  let alice: TestMessenger;
  let bob: TestMessenger;

  beforeAll(async () => {
    server = await start();
    [alice, bob] = await startPair(server, ['alice', 'bob']);
  });
  afterAll(async () => {
    await alice.remove();
    await bob.remove();
    await server.stop();
  });

  it('R-016 R-017 R-030 R-266 is sealed for the away key that was confirmed before she left', async () => {
    const mark = alice.mark();
    await leave(alice);
    const { status, awayKey } = await alice.call('leaving.state', {});
    expect(status).toBe('S4');
    expect(awayKey).toMatchObject({ state: 'published', confirmed: true });
    const stanzas = alice.sent.slice(mark.sent);
    expect(stanzas.at(-1)?.attrs['type']).toBe('unavailable');
    await seesAway(bob, alice);
    const message = await bob.call('messages.send', { to: alice.address, text: 'the first letter' });
    expect(message).toMatchObject({ state: 'sent', badge: 'O2' });
  });

  it('R-001 R-028 goes on in the one session, to the resource that published', async () => {
    const mark = bob.mark();
    const message = await bob.call('messages.send', { to: alice.address, text: 'the second letter' });
    expect(message.state).toBe('sent');
    expect(bob.asked.slice(mark.asked).filter(({ to }) => to === alice.address)).toEqual([]);
    const [stanza] = bob.sent.slice(mark.sent);
    expect(stanza && child(stanza, 'init', NS.esessionInit)).toBeUndefined();
    const { resource } = await alice.call('account.state', {});
    expect(stanza?.attrs['to']).toBe(`${alice.address}/${resource ?? ''}`);
  });

  it('S-042 shows the servers nothing of the text', () => {
    const wire = bob.sent.map((stanza) => serialize(stanza)).join('');
    expect(wire).not.toContain('letter');
  });

  it('R-032 R-033 R-045 opens when she is back, in order, with badge I4 and the key withdrawn', async () => {
    await alice.call('leaving.comeBack', {});
    await alice.until('both letters', async () => (await textsOf(alice, bob.address)).length === 2);
    expect(await textsOf(alice, bob.address)).toEqual(['the first letter', 'the second letter']);
    const messages = await alice.call('messages.list', { with: bob.address });
    expect(messages.map(({ badge }) => badge)).toEqual(['I4', 'I4']);
    const { awayKey } = await alice.call('leaving.state', {});
    expect(awayKey?.state).toBe('withdrawn');
  });

  it('R-047 R-125 ended the session when she came online', async () => {
    await bob.until('the end of the session', () =>
      bob.payloads('sessions.changed').some((payload) => 'ended' in payload && payload.address === alice.address),
    );
    expect(await bob.call('sessions.of', { address: alice.address })).toBeNull();
  });

  it('R-034 S-055 destroys the key once the drain is over', async () => {
    let passed = 0;
    await alice.until('the end of the key', async () => {
      passed += 11 * 60_000;
      alice.clock.setOffset(passed, true);
      const { awayKey } = await alice.call('leaving.state', {});
      return awayKey?.deletedAt !== undefined;
    });
    const [message] = await alice.call('messages.list', { with: bob.address });
    expect(message?.details.keyDeletedAt).toBeDefined();
  });
});
