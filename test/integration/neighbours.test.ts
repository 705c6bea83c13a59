import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../preload/contract.ts';
import { generateSigningKey, importSigningKey } from '../../main/crypto/signature.ts';
import type { LinkFactory, LinkHandlers } from '../../main/protocol/xmpp/link.ts';
import { fetchItems } from '../../main/protocol/xmpp/xep0163-pep.ts';
import { child, childText, element, elements, serialize, type Element } from '../../main/wire/element.ts';
import { parseJid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { befriendWriter, startWriter, type LetterWriter } from '../support/letter-writer.ts';
import { leave, startMessenger, textsOf, type TestMessenger } from '../support/messengers.ts';
import { goAway, makeSet, publish } from '../support/publisher.ts';
import { startProsody } from '../support/servers/prosody.ts';
import type { TestServer } from '../support/servers/test-server.ts';

/** Neither server knows AMP; this stands for one that does: it says so, and its bounces are handed in by the test. */
function withAmp(handlersOf: (handlers: LinkHandlers) => void): (factory: LinkFactory) => LinkFactory {
  return (factory) => (options, handlers) => {
    handlersOf(handlers);
    const link = factory(options, handlers);
    const ask = link.request.bind(link);
    link.request = async (request) => {
      const answer = await ask(request);
      const query = child(answer, 'query', NS.discoInfo);
      if (query === undefined) return answer;
      const feature = element('feature', NS.discoInfo, { var: NS.amp });
      return { ...answer, children: [{ ...query, children: [...query.children, feature] }] };
    };
    return link;
  };
}

describe('the neighbouring XEPs, through the whole messenger on Prosody', () => {
  let server: TestServer;
  let writer: LetterWriter;
  let accounts = 0;

  beforeAll(async () => {
    server = await startProsody();
    return () => server.stop();
  });

  beforeEach(async () => {
    accounts += 1;
    writer = await startWriter(server, `alice${accounts}`, importSigningKey(await generateSigningKey()));
    return () => writer.client.close();
  });

  async function newBob(wrapLink?: (factory: LinkFactory) => LinkFactory): Promise<TestMessenger> {
    const bob = await startMessenger(server, `bob${accounts}`, wrapLink === undefined ? {} : { wrapLink });
    await bob.signIn();
    await befriendWriter(bob, writer);
    return bob;
  }

  async function isAway(bob: TestMessenger): Promise<void> {
    await goAway(writer);
    await bob.until('the absence', async () => {
      const contacts = await bob.call('contacts.list', {});
      return contacts.every(({ presence }) => presence === 'away');
    });
  }

  function toWriter(bob: TestMessenger): readonly Element[] {
    return bob.sent.filter(({ name, attrs }) => name === 'message' && attrs['to']?.startsWith(writer.address));
  }

  function bounceOf(stanza: Element | undefined, condition: string, detail?: Element): Element {
    const error = element('error', NS.client, { type: 'cancel' }, element(condition, NS.stanzaErrors), detail);
    const from = stanza?.attrs['to'] ?? '';
    return element('message', NS.client, { type: 'error', from, id: stanza?.attrs['id'] }, error);
  }

  it('R-223 R-029 sends no rule where the own server does not list AMP', async () => {
    const bob = await newBob();
    await publish(writer, 'presence', (await makeSet(writer, { matchResource: 'desk' })).form);
    await isAway(bob);
    await bob.call('messages.send', { to: writer.address, text: 'no rule' });
    expect(toWriter(bob).map((stanza) => child(stanza, 'amp', NS.amp))).toEqual([undefined]);
    await bob.remove();
  });

  it('R-029 R-224 R-226 R-227 R-298 sends the rule where it is listed, and the same stanzas without it where the path knows none', async () => {
    let handlers: LinkHandlers | undefined;
    const bob = await newBob(
      withAmp((given) => {
        handlers = given;
      }),
    );
    await publish(writer, 'presence', (await makeSet(writer, { matchResource: 'desk' })).form);
    await isAway(bob);
    await bob.call('messages.send', { to: writer.address, text: 'one' });
    await bob.call('messages.send', { to: writer.address, text: 'two' });
    const sent = toWriter(bob);
    const rules = sent.flatMap((stanza) => elements(child(stanza, 'amp', NS.amp) ?? stanza));
    expect(rules.slice(0, 1).map(({ attrs }) => attrs)).toEqual([
      { action: 'error', condition: 'match-resource', value: 'other' },
    ]);
    handlers?.stanza(bounceOf(sent[0], 'service-unavailable'), () => undefined);
    await bob.until('the same again', () => toWriter(bob).length === 4);
    const again = toWriter(bob).slice(2);
    expect(again.map((stanza) => child(stanza, 'amp', NS.amp))).toEqual([undefined, undefined]);
    const bare = (stanza: Element): string =>
      serialize({
        ...stanza,
        children: stanza.children.filter((node) => typeof node === 'string' || node.name !== 'amp'),
      });
    expect(again.map(bare)).toEqual(sent.map(bare));
    await bob.remove();
  });

  it('R-225 marks a message as not sent when another resource of hers is online', async () => {
    let handlers: LinkHandlers | undefined;
    const bob = await newBob(
      withAmp((given) => {
        handlers = given;
      }),
    );
    await publish(writer, 'presence', (await makeSet(writer, { matchResource: 'desk' })).form);
    await isAway(bob);
    const { id } = await bob.call('messages.send', { to: writer.address, text: 'for the desk only' });
    const rule = element('rule', NS.amp, { action: 'error', condition: 'match-resource', value: 'other' });
    const failed = element('failed-rules', NS.ampErrors, {}, rule);
    handlers?.stanza(bounceOf(toWriter(bob)[0], 'undefined-condition', failed), () => undefined);
    await bob.until('the mark', async () => {
      const messages = await bob.call('messages.list', { with: writer.address });
      return messages.some((message) => message.id === id && message.state === 'notSent');
    });
    expect(await bob.call('sessions.of', { address: writer.address })).toBeNull();
    await bob.remove();
  });

  it('L-043 shows as not sent, with the reason, what came back and what cannot be read without it', async () => {
    let handlers: LinkHandlers | undefined;
    const bob = await newBob((factory) => (options, given) => {
      handlers = given;
      return factory(options, given);
    });
    await publish(writer, 'presence', (await makeSet(writer)).form);
    await isAway(bob);
    await bob.call('messages.send', { to: writer.address, text: 'the opening' });
    await bob.call('messages.send', { to: writer.address, text: 'the next' });
    handlers?.stanza(bounceOf(toWriter(bob)[0], 'resource-constraint'), () => undefined);
    const written = (): Promise<readonly Message[]> => bob.call('messages.list', { with: writer.address });
    await bob.until('the mark', async () => (await written()).some(({ state }) => state === 'notSent'));
    expect((await written()).map(({ state, details }) => [state, details.reason])).toEqual([
      ['notSent', 'bounced'],
      ['notSent', 'bounced'],
    ]);
    await bob.remove();
  });

  it('R-243 sends one letter after another, and says so, though no receipt ever comes', async () => {
    const bob = await newBob();
    await publish(writer, 'presence', (await makeSet(writer)).form);
    await isAway(bob);
    for (const text of ['one', 'two', 'three']) await bob.call('messages.send', { to: writer.address, text });
    await bob.until('all of them sent', async () => {
      const written = await bob.call('messages.list', { with: writer.address });
      return written.filter(({ state }) => state === 'sent').length === 3;
    });
    expect(toWriter(bob)).toHaveLength(3);
    await bob.remove();
  });

  it('R-043 R-042 ends what a contact wrote in before it writes back, and never sends in it', async () => {
    const alice = await newBob();
    await leave(alice);
    const { resource } = await alice.call('account.state', {});
    const to = parseJid(`${alice.address}/${resource ?? ''}`);
    const written = await writer.start(to, await writer.optionsOf(alice.address, NS.offline));
    await writer.send(writer.letter(written, 'first', true));
    await alice.call('leaving.comeBack', {});
    await alice.until('the letter', async () => (await textsOf(alice, writer.address)).length === 1);
    await publish(writer, 'presence', (await makeSet(writer)).form);
    await isAway(alice);
    await alice.call('messages.send', { to: writer.address, text: 'back' });
    const [answer] = toWriter(alice).slice(-1);
    expect(answer && childText(answer, 'thread', NS.client)).not.toBe(written.thread);
    await writer.send(writer.letter(written, 'into the ended one', false));
    await alice.until('the notice', async () => (await textsOf(alice, writer.address)).length === 3);
    expect((await textsOf(alice, writer.address)).at(-1)).toBeNull();
    await alice.remove();
  });

  it('R-214 R-220 R-219 publishes its key as the item `current`, finds PEP first, and clears its own items', async () => {
    const bob = await newBob();
    await bob.until('the key', async () => {
      const items = await fetchItems(writer.client.link, parseJid(bob.address) as never, NS.pubkey);
      return items.kind === 'items' && items.items[0]?.id === 'current';
    });
    const asked = bob.asked.map(({ payload }) => payload);
    const disco = asked.findIndex(({ ns }) => ns === NS.discoInfo);
    const published = asked.findIndex((payload) => serialize(payload).includes('<publish '));
    expect(disco).toBeGreaterThanOrEqual(0);
    expect(published).toBeGreaterThan(disco);
    await leave(bob);
    await bob.call('leaving.comeBack', {});
    expect(bob.asked.some(({ payload }) => serialize(payload).includes('<retract'))).toBe(true);
    await bob.remove();
  });

  it('R-215 answers a presence subscriber who asks for the key directly', async () => {
    const bob = await newBob();
    const { resource } = await bob.call('account.state', {});
    await bob.until('the key', async () => {
      const items = await fetchItems(writer.client.link, parseJid(bob.address) as never, NS.pubkey);
      return items.kind === 'items';
    });
    const to = parseJid(`${bob.address}/${resource ?? ''}`);
    const answer = await writer.client.request({ type: 'get', to, payload: element('pubkey', NS.pubkey) });
    expect(child(answer, 'pubkey', NS.pubkey)).toBeDefined();
    await bob.remove();
  });

  it('R-222 R-252 R-250 takes no options from a push, and changes nothing for a carbon of a <c/>', async () => {
    let handlers: LinkHandlers | undefined;
    const bob = await newBob(
      withAmp((given) => {
        handlers = given;
      }),
    );
    const mark = bob.mark();
    const { form } = await makeSet(writer);
    const item = element('item', NS.pubsubEvent, { id: 'current' }, form);
    const event = element('event', NS.pubsubEvent, {}, element('items', NS.pubsubEvent, { node: NS.offline }, item));
    handlers?.stanza(element('message', NS.client, { from: writer.address, to: bob.address }, event), () => undefined);
    const c = element('c', NS.encrypted, {}, element('mac', NS.encrypted, {}, 'A'.repeat(43) + '='));
    const copied = element('message', NS.client, { from: `${writer.address}/desk`, to: bob.address, type: 'chat' }, c);
    for (const from of [bob.address, writer.address]) {
      const forwarded = element('forwarded', NS.forward, {}, copied);
      const carbon = element('received', NS.carbons, {}, forwarded);
      handlers?.stanza(element('message', NS.client, { from, to: bob.address }, carbon), () => undefined);
    }
    await writer.send(
      element('message', NS.client, { to: bob.address, type: 'chat' }, element('body', NS.client, {}, 'behind')),
    );
    await bob.until('what came behind', async () => (await textsOf(bob, writer.address)).includes('behind'));
    expect(await textsOf(bob, writer.address)).toEqual(['behind']);
    // His own keys and the look-up of hers may still be under way from the beginning; none of these are.
    expect(bob.sent.slice(mark.sent).filter(({ name }) => name !== 'presence')).toEqual([]);
    expect(bob.askedOf(writer.address, mark).filter(({ payload }) => !serialize(payload).includes(NS.pubkey))).toEqual(
      [],
    );
    await bob.remove();
  });

  it('R-240 draws a new thread for each session, and keeps it to the end', async () => {
    const bob = await newBob();
    await publish(writer, 'presence', (await makeSet(writer, { lifeMs: 86_400_000 })).form);
    await isAway(bob);
    const threads = (): (string | undefined)[] => toWriter(bob).map((stanza) => childText(stanza, 'thread', NS.client));
    await bob.call('messages.send', { to: writer.address, text: 'one' });
    await bob.call('messages.send', { to: writer.address, text: 'two' });
    expect(new Set(threads()).size).toBe(1);
    await bob.call('sessions.end', { address: writer.address });
    await bob.call('messages.send', { to: writer.address, text: 'three' });
    const all = new Set(threads());
    expect(all.size).toBe(2);
    for (const thread of all) expect(thread).toMatch(/^[0-9a-f]{32}$/);
    await bob.remove();
  });

  it('R-276 R-277 holds aside a first key that is not among those its owner publishes', async () => {
    const alice = await newBob();
    await alice.until('keys', async () => (await alice.call('leaving.state', {})).backupKey?.confirmed === true);
    const other = importSigningKey(await generateSigningKey());
    const form = await writer.optionsOf(alice.address);
    await writer.send(writer.letter(await writer.start(parseJid(alice.address), form, { key: other }), 'whose?', true));
    await alice.until('the letter', async () => (await textsOf(alice, writer.address)).length === 1);
    const [message] = await alice.call('messages.list', { with: writer.address });
    expect(message).toMatchObject({ badge: 'I7', text: null });
    await alice.remove();
  });

  it('R-290 lets a message wait, with the reason, while the contact is online', async () => {
    const bob = await newBob();
    await publish(writer, 'presence', (await makeSet(writer, { matchResource: 'elsewhere' })).form);
    const sent = await bob.call('messages.send', { to: writer.address, text: 'later' });
    expect(sent).toMatchObject({ state: 'held', badge: 'O5', details: { reason: 'contact-online' } });
    expect(toWriter(bob)).toEqual([]);
    await bob.remove();
  });

  it('R-303 R-300 answers a <c/> of an unknown session with nothing at all', async () => {
    const bob = await newBob();
    const mark = bob.mark();
    const mac = element('mac', NS.encrypted, {}, 'A'.repeat(43) + '=');
    const c = element('c', NS.encrypted, {}, element('data', NS.encrypted, {}, 'AAAA'), mac);
    const thread = element('thread', NS.client, {}, 'unknown');
    // What tells a letter from the stanzas that carry none (docs/protocol.md, P-45).
    const body = element('body', NS.client, {}, 'This message is encrypted.');
    await writer.send(element('message', NS.client, { to: bob.address, type: 'chat' }, thread, body, c));
    // Its opening may be on the way; after a minute it is not any more.
    let passed = 0;
    await bob.until('the notice', async () => {
      passed += 61_000;
      bob.clock.setOffset(passed, true);
      return (await textsOf(bob, writer.address)).length === 1;
    });
    expect(bob.sent.slice(mark.sent)).toEqual([]);
    await bob.remove();
  });

  it('R-245 R-242 owes a receipt once, however often the message comes', async () => {
    const alice = await newBob();
    await alice.until('keys', async () => (await alice.call('leaving.state', {})).backupKey?.confirmed === true);
    const form = await writer.optionsOf(alice.address);
    const to = parseJid(alice.address);
    const id = 'b'.repeat(32);
    const first = writer.letter(await writer.start(to, form), 'once', true, { id });
    await writer.send(first);
    await alice.until('the first', async () => (await textsOf(alice, writer.address)).includes('once'));
    // As an archive hands it out again, and as whoever misses the receipt writes it again.
    await writer.send(first);
    await writer.send(writer.letter(await writer.start(to, form), 'once', true, { id }));
    await writer.send(writer.letter(await writer.start(to, form), 'last', true));
    await alice.until('both', async () => (await textsOf(alice, writer.address)).includes('last'));
    await publish(writer, 'presence', (await makeSet(writer)).form);
    await isAway(alice);
    await alice.call('messages.send', { to: writer.address, text: 'thanks' });
    // Two receipts and the letter, in one session: each receipt is a stanza without the fallback body.
    const stanzas = toWriter(alice).filter((stanza) => child(stanza, 'c', NS.encrypted) !== undefined);
    expect(stanzas).toHaveLength(3);
    expect(stanzas.filter((stanza) => child(stanza, 'body', NS.client) === undefined)).toHaveLength(2);
    await alice.remove();
  });
});
