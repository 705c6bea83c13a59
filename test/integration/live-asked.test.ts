import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../main/base/time.ts';
import { toHex } from '../../main/base/bytes.ts';
import { systemRandom } from '../../main/crypto/random.ts';
import { terminationType } from '../../main/protocol/esession/termination.ts';
import { buildPresence } from '../../main/protocol/xmpp/rfc6121-presence.ts';
import { fetchDiscoInfo } from '../../main/protocol/xmpp/xep0030-disco.ts';
import { buildContent, readContent } from '../../main/wire/content.ts';
import { child, childText, element, serialize } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { parseBareJid, withResource, type FullJid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { readError } from '../../main/wire/rfc6120-error.ts';
import { faultyFields } from '../../main/wire/xep0155-negotiation.ts';
import { Announcing, LiveAnswerer } from '../support/live-answerer.ts';
import { befriendWriter, startWriter, type LetterWriter } from '../support/letter-writer.ts';
import { LiveWriter } from '../support/live-writer.ts';
import { startMessenger, textsOf, type TestMessenger } from '../support/messengers.ts';
import { withValues } from '../support/offline-exchange.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';
import { publisherKey, senderKey } from '../support/test-keys.ts';

describe.each(BOTH_SERVERS)('a messenger that asks for live sessions, on %s', (_name, start) => {
  let server: TestServer;
  let alice: TestMessenger;
  let bob: LetterWriter;
  let address: FullJid;
  const announcing = new Announcing();
  const threads: string[] = [];

  beforeAll(async () => {
    server = await start();
    alice = await startMessenger(server, 'alice');
    await alice.signIn();
    bob = await startWriter(server, 'bob', senderKey, announcing.iq);
    await befriendWriter(alice, bob);
    const { resource } = await alice.call('account.state', {});
    address = withResource(parseBareJid(alice.address), resource ?? '');
  });
  afterAll(async () => {
    await alice.remove();
    await bob.client.close();
    await server.stop();
  });

  const say = (what: { readonly body: string } | { readonly receiptFor: string }): readonly Element[] =>
    buildContent({
      ...{ createdAt: new Date(), from: bob.address, to: parseBareJid(alice.address) },
      ...{ id: toHex(systemRandom.bytes(16)), ...what },
    });
  const startByAlice = (to = bob.address) => alice.call('sessions.start', { address: to });
  const asked = async (): Promise<LiveAnswerer> => {
    const answerer = await LiveAnswerer.asked(bob, threads);
    threads.push(answerer.thread);
    return answerer;
  };
  const codeOf = (run: Promise<unknown>): Promise<unknown> =>
    run.then(
      () => 'no error',
      (error: unknown) => (error as { code: unknown }).code,
    );
  const requestsSince = (mark: { readonly sent: number }): readonly Element[] =>
    alice.sent.slice(mark.sent).filter((stanza) => child(stanza, 'feature', NS.featureNeg) !== undefined);
  const hasSession = async (): Promise<boolean> => (await alice.call('sessions.of', { address: bob.address })) !== null;

  it('R-057 asks a client what it can do before it asks for a session, and does not where it cannot', async () => {
    const plain = new Announcing(false);
    const mallory = await startWriter(server, 'mallory', publisherKey, plain.iq);
    await befriendWriter(alice, mallory);
    await mallory.client.comeOnline(buildPresence());
    const mark = alice.mark();
    expect(await codeOf(startByAlice(mallory.address))).toBe('cannot-encrypt');
    expect(plain.asked.map(({ ns }) => ns)).toContain(NS.discoInfo);
    expect(requestsSince(mark)).toEqual([]);
    await mallory.client.close();
  });

  it('R-195 R-058 completes in the thread of its request, having asked in clear what the other can do', async () => {
    const starting = startByAlice();
    const answerer = await asked();
    expect(announcing.asked.map(({ ns }) => ns)).toContain(NS.discoInfo);
    await answerer.negotiate();
    expect(await starting).toMatchObject({ kind: 'live', role: 'initiator' });
    // A question in clear is answered in clear, and costs the session nothing.
    const { features } = await fetchDiscoInfo(bob.client.link, address);
    expect(features).toContain(NS.esession);
    await answerer.say(...say({ body: 'after the question' }));
    await alice.until('the text', async () => (await textsOf(alice, bob.address)).includes('after the question'));
    expect(await hasSession()).toBe(true);
    await alice.call('sessions.end', { address: bob.address });
    for (;;) if (terminationType(await answerer.hear()) === 'submit') break;
  });

  it('R-195 R-074 cancels, and says what is wrong, where the answer chose what was not offered', async () => {
    const starting = codeOf(startByAlice());
    const answerer = await asked();
    await answerer.answer((form) => withValues(form, 'crypt_algs', ['aes192-ctr']));
    const error = readError(await answerer.error());
    expect({ condition: error.condition, fields: faultyFields(error) }).toMatchObject({ condition: 'not-acceptable' });
    expect(await starting).toBe('cannot-encrypt');
    expect(await hasSession()).toBe(false);
  });

  it('R-109 R-122 shows nothing of what came encrypted with a message 4 that does not verify', async () => {
    const starting = codeOf(startByAlice());
    const answerer = await asked();
    await answerer.answer();
    const { form } = await answerer.accept();
    const c = answerer.seal(...say({ body: 'smuggled in' }));
    await answerer.sendForm('init', withValues(form, 'mac', [Buffer.alloc(32, 1).toString('base64')]), c);
    expect(readError(await answerer.error()).condition).toBe('feature-not-implemented');
    expect(await starting).toBe('cannot-encrypt');
    await bob.send(
      element('message', NS.client, { to: address, type: 'chat' }, element('body', NS.client, {}, 'then')),
    );
    await alice.until('the clear text', async () => (await textsOf(alice, bob.address)).includes('then'));
    expect(await textsOf(alice, bob.address)).not.toContain('smuggled in');
  });

  it('R-182 R-206 ends a session that rested for an hour, and starts another in a new thread', async () => {
    const starting = startByAlice();
    const first = await asked();
    await first.negotiate();
    await starting;
    alice.clock.setOffset(HOUR_MS, true);
    const writing = alice.call('messages.send', { to: bob.address, text: 'still there?' });
    for (;;) if (terminationType(await first.hear()) === 'submit') break;
    const second = await asked();
    expect(second.thread).not.toBe(first.thread);
    await second.negotiate();
    await writing;
    const people = { from: parseBareJid(alice.address), to: bob.address };
    let heard = readContent(await second.hear(), people);
    while (heard.body !== 'still there?') heard = readContent(await second.hear(), people);
    // Without a receipt it would go again in another session.
    await second.say(...say({ receiptFor: heard.originId ?? '' }));
    await alice.until('the receipt', async () => {
      const messages = await alice.call('messages.list', { with: bob.address });
      return messages.at(-1)?.state === 'delivered';
    });
    await alice.call('sessions.end', { address: bob.address });
  });

  it('R-206 does not negotiate again in the thread of a session that is over', async () => {
    const former = new LiveWriter(bob, address);
    await former.negotiate();
    await alice.call('sessions.end', { address: bob.address });
    const mark = alice.mark();
    await former.sendForm((await former.request()).form);
    const other = new LiveWriter(bob, address);
    await other.negotiate();
    const answered = requestsSince(mark).map((stanza) => childText(stanza, 'thread', NS.client));
    expect(answered).toEqual([other.thread]);
    await alice.call('sessions.end', { address: bob.address });
  });

  it('R-137 refuses a session without a key, and alerts, where a key is on file', async () => {
    const alerts = (): number => alice.payloads('alerts.raised').filter(({ code }) => code === 'not-proven').length;
    const nameless = new LiveWriter(bob, address);
    await nameless.sendForm(withValues((await nameless.request()).form, 'init_pubkey', ['none']));
    expect(faultyFields(readError(await nameless.error()))).toEqual(['init_pubkey']);
    expect(alerts()).toBe(1);
    const starting = codeOf(startByAlice());
    const answerer = await asked();
    await answerer.answer((form) => withValues(form, 'resp_pubkey', ['none']));
    expect(faultyFields(readError(await answerer.error()))).toEqual(['resp_pubkey']);
    expect(await starting).toBe('cannot-encrypt');
    expect(alerts()).toBe(2);
  });

  it('R-060 asks nobody for a session who is not there', async () => {
    await bob.client.close();
    await alice.until('him being away', async () => {
      const contacts = await alice.call('contacts.list', {});
      return contacts.some((one) => one.address === bob.address && one.presence === 'away');
    });
    const mark = alice.mark();
    expect(await codeOf(startByAlice())).toBe('cannot-encrypt');
    const held = await alice.call('messages.send', { to: bob.address, text: 'for later' });
    expect(held.state).toBe('held');
    expect(requestsSince(mark).map((stanza) => serialize(stanza))).toEqual([]);
  });
});
