import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, fromUtf8, toHex, utf8 } from '../../../../main/base/bytes.ts';
import { applyCtr } from '../../../../main/crypto/ctr.ts';
import {
  buildTerminationContent,
  decryptStanza,
  encryptOctets,
  encryptStanza,
  isExhausted,
  isTermination,
  parseEncrypted,
  searchForward,
} from '../../../../main/protocol/esession/xep0200-stanza.ts';
import type { ReceivingSession, SendingSession } from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { deriveDirectionKeys } from '../../../../main/protocol/esession/xep0116/keys.ts';
import { element, elements, serialize } from '../../../../main/wire/element.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';
import { counterMode, counterOf, stanzaMac } from '../../../reference/session.ts';
import { body } from '../../../support/offline-exchange.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const SEED = 20_261_122;
const random = seededRandom(SEED);
const state = {
  modp: 14,
  cipher: 'aes256-ctr',
  hash: 'sha256',
  cipherKey: random.bytes(32),
  macKey: random.bytes(32),
  counter: fromHex('8bcbffe77e862e2ed5170ca77f0230ae'),
  blocks: 50,
} as const;

/** Both ends of one session, fresh each time: a sending value serves once. */
const sending = (o: Partial<SendingSession> = {}): SendingSession => ({ direction: 'send', ...state, ...o });
const receiving = (o: Partial<ReceivingSession> = {}): ReceivingSession => ({ direction: 'receive', ...state, ...o });

const over = (c: Element) => parseEncrypted(parseElement(serialize(c)));

function open(session: ReceivingSession, c: Element) {
  const outcome = decryptStanza(session, over(c));
  if (outcome.kind !== 'opened') throw new TypeError(outcome.kind);
  return outcome;
}

describe('encryptStanza and decryptStanza (XEP-0200 §6, §8)', () => {
  it('R-155 R-164 gives back any content, in any number of stanzas (seed 20261122)', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 }).map((value) => value.replace(/[^\P{C}]|\r/gu, ''));
    const content = fc.array(text.map(body), { maxLength: 3 });
    const property = fc.property(fc.array(content, { maxLength: 5 }), (stanzas) => {
      let [sender, receiver] = [sending(), receiving()];
      for (const one of stanzas) {
        const { c, session } = encryptStanza(sender, one);
        const opened = open(receiver, c);
        expect(opened.content).toEqual(one);
        expect(toHex(opened.session.counter)).toBe(toHex(session.counter));
        [sender, receiver] = [session, opened.session];
      }
    });
    fc.assert(property, { seed: SEED, numRuns: 300 });
  });

  it('R-157 R-160 R-162 S-044 makes what the reference makes of the padded text', () => {
    for (const length of [0, 1, 10, 63, 64, 65, 500]) {
      const content = [body('ü'.repeat(length))];
      const padded = (text: string): string => text + ' '.repeat((64 - (utf8(text).length % 64)) % 64);
      const plain = utf8(padded(`<body>${'ü'.repeat(length)}</body>`).replace('<body></body>', '<body/>' + '      '));
      const { c } = encryptStanza(sending(), content);
      const encrypted = over(c);
      const counter = counterOf(state.counter);
      expect(toHex(encrypted.data ?? new Uint8Array())).toBe(toHex(counterMode(state.cipherKey, counter, plain)));
      const data = Buffer.from(encrypted.data ?? []).toString('base64');
      expect(toHex(encrypted.mac)).toBe(toHex(stanzaMac(state.macKey, `<data>${data}</data>`, counter)));
      expect(elements(c).map(({ name }) => name)).toEqual(['data', 'mac']);
    }
  });

  it.each([0, 1, 30, 50, 51, 52, 100, 400])(
    'R-161 S-044 pads %i characters with spaces to a multiple of 64 octets',
    (length) => {
      const { c } = encryptStanza(sending(), [body('x'.repeat(length))]);
      const { data = new Uint8Array() } = over(c);
      expect(data.length % 64).toBe(0);
      const plain = fromUtf8(applyCtr('aes256-ctr', state.cipherKey, state.counter, data));
      expect(plain.trimEnd() === serialize(body('x'.repeat(length)), NS.client)).toBe(true);
      expect(data.length - utf8(plain.trimEnd()).length).toBeLessThan(64);
    },
  );

  it('R-095 R-156 R-278 has the counter advanced by the blocks used when it returns', () => {
    const { c, session } = encryptStanza(sending(), [body('x'.repeat(100))]);
    const blocks = (over(c).data?.length ?? 0) / 16;
    expect(counterOf(session.counter) - counterOf(state.counter)).toBe(BigInt(blocks));
    expect(session.blocks).toBe(state.blocks + blocks);
  });

  it('R-156 S-033 a <c/> without data advances the counter by one', () => {
    const mac = stanzaMac(state.macKey, '', counterOf(state.counter));
    const c = parseElement(`<c xmlns='${NS.encrypted}'><mac>${Buffer.from(mac).toString('base64')}</mac></c>`);
    const opened = open(receiving(), c);
    expect(opened.content).toEqual([]);
    expect(counterOf(opened.session.counter) - counterOf(state.counter)).toBe(1n);
  });

  it('R-129 S-003 uses the minimal counter in the MAC, where 15 octets are left of it', () => {
    const counter = fromHex('0005'.padEnd(32, '7'));
    const { c, session } = encryptStanza(sending({ counter }), [body('short')]);
    const data = Buffer.from(over(c).data ?? []).toString('base64');
    expect(toHex(over(c).mac)).toBe(toHex(stanzaMac(state.macKey, `<data>${data}</data>`, counterOf(counter))));
    expect(toHex(open(receiving({ counter }), c).session.counter)).toBe(toHex(session.counter));
  });

  it('S-033 wraps around from all ones to zero and goes on', () => {
    const counter = fromHex('ff'.repeat(16));
    let [sender, receiver] = [sending({ counter }), receiving({ counter })];
    for (const text of ['before', 'after', 'much later']) {
      const { c, session } = encryptStanza(sender, [body(text)]);
      const opened = open(receiver, c);
      expect(opened.content).toEqual([body(text)]);
      [sender, receiver] = [session, opened.session];
    }
    expect(toHex(sender.counter)).toBe('0000000000000000000000000000000b');
  });

  it('R-158 R-293 writes neither key nor new nor old: in an offline session there are none', () => {
    const { c } = encryptStanza(sending(), [body('x')]);
    expect(elements(c).map(({ name }) => name)).toEqual(['data', 'mac']);
  });

  it.each([
    ['thread', NS.client],
    ['error', NS.client],
    ['amp', NS.amp],
    ['c', NS.encrypted],
    ['init', NS.esessionInit],
  ])('R-152 R-046 never encrypts <%s/>, and drops one that it finds inside', (name, ns) => {
    const wrong = element(name, ns);
    expect(() => encryptStanza(sending(), [body('x'), wrong])).toThrow(TypeError);
    const plain = utf8(serialize(wrong, NS.client) + serialize(body('x'), NS.client));
    expect(open(receiving(), encryptOctets(sending(), plain).c).content).toEqual([body('x')]);
  });
});

describe('a stanza that is not what the sender sent', () => {
  const { c } = encryptStanza(sending(), [body('the one true text')]);
  const encrypted = over(c);

  it('R-164 S-031 any bit of data or mac flipped: a mismatch, and nothing is decrypted', () => {
    for (const name of ['data', 'mac'] as const) {
      const octets = encrypted[name] ?? new Uint8Array();
      for (let bit = 0; bit < 8 * octets.length; bit += 1) {
        const flipped = octets.map((octet, at) => (at === bit >> 3 ? octet ^ (1 << (bit & 7)) : octet));
        const changed = parseElement(serialize(c).replace(base64(octets), base64(flipped)));
        expect(decryptStanza(receiving(), parseEncrypted(changed))).toEqual({ kind: 'mismatch' });
      }
    }
  });

  it.each([
    ['another MAC key', { macKey: new Uint8Array(32) }],
    ['the counter before', { counter: fromHex('8bcbffe77e862e2ed5170ca77f0230ad') }],
    ['the counter after', { counter: fromHex('8bcbffe77e862e2ed5170ca77f0230af') }],
  ])('R-160 S-018 %s: a mismatch', (_, o) => {
    expect(decryptStanza(receiving(o), encrypted)).toEqual({ kind: 'mismatch' });
    expect(decryptStanza(receiving(), encrypted).kind).toBe('opened');
  });

  it('S-018 reflected to its author, whose receiving keys are those of the other role', () => {
    const shared = new Uint8Array(32).fill(5);
    const own = deriveDirectionKeys(shared, 'responder', 'sha256', 'aes256-ctr');
    const others = deriveDirectionKeys(shared, 'initiator', 'sha256', 'aes256-ctr');
    const reflected = over(encryptStanza(sending(own), [body('x')]).c);
    expect(decryptStanza(receiving(own), reflected).kind).toBe('opened');
    expect(decryptStanza(receiving(others), reflected)).toEqual({ kind: 'mismatch' });
    expect(searchForward(receiving(others), reflected, 100)).toBeUndefined();
  });

  it('S-034 the same once more: a mismatch at the counter that has moved on', () => {
    const opened = open(receiving(), c);
    expect(decryptStanza(opened.session, encrypted)).toEqual({ kind: 'mismatch' });
    expect(searchForward(opened.session, encrypted, 1000)).toBeUndefined();
  });

  it('R-163 asks for a newer set of keys, of which there are none: a mismatch, even with its MAC right', () => {
    const content = `<data>${base64(encrypted.data ?? new Uint8Array())}</data><new>1</new>`;
    const mac = stanzaMac(state.macKey, content, counterOf(state.counter));
    const asking = parseElement(`<c xmlns='${NS.encrypted}'>${content}<mac>${base64(mac)}</mac></c>`);
    expect(decryptStanza(receiving(), parseEncrypted(asking))).toEqual({ kind: 'mismatch' });
  });
});

describe('content that is no XML', () => {
  it.each([
    ['an open tag', '<body>'],
    ['two closing tags', '<body></body></message>'],
    ['a closed wrapper', '</message><message>'],
    ['a comment', '<body>x<!-- y --></body>'],
    ['a DTD', '<!DOCTYPE x><body/>'],
    ['an entity', '<body>&x;</body>'],
    ['a processing instruction', '<?x y?><body/>'],
    ['an unbound prefix', '<a:body/>'],
    ['an attribute twice', "<body a='1' a='2'/>"],
  ])('R-262 R-273 with %s is told as such, and the counter has advanced', (_, text) => {
    const { c, session } = encryptOctets(sending(), utf8(text));
    const outcome = decryptStanza(receiving(), over(c));
    expect(outcome.kind).toBe('malformed-content');
    if (outcome.kind === 'malformed-content') expect(toHex(outcome.session.counter)).toBe(toHex(session.counter));
  });

  it('R-262 or no UTF-8', () => {
    const { c } = encryptOctets(sending(), fromHex('3c626f64793effc03c2f626f64793e'));
    expect(decryptStanza(receiving(), over(c)).kind).toBe('malformed-content');
  });

  it('reads padding, text between elements and namespaces as profile 2.7 says', () => {
    const { c } = encryptOctets(sending(), utf8(" <body>a</body> junk <x xmlns='urn:y'/>   "));
    expect(open(receiving(), c).content).toEqual([body('a'), element('x', 'urn:y')]);
  });
});

describe('searchForward (profile 6.3, H-3)', () => {
  const ahead = (blocks: number) => {
    const counter = fromHex((counterOf(state.counter) + BigInt(blocks)).toString(16));
    return over(encryptStanza(sending({ counter }), [body('later')]).c);
  };

  it.each([1, 2, 25, 4096, 65_536])('S-034 finds a stanza %i blocks ahead, and reads it there', (blocks) => {
    const found = searchForward(receiving(), ahead(blocks));
    expect(found?.skippedBlocks).toBe(blocks);
    if (found === undefined) return;
    expect(found.session.blocks).toBe(state.blocks + blocks);
    expect(decryptStanza(found.session, ahead(blocks)).kind).toBe('opened');
  });

  it('S-034 looks no further than it is told, and never back', () => {
    expect(searchForward(receiving(), ahead(65_537))).toBeUndefined();
    expect(searchForward(receiving(), ahead(10), 9)).toBeUndefined();
    expect(searchForward(receiving(), ahead(-1), 100)).toBeUndefined();
    expect(searchForward(receiving(), ahead(0), 100)).toBeUndefined();
  });

  it('can be cut into pieces', () => {
    expect(searchForward(receiving(), ahead(500), 1000, 501)).toBeUndefined();
    expect(searchForward(receiving(), ahead(500), 1000, 400)?.skippedBlocks).toBe(500);
  });

  it('leaves the session as it was', () => {
    const session = receiving();
    searchForward(session, ahead(5));
    expect(toHex(session.counter)).toBe(toHex(state.counter));
  });
});

describe('the block limit (XEP-0200 §11.4)', () => {
  const LIMIT = 100;

  it('R-181 S-033 a key ends before the limit, which counts the identity’s blocks', () => {
    let session = sending({ blocks: 50 });
    let stanzas = 0;
    expect(() => {
      for (; stanzas < 50; stanzas += 1) session = encryptStanza(session, [body('x')], LIMIT).session;
    }).toThrow(expect.objectContaining({ code: 'exhausted' }));
    expect(stanzas).toBeGreaterThan(2);
    expect(session.blocks).toBeLessThanOrEqual(LIMIT);
    expect(isExhausted(session, LIMIT)).toBe(true);
  });

  it('R-181 keeps room for the termination, and that never passes the limit either', () => {
    const session = sending({ blocks: LIMIT - 20 });
    expect(() => encryptStanza(session, [body('x')], LIMIT)).toThrow(expect.objectContaining({ code: 'exhausted' }));
    const { c, session: last } = encryptStanza(session, buildTerminationContent(), LIMIT);
    expect(isTermination(open(receiving(), c).content)).toBe(true);
    expect(last.blocks).toBeLessThanOrEqual(LIMIT);
    const full = sending({ blocks: LIMIT - 1 });
    expect(() => encryptStanza(full, buildTerminationContent(), LIMIT)).toThrow(
      expect.objectContaining({ code: 'exhausted' }),
    );
  });

  it('R-181 the limit is 2^32 blocks', () => {
    expect(isExhausted(sending({ blocks: 2 ** 32 - 33 }))).toBe(false);
    expect(isExhausted(sending({ blocks: 2 ** 32 - 32 }))).toBe(true);
    expect(() => encryptStanza(sending({ blocks: 2 ** 32 - 3 }), buildTerminationContent())).toThrow(
      expect.objectContaining({ code: 'exhausted' }),
    );
  });
});

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64');
}
