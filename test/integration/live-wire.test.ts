import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../main/base/bytes.ts';
import { systemRandom } from '../../main/crypto/random.ts';
import { encryptLiveOctets } from '../../main/protocol/esession/xep0200-live.ts';
import { buildTerminationContent } from '../../main/protocol/esession/xep0200-stanza.ts';
import { terminationType } from '../../main/protocol/esession/termination.ts';
import { ping } from '../../main/protocol/xmpp/xep0199-ping.ts';
import { buildContent } from '../../main/wire/content.ts';
import { child, childText, element, serialize } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { parseBareJid, withResource, type FullJid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { faultyFields } from '../../main/wire/xep0155-negotiation.ts';
import { readError } from '../../main/wire/rfc6120-error.ts';
import { befriendWriter, startWriter, type LetterWriter } from '../support/letter-writer.ts';
import { LiveWriter } from '../support/live-writer.ts';
import { leave, startMessenger, startPair, textsOf, type TestMessenger } from '../support/messengers.ts';
import { withValues } from '../support/offline-exchange.ts';
import { comeBack, goAway } from '../support/publisher.ts';
import { BOTH_SERVERS } from '../support/servers/both-servers.ts';
import type { TestServer } from '../support/servers/test-server.ts';
import { publisherKey, senderKey } from '../support/test-keys.ts';

describe.each(BOTH_SERVERS)('live sessions, stanza by stanza, on %s', (_name, start) => {
  let server: TestServer;
  let alice: TestMessenger;
  let bob: LetterWriter;
  let mallory: LetterWriter;
  let address: FullJid;

  beforeAll(async () => {
    server = await start();
    alice = await startMessenger(server, 'alice');
    await alice.signIn();
    bob = await startWriter(server, 'bob', senderKey);
    mallory = await startWriter(server, 'mallory', publisherKey);
    await befriendWriter(alice, bob);
    const { resource } = await alice.call('account.state', {});
    address = withResource(parseBareJid(alice.address), resource ?? '');
  });
  afterAll(async () => {
    await alice.remove();
    await Promise.all([bob.client.close(), mallory.client.close()]);
    await server.stop();
  });

  const talk = (): LiveWriter => new LiveWriter(bob, address);
  const text = (body: string): readonly Element[] =>
    buildContent({
      ...{ body, createdAt: new Date(), from: bob.address, to: parseBareJid(alice.address) },
      id: toHex(systemRandom.bytes(16)),
    });
  const textsFromBob = (): Promise<readonly (string | null)[]> => textsOf(alice, bob.address);
  const faultOf = async (talking: LiveWriter) => {
    const error = readError(await talking.error());
    return { condition: error.condition, fields: faultyFields(error) };
  };

  it('R-183 R-184 R-185 R-190 R-192 R-123 answers in the same thread, without a body, and then with <c/> alone', async () => {
    const talking = talk();
    const { sent } = alice.mark();
    await talking.negotiate();
    await talking.say(...text('hello'));
    await alice.until('the text', async () => (await textsFromBob()).includes('hello'));
    const own = alice.sent.slice(sent).filter(({ name }) => name === 'message');
    expect(own.length).toBeGreaterThanOrEqual(2);
    for (const stanza of own) {
      expect(stanza.attrs['to']).toBe(`${bob.address}/desk`);
      expect(childText(stanza, 'thread', NS.client)).toBe(talking.thread);
      expect(child(stanza, 'body', NS.client)).toBeUndefined();
    }
    expect(own.slice(0, 2).map(({ attrs }) => attrs['type'])).toEqual([undefined, undefined]);
    expect((await alice.call('sessions.of', { address: bob.address }))?.spokenCode).toBe(talking.spokenCode[0]);
    await talking.say(...buildTerminationContent());
    await talking.hear();
  });

  it('R-127 R-128 R-200 R-201 acknowledges a termination, encrypted, and sends nothing more in it', async () => {
    const talking = talk();
    await talking.negotiate();
    await talking.say(...buildTerminationContent());
    expect(terminationType(await talking.hear())).toBe('result');
    await alice.until('the end', async () => (await alice.call('sessions.of', { address: bob.address })) === null);
    const mark = alice.mark();
    await talking.say(...text('too late'));
    await ping(bob.client.link, 10_000);
    await bob.send(
      element('message', NS.client, { to: address, type: 'chat' }, element('body', NS.client, {}, 'clear')),
    );
    await alice.until('the clear text', async () => (await textsFromBob()).includes('clear'));
    expect(await textsFromBob()).not.toContain('too late');
    const later = alice.sent.slice(mark.sent).map((stanza) => serialize(stanza));
    expect(later.filter((stanza) => stanza.includes(talking.thread))).toEqual([]);
  });

  it('R-165 R-167 ends a session at a MAC that does not hold, with an error that says no more, and stays online', async () => {
    const talking = talk();
    await talking.negotiate();
    await talking.say(...text('before'));
    const { c } = encryptLiveOctets(talking.session, undefined, { elapsedMs: 0 });
    const forged = { ...c, children: [element('data', NS.encrypted, {}, 'AAAA'), ...c.children] };
    await talking.sendEncrypted(forged);
    expect(await faultOf(talking)).toEqual({ condition: 'not-acceptable', fields: [] });
    expect(await alice.call('sessions.of', { address: bob.address })).toBeNull();
    expect((await alice.call('account.state', {})).state).toBe('online');
    expect(await textsFromBob()).toContain('before');
  });

  it('R-166 ends a session whose content is no XML', async () => {
    const talking = talk();
    await talking.negotiate();
    const { c } = encryptLiveOctets(talking.session, new TextEncoder().encode('<body>'), { elapsedMs: 0 });
    await talking.sendEncrypted(c);
    expect(await faultOf(talking)).toEqual({ condition: 'not-acceptable', fields: [] });
    expect(await alice.call('sessions.of', { address: bob.address })).toBeNull();
  });

  it.each(['renegotiate', 'continue'])('R-198 R-199 refuses %s inside the session, which goes on', async (name) => {
    const talking = talk();
    await talking.negotiate();
    const [asked] = buildTerminationContent();
    await talking.say(JSON.parse(JSON.stringify(asked).replace('terminate', name)) as Element);
    expect(serialize((await talking.hear())[0] ?? element('none', NS.client))).toMatch(
      new RegExp(`var="${name}"><value>0</value>`),
    );
    await talking.say(...text(`after ${name}`));
    await alice.until('the text', async () => (await textsFromBob()).includes(`after ${name}`));
    await talking.say(...buildTerminationContent());
    await talking.hear();
  });

  it('R-241 reads on in a thread whose other side has said that it is unavailable', async () => {
    const talking = talk();
    await talking.negotiate();
    const sees = (presence: string) => async (): Promise<boolean> =>
      (await alice.call('contacts.list', {})).some((one) => one.address === bob.address && one.presence === presence);
    await goAway(bob);
    await alice.until('the absence', sees('away'));
    await talking.say(...text('from the door'));
    await alice.until('the text', async () => (await textsFromBob()).includes('from the door'));
    await comeBack(bob);
    await alice.until('the return', sees('here'));
  });

  it('R-303 tells nothing of a <c/> of a live session that is not known', async () => {
    const stranger = talk();
    await alice.call('contacts.list', {});
    const mark = alice.mark();
    const c = element(
      'c',
      NS.encrypted,
      {},
      element('data', NS.encrypted, {}, 'AAAA'),
      element('mac', NS.encrypted, {}, 'AA=='),
    );
    await stranger.sendEncrypted(c);
    await bob.send(
      element('message', NS.client, { to: address, type: 'chat' }, element('body', NS.client, {}, 'and so')),
    );
    await alice.until('the clear text', async () => (await textsFromBob()).includes('and so'));
    const later = alice.sent.slice(mark.sent).filter(({ name }) => name === 'message');
    expect(later.filter(({ attrs }) => attrs['type'] === 'error')).toEqual([]);
    expect(later.map((one) => serialize(one)).filter((one) => one.includes(stranger.thread))).toEqual([]);
  });

  it('R-072 R-073 R-194 R-210 says what it does not do: three messages, no common option, another kind of form', async () => {
    const three = talk();
    await three.sendForm((await three.request(3)).form);
    expect(await faultOf(three)).toEqual({ condition: 'feature-not-implemented', fields: ['dhkeys'] });
    const poor = talk();
    await poor.sendForm(withValues((await poor.request()).form, 'crypt_algs', ['serpent256-ctr']));
    expect(await faultOf(poor)).toEqual({ condition: 'not-acceptable', fields: ['crypt_algs'] });
    const other = talk();
    await other.sendForm(withValues((await other.request()).form, 'FORM_TYPE', ['urn:example:other']));
    expect(await faultOf(other)).toEqual({ condition: 'service-unavailable', fields: [] });
  });

  it('R-124 R-125 R-126 ends its sessions, encrypted, before it goes offline', async () => {
    const talking = talk();
    await talking.negotiate();
    await leave(alice);
    expect(terminationType(await talking.hear())).toBe('submit');
    const own = alice.sent.map((stanza) => serialize(stanza));
    const gone = own.findLastIndex((stanza) => stanza.includes('type="unavailable"'));
    expect(own.findLastIndex((stanza) => stanza.includes(talking.thread))).toBeLessThan(gone);
    await alice.call('leaving.comeBack', {});
    expect(await alice.call('sessions.of', { address: bob.address })).toBeNull();
  });

  it('R-071 R-189 R-207 answers nothing to a stored request, nor to someone who may not see that we are here', async () => {
    const stored = talk();
    const stamp = { stamp: '2026-11-22T08:00:00Z', from: server.domain };
    const mark = alice.mark();
    await stored.sendForm((await stored.request()).form, element('delay', NS.delay, stamp));
    const curious = new LiveWriter(mallory, address);
    await curious.sendForm((await curious.request()).form);
    await curious.sendForm((await curious.request(3)).form);
    for (const one of [bob, mallory]) {
      const body = element('body', NS.client, {}, 'are you there');
      await one.send(element('message', NS.client, { to: address, type: 'chat' }, body));
      await alice.until('the text', async () => (await textsOf(alice, one.address)).includes('are you there'));
    }
    expect(alice.sent.slice(mark.sent).filter(({ name }) => name === 'message')).toEqual([]);
  });
});

describe.each(BOTH_SERVERS)('two of us on %s', (_name, start) => {
  it('R-059 S-040 agree on one session when both ask at once', async () => {
    const server = await start();
    const [alice, bob] = await startPair(server, ['alice', 'bob']);
    try {
      const both = [
        alice.call('sessions.start', { address: bob.address }),
        bob.call('sessions.start', { address: alice.address }),
      ];
      const [one, other] = await Promise.all(both);
      expect(one?.spokenCode).toBe(other?.spokenCode);
      expect([one?.role, other?.role].sort()).toEqual(['initiator', 'responder']);
    } finally {
      await Promise.all([alice.remove(), bob.remove()]);
      await server.stop();
    }
  });
});
