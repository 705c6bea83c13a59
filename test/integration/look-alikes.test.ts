import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { befriend, startMessenger, type TestMessenger } from '../support/messengers.ts';
import { startProsody } from '../support/servers/prosody.ts';
import type { TestServer } from '../support/servers/test-server.ts';

describe('somebody with nearly Bob’s address (S-091) on Prosody', () => {
  let server: TestServer;
  let people: readonly TestMessenger[];

  beforeAll(async () => {
    server = await startProsody();
    people = await Promise.all(['alice', 'bob', 'b0b'].map((name) => startMessenger(server, name)));
  });
  afterAll(async () => {
    for (const person of people) await person.remove();
    await server.stop();
  });

  it('S-091 is marked from the first request, when Bob is known and when he becomes so', async () => {
    const [alice, bob, fake] = people as readonly [TestMessenger, TestMessenger, TestMessenger];
    for (const person of people) await person.signIn();
    const doubtOf = async (address: string) => {
      const contacts = await alice.call('contacts.list', {});
      return contacts.find((contact) => contact.address === address)?.doubt;
    };

    await fake.call('contacts.add', { address: alice.address });
    await alice.until('the request', () =>
      alice.payloads('contacts.changed').some(({ address }) => address === fake.address),
    );
    expect(await doubtOf(fake.address)).toBeUndefined();
    await befriend(alice, bob);

    const expected = { kind: 'looks-like', address: bob.address };
    await alice.until('the doubt', () =>
      alice.payloads('contacts.changed').some((one) => one.address === fake.address && 'doubt' in one),
    );
    expect(await doubtOf(fake.address)).toEqual(expected);
    expect(await doubtOf(bob.address)).toBeUndefined();
  });
});
