import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSelfTest, type AlgorithmName, type SelfTestReport } from '../../main/crypto/self-test.ts';
import { serialize } from '../../main/wire/element.ts';
import {
  befriend,
  leave,
  seesAway,
  startMessenger,
  startPair,
  textsOf,
  type TestMessenger,
} from '../support/messengers.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';

/** Of a program that has no such hash to offer. */
async function withoutHash(name: AlgorithmName): Promise<SelfTestReport> {
  return { ...(await runSelfTest()), missing: [name] };
}

describe.each(BOTH_SERVERS)('people whose programs share no hash but whirlpool, on %s', (_name, start) => {
  let server: TestServer;
  let alice: TestMessenger;
  let bob: TestMessenger;

  beforeAll(async () => {
    server = await start();
    [alice, bob] = await startPair(server, ['alice', 'bob'], { selfTest: await withoutHash('sha256') });
  });
  afterAll(async () => {
    await Promise.all([alice.remove(), bob.remove()]);
    await server.stop();
  });

  const readByAlice = async () =>
    (await alice.call('messages.list', { with: bob.address })).map(({ text, details }) => [text, details.hash]);

  it('R-148 R-114 negotiate a session with it, and show the same code', async () => {
    const own = await bob.call('sessions.start', { address: alice.address });
    expect(own).toMatchObject({ kind: 'live', hash: 'whirlpool' });
    await alice.until('hers', async () => (await alice.call('sessions.of', { address: bob.address })) !== null);
    expect(await alice.call('sessions.of', { address: bob.address })).toMatchObject({
      ...{ hash: 'whirlpool', spokenCode: own.spokenCode },
    });
  });

  it('R-148 R-168 talk through several exchanges of keys', async () => {
    const texts = Array.from({ length: 25 }, (_, at) => `live ${at}`);
    for (const text of texts) await bob.call('messages.send', { to: alice.address, text });
    await alice.until('the texts', async () => (await readByAlice()).length === texts.length);
    expect(await readByAlice()).toEqual(texts.map((text) => [text, 'whirlpool']));
    const rekeys = [...alice.sent, ...bob.sent].filter((stanza) => serialize(stanza).includes('<key>'));
    expect(rekeys.length).toBeGreaterThan(1);
    await bob.until('the receipts', async () =>
      (await bob.call('messages.list', { with: alice.address })).every(({ state }) => state === 'delivered'),
    );
  });

  it('R-148 write to each other while away, in a session that is stored', async () => {
    await leave(alice);
    await seesAway(bob, alice);
    for (const text of ['first', 'second']) await bob.call('messages.send', { to: alice.address, text });
    await alice.call('leaving.comeBack', {});
    await alice.until('the letters', async () => (await readByAlice()).length === 27);
    expect((await readByAlice()).slice(25)).toEqual([
      ['first', 'whirlpool'],
      ['second', 'whirlpool'],
    ]);
  });

  it('R-148 R-073 come to nothing with one that has only sha256, and nothing goes unprotected', async () => {
    const mallory = await startMessenger(server, 'mallory', { selfTest: await withoutHash('whirlpool') });
    await mallory.signIn();
    await befriend(alice, mallory);
    for (const [one, other] of [
      [alice, mallory],
      [mallory, alice],
    ] as const) {
      await expect(one.call('sessions.start', { address: other.address })).rejects.toMatchObject({
        code: 'cannot-encrypt',
      });
      const held = await one.call('messages.send', { to: other.address, text: 'hello?' });
      expect(held).toMatchObject({ state: 'held' });
    }
    expect([await textsOf(alice, mallory.address), await textsOf(mallory, alice.address)]).toEqual([
      ['hello?'],
      ['hello?'],
    ]);
    await mallory.remove();
  });
});
