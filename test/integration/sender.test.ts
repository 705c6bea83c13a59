import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromBase64 } from '../../main/base/bytes.ts';
import { generateSigningKey, importSigningKey, type SigningKey } from '../../main/crypto/signature.ts';
import { LinkError } from '../../main/protocol/xmpp/link.ts';
import { ensureNode, publishItem } from '../../main/protocol/xmpp/xep0163-pep.ts';
import { buildPubkey } from '../../main/protocol/xmpp/xep0189-public-keys.ts';
import { child, serialize, type Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import type { Message } from '../../preload/contract.ts';
import { befriendWriter, startWriter, type LetterWriter } from '../support/letter-writer.ts';
import { startMessenger, type TestMessenger } from '../support/messengers.ts';
import { valuesOf, withValues } from '../support/offline-exchange.ts';
import { comeBack, goAway, makeSet, publish, withdraw, withSigns } from '../support/publisher.ts';
import { startProsody } from '../support/servers/prosody.ts';
import type { TestServer } from '../support/servers/test-server.ts';
import { publisherKey } from '../support/test-keys.ts';

const CANARY = 'canary in a coal mine';

describe('the sender of letters (profile 3.4, 4.3 and 6.4) on Prosody', () => {
  let server: TestServer;
  let bob: TestMessenger;
  let alice: LetterWriter;
  let otherKey: SigningKey;
  let accounts = 0;

  beforeAll(async () => {
    server = await startProsody();
    bob = await startMessenger(server, 'bob');
    await bob.signIn();
    otherKey = importSigningKey(await generateSigningKey());
    return async () => {
      await bob.remove();
      await server.stop();
    };
  });

  // A publisher of its own for each test: what was served once is remembered.
  beforeEach(async () => {
    accounts += 1;
    const key = importSigningKey(await generateSigningKey());
    alice = await startWriter(server, `alice${accounts}`, key);
    await befriendWriter(bob, alice);
    await goAway(alice);
    await bob.until('her absence', async () => (await contact()).presence === 'away');
    return () => alice.client.close();
  });

  async function contact() {
    const contacts = await bob.call('contacts.list', {});
    const found = contacts.find(({ address }) => address === alice.address);
    if (found === undefined) throw new Error('no contact');
    return found;
  }

  async function state(): Promise<string> {
    return (await bob.call('contacts.refresh', { address: alice.address })).state;
  }

  function send(text = CANARY): Promise<Message> {
    return bob.call('messages.send', { to: alice.address, text });
  }

  /** Nothing encrypted and nothing in clear may have left for her. */
  async function holds(reason: string): Promise<void> {
    const mark = bob.mark();
    expect(await send()).toMatchObject({ state: 'held', badge: 'O5', details: { reason } });
    expect(bob.sent.slice(mark.sent)).toEqual([]);
    expect(bob.leftSince(mark).join('')).not.toContain('canary');
  }

  function toAlice(since: number): readonly Element[] {
    return bob.sent.slice(since).filter(({ attrs }) => attrs['to']?.startsWith(alice.address));
  }

  it('R-288 S-042 holds a message to someone who has published nothing', async () => {
    expect(await state()).toBe('C6');
    await holds('no-key');
  });

  it('R-018 finds the set at the open node where the presence node has none', async () => {
    await publish(alice, 'open', (await makeSet(alice)).form);
    expect(await send()).toMatchObject({ state: 'sent', badge: 'O3', details: { session: 'backup' } });
  });

  it('R-017 R-021 R-023 R-031 takes the presence set first, and sends <init/> and <c/> in one stanza', async () => {
    await publish(alice, 'open', (await makeSet(alice)).form);
    await publish(alice, 'presence', (await makeSet(alice, { matchResource: 'desk' })).form);
    const mark = bob.mark();
    expect(await send()).toMatchObject({ state: 'sent', badge: 'O2', details: { session: 'away' } });
    const [stanza] = toAlice(mark.sent);
    expect(stanza?.attrs['to']).toBe(`${alice.address}/desk`);
    const init = stanza && child(stanza, 'init', NS.esessionInit);
    expect(init && child(init, 'x', NS.form)).toBeDefined();
    expect(stanza && child(stanza, 'c', NS.encrypted)).toBeDefined();
    expect(stanza && serialize(stanza)).not.toContain('canary');
  });

  it('sends nothing of a message that was deleted while a session for it was being made', async () => {
    await publish(alice, 'presence', (await makeSet(alice)).form);
    const mark = bob.mark();
    const stop = bob.messenger.on((event, payload) => {
      if (event === 'messages.added') void bob.call('messages.discard', { id: (payload as Message).id });
    });
    await send();
    stop();
    expect(await send('The one after it.')).toMatchObject({ state: 'sent', badge: 'O2' });
    expect(toAlice(mark.sent)).toHaveLength(1);
    const kept = await bob.call('messages.list', { with: alice.address });
    expect(kept.map(({ text }) => text)).toEqual(['The one after it.']);
  });

  it('R-019 S-007 sends nothing on a form that nobody signed, and tells the user', async () => {
    await publish(alice, 'presence', withValues((await makeSet(alice)).form, 'signs', []));
    await holds('not-proven');
    await publish(alice, 'presence', withSigns((await makeSet(alice)).form, [new Uint8Array(256).fill(7)]));
    await holds('not-proven');
    const alert = bob.payloads('alerts.raised').find(({ address }) => address === alice.address);
    expect(alert?.code).toBe('not-proven');
  });

  it('S-007 R-019 refuses the signature of another form, another’s key and a truncated signature', async () => {
    const signsOf = (form: Element): Uint8Array => fromBase64(valuesOf(form, 'signs')[0] ?? '') ?? new Uint8Array();
    const [one, two] = [await makeSet(alice), await makeSet(alice)];
    await publish(alice, 'presence', withSigns(one.form, [signsOf(two.form)]));
    await holds('not-proven');
    await publish(alice, 'presence', withSigns(one.form, [publisherKey.sign(one.formNormalized)]));
    await holds('not-proven');
    await publish(alice, 'presence', withSigns(one.form, [signsOf(one.form).slice(0, 100)]));
    await holds('not-proven');
  });

  it('S-007 accepts one good signature among bad ones', async () => {
    const { form, formNormalized } = await makeSet(alice);
    const bad = new Uint8Array(384).fill(9);
    await publish(alice, 'presence', withSigns(form, [bad, alice.key.sign(formNormalized), bad]));
    expect(await send()).toMatchObject({ state: 'sent', badge: 'O2' });
  });

  it('R-268 R-020 does not replace an expired or badly signed presence set by the open set', async () => {
    await publish(alice, 'open', (await makeSet(alice)).form);
    await publish(alice, 'presence', (await makeSet(alice, { lifeMs: -60_000 })).form);
    expect(await state()).toBe('C5');
    await holds('key-expired');
    await publish(alice, 'presence', withSigns((await makeSet(alice)).form, [new Uint8Array(384)]));
    await holds('not-proven');
  });

  it('S-008 refuses a set that wants to live longer than 31 days', async () => {
    await publish(alice, 'presence', (await makeSet(alice, { lifeMs: 32 * 86_400_000 })).form);
    await holds('no-common-encryption');
  });

  it('R-304 S-010 refuses a set that another one had followed', async () => {
    const [older, newer] = [await makeSet(alice), await makeSet(alice)];
    await publish(alice, 'presence', older.form);
    expect(await state()).toBe('C3');
    await publish(alice, 'presence', newer.form);
    expect(await state()).toBe('C3');
    await publish(alice, 'presence', older.form);
    await holds('no-key');
  });

  it('R-304 S-010 refuses a set that an empty node had followed', async () => {
    const { form } = await makeSet(alice);
    await publish(alice, 'presence', form);
    expect(await state()).toBe('C3');
    await withdraw(alice, 'presence');
    expect(await state()).toBe('C6');
    await publish(alice, 'presence', form);
    await holds('no-key');
  });

  it('R-304 S-010 refuses a presence set first seen before its owner came online', async () => {
    const { form } = await makeSet(alice, { matchResource: 'desk' });
    await publish(alice, 'presence', form);
    expect(await state()).toBe('C3');
    await comeBack(alice);
    await bob.until('her return', async () => (await contact()).presence === 'here');
    await goAway(alice);
    await bob.until('her absence', async () => (await contact()).presence === 'away');
    await holds('no-key');
  });

  it('R-299 takes a silent server for no answer: not the open set, and nothing in clear', async () => {
    const deaf = await startMessenger(server, `deaf${accounts}`, {
      wrapLink: (factory) => (options, handlers) => {
        const link = factory(options, handlers);
        const ask = link.request.bind(link);
        link.request = (request) =>
          request.to === alice.address ? Promise.reject(new LinkError('timed-out', 'no answer')) : ask(request);
        return link;
      },
    });
    try {
      await deaf.signIn();
      await befriendWriter(deaf, alice);
      await publish(alice, 'open', (await makeSet(alice)).form);
      await goAway(alice);
      const mark = deaf.mark();
      const sent = await deaf.call('messages.send', { to: alice.address, text: CANARY });
      expect(sent).toMatchObject({ state: 'held', details: { reason: 'not-checked' } });
      const nodes = deaf.asked
        .slice(mark.asked)
        .filter(({ to, payload }) => to !== undefined && serialize(payload).includes(NS.esession));
      expect(nodes).toEqual([]);
    } finally {
      await deaf.remove();
    }
  });

  it('R-289 R-049 looks at the expiry before each stanza', async () => {
    await publish(alice, 'presence', (await makeSet(alice, { lifeMs: 600_000 })).form);
    expect((await send('in time')).state).toBe('sent');
    bob.clock.setOffset(601_000, true);
    await holds('key-expired');
    await bob.until('the doubt', async () => {
      const messages = await bob.call('messages.list', { with: alice.address });
      return messages[0]?.state === 'probablyNeverOpened' && messages[0].badge === 'O4';
    });
    bob.clock.setOffset(0, false);
  });

  it('R-047 R-125 S-040 ends the session with a termination when she comes online, and sends nothing more in it', async () => {
    await publish(alice, 'presence', (await makeSet(alice)).form);
    expect((await send()).state).toBe('sent');
    const mark = bob.mark();
    await comeBack(alice);
    await bob.until('the end', async () => (await bob.call('sessions.of', { address: alice.address })) === null);
    const stanzas = toAlice(mark.sent);
    expect(stanzas).toHaveLength(1);
    expect(stanzas[0] && child(stanzas[0], 'body', NS.client)).toBeUndefined();
    expect(stanzas[0] && child(stanzas[0], 'c', NS.encrypted)).toBeDefined();
    await holds('contact-online');
  });

  it('R-137 S-026 stops sending when a set is signed by another key than the one on file', async () => {
    await publish(alice, 'presence', (await makeSet(alice)).form);
    expect(await state()).toBe('C3');
    const mallory = Object.assign(Object.create(Object.getPrototypeOf(alice) as object) as LetterWriter, alice, {
      key: otherKey,
    });
    const begin = new Date(Date.now() - 86_400_000);
    const end = new Date(Date.now() + 86_400_000);
    await ensureNode(alice.client.link, NS.pubkey, 'presence');
    const item = buildPubkey({ key: otherKey.publicKey, begin, end, jid: alice.address });
    await publishItem(alice.client.link, NS.pubkey, 'current', item);
    await publish(alice, 'presence', (await makeSet(mallory)).form);
    expect(await state()).toBe('C8');
    expect(await send()).toMatchObject({ state: 'held', badge: 'O6', details: { reason: 'key-changed' } });
    const keys = await bob.call('keys.of', { address: alice.address });
    const changed = keys.find(({ trust }) => trust === 'changed');
    await bob.call('keys.decide', {
      address: alice.address,
      fingerprint: changed?.fingerprint ?? '',
      decision: 'accepted',
    });
    await bob.until('the held letter', async () => {
      const messages = await bob.call('messages.list', { with: alice.address });
      return messages.every(({ state: current }) => current === 'sent');
    });
  });

  it('R-280 has nothing of a session after a restart: the next letter opens a new one', async () => {
    await publish(alice, 'presence', (await makeSet(alice)).form);
    expect((await send('one')).state).toBe('sent');
    await bob.quit();
    await bob.start();
    await bob.signIn();
    expect(await bob.call('sessions.of', { address: alice.address })).toBeNull();
    const mark = bob.mark();
    expect((await send('two')).state).toBe('sent');
    const [stanza] = toAlice(mark.sent).filter((one) => child(one, 'c', NS.encrypted) !== undefined);
    expect(stanza && child(stanza, 'init', NS.esessionInit)).toBeDefined();
  });

  it('R-061 S-042 sends in clear only with consent for that one message', async () => {
    const mark = bob.mark();
    const message = await bob.call('messages.send', { to: alice.address, text: CANARY, unencrypted: true });
    expect(message).toMatchObject({ state: 'sent', badge: 'O7' });
    expect(
      toAlice(mark.sent)
        .map((stanza) => serialize(stanza))
        .join(''),
    ).toContain(CANARY);
    await holds('no-key');
  });
});
