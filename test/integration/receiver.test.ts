import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../../main/base/bytes.ts';
import { generateSigningKey, importSigningKey, type SigningKey } from '../../main/crypto/signature.ts';
import { buildTerminationContent } from '../../main/protocol/esession/xep0200-stanza.ts';
import { child, element, type Element } from '../../main/wire/element.ts';
import { parseBareJid, parseJid, type Jid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import type { Message } from '../../preload/contract.ts';
import { befriendWriter, startWriter, type LetterWriter, type WrittenSession } from '../support/letter-writer.ts';
import { startMessenger, type TestMessenger } from '../support/messengers.ts';
import { valuesOf, withValues } from '../support/offline-exchange.ts';
import { startProsody } from '../support/servers/prosody.ts';
import type { TestServer } from '../support/servers/test-server.ts';
import { senderKey } from '../support/test-keys.ts';

describe('the receiver of letters (profile 6.3) on Prosody', () => {
  let server: TestServer;
  let alice: TestMessenger;
  let bob: LetterWriter;
  let malloryKey: SigningKey;
  let to: Jid;
  let form: Element;

  beforeAll(async () => {
    malloryKey = importSigningKey(await generateSigningKey());
    server = await startProsody();
    alice = await startMessenger(server, 'alice');
    await alice.signIn();
    bob = await startWriter(server, 'bob', senderKey);
    await befriendWriter(alice, bob);
    await alice.until('the backup key', async () => {
      const { backupKey } = await alice.call('leaving.state', {});
      return backupKey?.confirmed === true;
    });
    form = await bob.optionsOf(alice.address);
    to = parseJid(alice.address);
    // Her key store knows Bob's key from here on.
    await read(letter(await bob.start(to, form), 'hello'), 'hello');
  });
  afterAll(async () => {
    await bob.client.close();
    await alice.remove();
    await server.stop();
  });

  function letter(written: WrittenSession, body: string): Element {
    return bob.letter(written, body, true);
  }

  /** The stanza with another value in one field of its form. */
  function withField(stanza: Element, name: string, values: readonly string[]): Element {
    return withInit(stanza, (x) => withValues(x, name, values));
  }

  function withInit(stanza: Element, change: (x: Element) => Element): Element {
    return {
      ...stanza,
      children: stanza.children.map((node) => {
        if (typeof node === 'string' || node.name !== 'init') return node;
        const x = child(node, 'x', NS.form);
        return x === undefined ? node : { ...node, children: [change(x)] };
      }),
    };
  }

  function flipped(base64: string): string {
    const octets = fromBase64(base64) ?? new Uint8Array();
    octets[octets.length >> 1] = (octets[octets.length >> 1] ?? 0) ^ 1;
    return toBase64(octets);
  }

  function initOf(stanza: Element): Element {
    const init = child(stanza, 'init', NS.esessionInit);
    const x = init && child(init, 'x', NS.form);
    if (x === undefined) throw new Error('no form');
    return x;
  }

  /** A mark set once the questions that follow a sign-in of themselves have come to an end. */
  async function quietMark(): Promise<ReturnType<TestMessenger['mark']>> {
    let [asked, since] = [-1, Date.now()];
    await alice.until('quiet', () => {
      if (asked !== alice.asked.length) [asked, since] = [alice.asked.length, Date.now()];
      return Date.now() - since > 400;
    });
    return alice.mark();
  }

  /** Nothing went to anyone, and nothing was asked about the sender (S-021). */
  function expectSilence(mark: ReturnType<TestMessenger['mark']>): void {
    expect(alice.sent.slice(mark.sent)).toEqual([]);
    expect(alice.askedOf(bob.address, mark)).toEqual([]);
  }

  async function messages(): Promise<readonly Message[]> {
    return alice.call('messages.list', { with: bob.address });
  }

  /** Sends a stanza and waits for the message it becomes. */
  async function read(stanza: Element, text?: string): Promise<Message> {
    const before = (await messages()).length;
    await bob.send(stanza);
    await alice.until(text ?? 'a notice', async () => (await messages()).length > before);
    const last = (await messages()).at(-1);
    if (last === undefined) throw new Error('no message');
    if (text !== undefined) expect(last, JSON.stringify(last.details)).toMatchObject({ text });
    return last;
  }

  /** Sends stanzas of which nothing may be shown, and a good letter behind them; only that one may appear. */
  async function showsNothing(...stanzas: readonly Element[]): Promise<void> {
    const before = (await messages()).length;
    for (const stanza of stanzas) await bob.send(stanza);
    await read(letter(await bob.start(to, form), 'behind'), 'behind');
    expect((await messages()).length).toBe(before + 1);
  }

  const broken: readonly (readonly [string, string, string, (stanza: Element) => Element])[] = [
    ['R-259 a form without its counter', 'I12', 'altered', (s) => withInit(s, (x) => without(x, 'counter'))],
    [
      'S-022 a nonce that is nobody’s',
      'I9',
      'other-device',
      (s) => withField(s, 'nonce', [flipped(valuesOf(initOf(s), 'nonce')[0] ?? '')]),
    ],
    ['S-011 R-097 a cipher that was not offered', 'I14', 'too-weak', (s) => withField(s, 'crypt_algs', ['aes192-ctr'])],
    ['S-016 another group than its d', 'I14', 'too-weak', (s) => withField(s, 'modp', ['5'])],
    ['S-013 R-295 a d of 1', 'I12', 'altered', (s) => withField(s, 'dhkeys', ['AQ=='])],
    ['R-096 a wrong M_B', 'I12', 'altered', (s) => withField(s, 'mac', [flipped(valuesOf(initOf(s), 'mac')[0] ?? '')])],
    [
      'R-041 an altered identity',
      'I12',
      'altered',
      (s) => withField(s, 'identity', [flipped(valuesOf(initOf(s), 'identity')[0] ?? '')]),
    ],
    [
      'R-153 a second <c/>',
      'I12',
      'altered',
      (s) => ({ ...s, children: [...s.children, child(s, 'c', NS.encrypted) ?? ''] }),
    ],
  ];

  it.each(broken)('S-021 R-039 R-300 %s ends in %s, silently', async (_title, badge, reason, change) => {
    const mark = await quietMark();
    const notice = await read(change(letter(await bob.start(to, form), 'never shown')));
    expect(notice).toMatchObject({ badge, text: null, details: { reason } });
    expectSilence(mark);
  });

  it('S-021 R-041 a signature by another key than the one it shows ends in I13, silently', async () => {
    const mark = await quietMark();
    const forged: SigningKey = { publicKey: senderKey.publicKey, sign: (octets) => malloryKey.sign(octets) };
    const notice = await read(letter(await bob.start(to, form, { key: forged }), 'never shown'));
    expect(notice).toMatchObject({ badge: 'I13', text: null, details: { reason: 'not-proven' } });
    expectSilence(mark);
  });

  it('R-283 S-023 shows the identical first stanza once, without a word', async () => {
    const stanza = letter(await bob.start(to, form), 'once');
    await read(stanza, 'once');
    await showsNothing(stanza, stanza);
  });

  it('R-037 R-038 R-283 S-023 refuses another opening with the same d and N_B', async () => {
    const stanza = letter(await bob.start(to, form), 'the first');
    await read(stanza, 'the first');
    const replay = withField(stanza, 'mac', [flipped(valuesOf(initOf(stanza), 'mac')[0] ?? '')]);
    expect(await read(replay)).toMatchObject({ badge: 'I11', text: null, details: { reason: 'copy' } });
  });

  it('R-284 does not remember a first stanza that failed: the true one still opens', async () => {
    const stanza = letter(await bob.start(to, form), 'true');
    const rubbish = withField(stanza, 'identity', [flipped(valuesOf(initOf(stanza), 'identity')[0] ?? '')]);
    expect(await read(rubbish)).toMatchObject({ badge: 'I12' });
    await read(stanza, 'true');
  });

  it('S-031 R-164 refuses an altered <c/> and reads what comes behind it', async () => {
    const written = await bob.start(to, form);
    await read(letter(written, 'one'), 'one');
    const c = bob.seal(written, bob.content(written, 'altered on the way'));
    const data = child(c, 'data', NS.encrypted);
    const changed = element(
      'data',
      NS.encrypted,
      {},
      flipped(typeof data?.children[0] === 'string' ? data.children[0] : ''),
    );
    const altered = { ...c, children: c.children.map((node) => (node === data ? changed : node)) };
    await bob.send(bob.stanza(written, altered, false));
    await bob.send(bob.letter(written, 'three', false));
    // A gap outside a backlog is decided after a minute, counted from when the stanza behind it came.
    let passed = 0;
    await alice.until('what comes behind', async () => {
      passed += 61_000;
      alice.clock.setOffset(passed, true);
      return (await messages()).some(({ text }) => text === 'three');
    });
    const list = await messages();
    expect(list.find(({ text }) => text === 'three')?.details.missingBefore).toBe(true);
    expect(list.some(({ badge, text }) => badge === 'I12' && text === null)).toBe(true);
    expect(list.some(({ text }) => text === 'altered on the way')).toBe(false);
  });

  it('R-026 accepts an opening without <c/> and reads what follows', async () => {
    const written = await bob.start(to, form);
    const opening = letter(written, 'dropped on purpose');
    const bare = {
      ...opening,
      children: opening.children.filter((node) => typeof node === 'string' || node.name !== 'c'),
    };
    const again = await bob.start(to, form);
    await bob.send({ ...bare, children: bare.children.map((node) => swapForm(node, again)) });
    await read(
      bob.stanza({ ...again, thread: written.thread }, bob.seal(again, bob.content(again, 'follows')), false),
      'follows',
    );
  });

  it('R-027 S-038 ends a session with terminate in its form after the first stanza', async () => {
    const written = await bob.start(to, form, { terminate: true });
    await read(letter(written, 'the only one'), 'the only one');
    const later = await read(bob.letter(written, 'too late', false));
    expect(later).toMatchObject({ text: null, details: { reason: 'other-device' } });
  });

  it('R-048 R-126 ends a session at its termination and answers nothing', async () => {
    const written = await bob.start(to, form);
    await read(letter(written, 'before the end'), 'before the end');
    const mark = await quietMark();
    await bob.send(bob.stanza(written, bob.seal(written, buildTerminationContent()), false));
    const later = await read(bob.letter(written, 'after the end', false));
    expect(later.text).toBeNull();
    expectSilence(mark);
  });

  it('R-270 does not obey a termination outside <c/>', async () => {
    const written = await bob.start(to, form);
    await read(letter(written, 'still open'), 'still open');
    const [feature] = buildTerminationContent();
    await bob.send(
      element('message', NS.client, { to, type: 'chat' }, element('thread', NS.client, {}, written.thread), feature),
    );
    await read(bob.letter(written, 'goes on', false), 'goes on');
  });

  it('R-269 S-036 shows nothing that stands beside a <c/>', async () => {
    const written = await bob.start(to, form);
    const stanza = letter(written, 'inside');
    const beside = { ...stanza, children: [element('body', NS.client, {}, 'outside'), ...stanza.children] };
    await read(beside, 'inside');
    expect((await messages()).some(({ text }) => text === 'outside')).toBe(false);
  });

  it('R-271 S-028 refuses, with an alert, a letter that was written to someone else', async () => {
    const written = await bob.start(to, form);
    const content = bob.content(written, 'for Mallory', { to: parseBareJid(`mallory@${server.domain}`) });
    const notice = await read(bob.stanza(written, bob.seal(written, content), true));
    expect(notice).toMatchObject({ badge: 'I13', text: null });
    expect(alice.payloads('alerts.raised').map(({ code }) => code)).toContain('relayed');
  });

  it('R-272 S-028 shows content without addresses with the lower mark', async () => {
    const written = await bob.start(to, form);
    const body = element('body', NS.client, {}, 'no addresses');
    const message = await read(bob.stanza(written, bob.seal(written, [body]), true), 'no addresses');
    expect(message.details.senderConfirmed).toBe(false);
  });

  it('L-002 shows a message with the same inner id once', async () => {
    const id = 'a'.repeat(32);
    await read(bob.letter(await bob.start(to, form), 'sent twice', true, { id }), 'sent twice');
    await showsNothing(bob.letter(await bob.start(to, form), 'sent twice', true, { id }));
  });

  it.each(['1970-01-01T00:00:00Z', '2100-01-01T00:00:00Z'])(
    'S-041 R-045 shows the server’s time for one written in %s',
    async (at) => {
      const parts = { createdAt: new Date(at) };
      const message = await read(bob.letter(await bob.start(to, form), `at ${at}`, true, parts), `at ${at}`);
      expect(message.timeCertain).toBe(false);
      expect(message.writtenAt.slice(0, 4)).toBe(String(alice.clock.now().getUTCFullYear()));
    },
  );

  it('R-179 R-232 S-071 shows what may not be stored, and has it no more after a restart', async () => {
    const written = await bob.start(to, form, { preferUnstored: true });
    const message = await read(letter(written, 'for this sitting only'), 'for this sitting only');
    await alice.quit();
    await alice.start();
    await alice.signIn();
    expect((await messages()).find(({ id }) => id === message.id)?.text).toBeNull();
    form = await bob.optionsOf(alice.address);
  });

  it('R-246 returns no receipt in clear', async () => {
    const mark = await quietMark();
    await read(letter(await bob.start(to, form), 'wants a receipt'), 'wants a receipt');
    expectSilence(mark);
  });

  it('R-137 R-302 S-026 holds aside what comes under another key, and shows it when the key is accepted', async () => {
    const mallory = await startWriter(server, 'mallory', malloryKey);
    try {
      await befriendWriter(alice, mallory);
      const first = mallory.letter(await mallory.start(to, form), 'the first key', true);
      await mallory.send(first);
      const other = await alice.call('contacts.list', {});
      expect(other.length).toBe(2);
      const seen = async (): Promise<readonly Message[]> => alice.call('messages.list', { with: mallory.address });
      await alice.until('the first', async () => (await seen()).length === 1);
      const newKey = importSigningKey(await generateSigningKey());
      await mallory.send(mallory.letter(await mallory.start(to, form, { key: newKey }), 'the new key', true));
      await alice.until('the second', async () => (await seen()).length === 2);
      const held = (await seen()).at(-1);
      expect(held).toMatchObject({ badge: 'I7', text: null });
      const sent = await alice.call('messages.send', { to: mallory.address, text: 'not now' });
      expect(sent).toMatchObject({ state: 'held', badge: 'O6' });
      const fingerprint = held?.details.senderFingerprint ?? '';
      await alice.call('keys.decide', { address: mallory.address, fingerprint, decision: 'accepted' });
      expect((await seen()).find(({ id }) => id === held?.id)).toMatchObject({ text: 'the new key', badge: 'I5' });
    } finally {
      await mallory.client.close();
    }
  });

  it('R-136 S-027 alerts at once when a second address shows a key on file for another', async () => {
    const impostor = await startWriter(server, 'impostor', senderKey);
    try {
      await befriendWriter(alice, impostor);
      await impostor.send(impostor.letter(await impostor.start(to, form), 'with a stolen key', true));
      const seen = async (): Promise<readonly Message[]> => alice.call('messages.list', { with: impostor.address });
      await alice.until('the letter', async () => (await seen()).length === 1);
      expect((await seen())[0]).toMatchObject({ badge: 'I7', text: null });
      const alert = alice.payloads('alerts.raised').find(({ code }) => code === 'key-shared');
      expect(alert?.address).toBe(impostor.address);
      expect(alert?.text).toContain(bob.address);
    } finally {
      await impostor.client.close();
    }
  });
});

function without(x: Element, name: string): Element {
  return { ...x, children: x.children.filter((node) => typeof node === 'string' || node.attrs['var'] !== name) };
}

function swapForm(node: Element | string, written: WrittenSession): Element | string {
  return typeof node !== 'string' && node.name === 'init' ? { ...node, children: [written.form] } : node;
}
