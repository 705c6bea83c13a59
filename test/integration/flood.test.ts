import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from '../../main/base/bytes.ts';
import { inlineModpEngine } from '../../main/crypto/modp-engine.ts';
import type { ModpEngine } from '../../main/crypto/modp.ts';
import { generateSigningKey, importSigningKey } from '../../main/crypto/signature.ts';
import { child, type Element } from '../../main/wire/element.ts';
import { parseJid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { befriendWriter, startWriter, type LetterWriter } from '../support/letter-writer.ts';
import { startMessenger, textsOf, type TestMessenger } from '../support/messengers.ts';
import { valuesOf, withValues } from '../support/offline-exchange.ts';
import { startProsody } from '../support/servers/prosody.ts';
import type { TestServer } from '../support/servers/test-server.ts';
import { senderKey } from '../support/test-keys.ts';

/** Speed and memory under a flood are the bench's; here it counts what was done. */
describe('openings that fail, in numbers, on Prosody', () => {
  let server: TestServer;
  let alice: TestMessenger;
  let bob: LetterWriter;
  let mallory: LetterWriter;
  let form: Element;
  let powers = 0;

  beforeAll(async () => {
    const engine = inlineModpEngine();
    const counting: ModpEngine = {
      power: (...args) => {
        powers += 1;
        return engine.power(...args);
      },
      close: () => engine.close(),
    };
    server = await startProsody();
    alice = await startMessenger(server, 'alice', { modp: counting });
    await alice.signIn();
    bob = await startWriter(server, 'bob', senderKey);
    mallory = await startWriter(server, 'mallory', importSigningKey(await generateSigningKey()));
    await befriendWriter(alice, bob);
    await befriendWriter(alice, mallory);
    await alice.until('keys', async () => {
      const { text } = await alice.call('diagnostics.report', {});
      return text.includes('presence prepared') && text.includes('open published');
    });
    form = await bob.optionsOf(alice.address);
  });
  afterAll(async () => {
    await bob.client.close();
    await mallory.client.close();
    await alice.remove();
    await server.stop();
  });

  /** A letter whose M_B is wrong. */
  async function forged(writer: LetterWriter): Promise<Element> {
    const stanza = writer.letter(await writer.start(parseJid(alice.address), form), 'never', true);
    return {
      ...stanza,
      children: stanza.children.map((node) => {
        const x = typeof node === 'string' || node.name !== 'init' ? undefined : child(node, 'x', NS.form);
        if (x === undefined || typeof node === 'string') return node;
        const mac = fromBase64(valuesOf(x, 'mac')[0] ?? '') ?? new Uint8Array();
        mac[0] = (mac[0] ?? 0) ^ 1;
        return { ...node, children: [withValues(x, 'mac', [toBase64(mac)])] };
      }),
    };
  }

  async function genuine(text: string): Promise<void> {
    await bob.send(bob.letter(await bob.start(parseJid(alice.address), form), text, true));
    await alice.until(text, async () => (await textsOf(alice, bob.address)).includes(text));
  }

  it('S-043 does at most twenty exponentiations a minute for one who forges, and shows the genuine letter among them', async () => {
    const one = await forged(mallory);
    const before = powers;
    for (let i = 0; i < 500; i += 1) void mallory.send({ ...one, attrs: { ...one.attrs, id: `forged${i}` } });
    // Each is another stanza to the server and the same opening to us; distinct ones cost an exponentiation each.
    for (let i = 0; i < 40; i += 1) void mallory.send(await forged(mallory));
    await genuine('among them');
    expect(powers - before).toBeLessThanOrEqual(22);
    await alice.until('forged ones left in the journal', async () => {
      const { text } = await alice.call('diagnostics.report', {});
      return /journal [1-9]/.test(text);
    });
    expect(powers - before).toBeLessThanOrEqual(22);
  });

  it('S-030 reacts to two hundred failing and two hundred good openings with no stanza at all', async () => {
    const mark = alice.mark();
    let passed = 0;
    const shown = async (): Promise<number> =>
      (await alice.call('conversations.list', {})).find(({ with: who }) => who === bob.address)?.unread ?? 0;
    for (let round = 0; round < 20; round += 1) {
      const before = await shown();
      for (let i = 0; i < 10; i += 1) {
        await bob.send(await forged(bob));
        await bob.send(bob.letter(await bob.start(parseJid(alice.address), form), `good ${round} ${i}`, true));
      }
      await alice.until('twenty rows', async () => (await shown()) === before + 20);
      passed += 61_000;
      alice.clock.setOffset(passed, true);
    }
    expect(alice.sent.slice(mark.sent)).toEqual([]);
    expect(alice.askedOf(bob.address, mark)).toEqual([]);
  });
});
