import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildContent, readContent } from '../../../main/wire/content.ts';
import type { ContentToSend, ProtectedContent } from '../../../main/wire/content.ts';
import type { element } from '../../../main/wire/element.ts';
import { serialize } from '../../../main/wire/element.ts';
import { parseBareJid } from '../../../main/wire/jid.ts';
import { NS } from '../../../main/wire/namespaces.ts';
import { parseContent } from '../../../main/wire/xml-parser.ts';
import { cleanText } from '../../../main/wire/xml-text.ts';
import { anyElement } from './generators.ts';

interface Vectors {
  readonly offline: readonly { readonly name: string; readonly messages: readonly { readonly plaintext: string }[] }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/esession-vectors.json', import.meta.url), 'utf8'),
) as Vectors;

const BOB = parseBareJid('bob@example.com');
const ALICE = parseBareJid('alice@example.org');
const MALLORY = parseBareJid('mallory@evil.example');
const ACTUAL = { from: BOB, to: ALICE };
const MESSAGE: ContentToSend = {
  ...ACTUAL,
  body: 'Hello, Alice!',
  createdAt: new Date('2026-11-22T08:01:00Z'),
  id: '2a1d3f415ec0ab173c74d01aaf53d8ac',
};

const written = (content: readonly ReturnType<typeof element>[]): string =>
  content.map((el) => serialize(el, NS.client)).join('');
const sent = (message: ContentToSend): ProtectedContent =>
  readContent(parseContent(written(buildContent(message))), ACTUAL);
const readText = (text: string, actual = ACTUAL): ProtectedContent => readContent(parseContent(text), actual);

describe('buildContent (profile 3.7)', () => {
  it('R-044 R-230 R-242 R-271 writes body, Created, addresses, id and request in that order, as the vector has them', () => {
    const content = buildContent({ ...MESSAGE, requestReceipt: true });
    expect(content.map(({ name }) => name)).toEqual(['body', 'headers', 'addresses', 'origin-id', 'request']);
    expect(content).toEqual(parseContent(vectors.offline[0]?.messages[0]?.plaintext ?? ''));
  });

  it('R-044 every content has a Created header, with and without text', () => {
    for (const message of [MESSAGE, { ...ACTUAL, createdAt: MESSAGE.createdAt, id: 'i', receiptFor: 'r' }]) {
      expect(sent(message).createdAt).toEqual(MESSAGE.createdAt);
    }
  });

  it('R-046 R-152 puts no thread, amp or error inside', () => {
    const everything = buildContent({ ...MESSAGE, requestReceipt: true });
    expect(everything.map(({ name }) => name)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(?:thread|amp|error|c|init)$/)]),
    );
  });

  it('R-244 never asks for a receipt in a receipt', () => {
    expect(buildContent({ ...MESSAGE, receiptFor: 'r' }).map(({ name }) => name)).not.toContain('request');
    expect(() => buildContent({ ...MESSAGE, receiptFor: 'r', requestReceipt: true })).toThrow(TypeError);
  });

  it('S-105 carries or replaces 1,000 hostile texts, and never fails', () => {
    const hostile = fc.string({
      unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
      maxLength: 60,
    });
    fc.assert(
      fc.property(hostile, (body) => {
        expect(sent({ ...MESSAGE, body }).body).toBe(cleanText(body));
      }),
      { seed: 10, numRuns: 1_000 },
    );
  });

  it('is read back as it was built', () => {
    const texts = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        fc.option(texts, { nil: undefined }),
        fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
        fc.constantFrom('request', 'receipt', 'neither'),
        (body, createdAt, receipts) => {
          const whole = new Date(Math.floor(createdAt.getTime() / 1_000) * 1_000);
          const read = sent({
            ...ACTUAL,
            ...(body === undefined ? {} : { body }),
            createdAt: whole,
            id: MESSAGE.id,
            requestReceipt: receipts === 'request',
            ...(receipts === 'receipt' ? { receiptFor: 'r1' } : {}),
          });
          expect(read).toEqual({
            ...(body === undefined ? {} : { body: cleanText(body) }),
            createdAt: whole,
            mayStore: true,
            intent: 'confirmed',
            originId: MESSAGE.id,
            requestsReceipt: receipts === 'request',
            ...(receipts === 'receipt' ? { receiptFor: 'r1' } : {}),
          });
        },
      ),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe('readContent (S-035)', () => {
  it.each(vectors.offline)('reads the contents of the vector $name', ({ messages }) => {
    const read = messages.map(({ plaintext }) => readText(plaintext));
    expect(read[0]?.body).toMatch(/^(?:Hello, Alice!|1)$/);
    expect(read.every(({ body, sessionForm }) => (body === undefined) === (sessionForm !== undefined))).toBe(true);
  });

  it('reads a chat state and a session form', () => {
    expect(readText("<composing xmlns='http://jabber.org/protocol/chatstates'/>").chatState).toBe('composing');
    expect(readText("<other xmlns='http://jabber.org/protocol/chatstates'/>").chatState).toBeUndefined();
    const form = "<x xmlns='jabber:x:data' type='submit'><field var='terminate'><value>1</value></field></x>";
    const feature = `<feature xmlns='http://jabber.org/protocol/feature-neg'>${form}</feature>`;
    expect(readText(feature).sessionForm?.name).toBe('x');
    expect(readText(feature + feature).sessionForm).toBeUndefined();
    expect(readText(form).sessionForm).toBeUndefined();
  });

  it.each([
    [
      'a forwarded message',
      "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'><body>CANARY</body></message></forwarded>",
    ],
    [
      'a carbon received',
      "<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'><body>CANARY</body></message></forwarded></received>",
    ],
    ['a carbon sent', "<sent xmlns='urn:xmpp:carbons:2'><body xmlns='jabber:client'>CANARY</body></sent>"],
    [
      'an archive result',
      "<result xmlns='urn:xmpp:mam:2' id='CANARY'><forwarded xmlns='urn:xmpp:forward:0'/></result>",
    ],
    ['a <c/>', "<c xmlns='http://www.xmpp.org/extensions/xep-0200.html#ns'><data>CANARY</data></c>"],
    [
      'an <init/>',
      "<init xmlns='http://www.xmpp.org/extensions/xep-0116.html#ns-init'><x xmlns='jabber:x:data' type='CANARY'/></init>",
    ],
    ['an iq', "<iq type='set' id='CANARY'><query xmlns='jabber:iq:roster'/></iq>"],
    ['a message', '<message><body>CANARY</body></message>'],
    ['a presence', '<presence><status>CANARY</status></presence>'],
    ['a thread', '<thread>CANARY</thread>'],
    ['a subject', '<subject>CANARY</subject>'],
    ['an amp rule', "<amp xmlns='http://jabber.org/protocol/amp' status='CANARY'/>"],
    ['an error', "<error type='CANARY'/>"],
    ['a delay stamp', "<delay xmlns='urn:xmpp:delay' from='CANARY' stamp='2026-11-22T08:00:00Z'/>"],
    ['a PEP event', "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='CANARY'/></event>"],
    [
      'markup',
      "<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'>CANARY</body></html>",
    ],
    ['a body of another namespace', "<body xmlns='urn:example'>CANARY</body>"],
    ['an unknown extension', "<x xmlns='urn:example'>CANARY</x>"],
  ])('S-035 ignores %s', (_name, nested) => {
    const alone = readText('<body>Hello</body>');
    expect(readText(`${nested}<body>Hello</body>`)).toEqual(alone);
    expect(readText(`<body>Hello</body>${nested}`)).toEqual(alone);
    expect(readText(nested)).toEqual({ mayStore: true, intent: 'absent', requestsReceipt: false });
  });

  it.each([
    'not a time',
    '',
    '2026-11-22',
    '2026-11-22T08:01',
    '2026-02-30T08:00:00Z',
    '20261122T08:01:00',
    '2026-11-22T25:00:00Z',
    '0',
  ])('S-041 takes no time from the Created header "%s"', (value) => {
    const text = `<headers xmlns='${NS.shim}'><header name='Created'>${value}</header></headers>`;
    expect(readText(text).createdAt).toBeUndefined();
  });

  it('R-233 R-231 writes Created in whole seconds of UTC, and reads fractions and offsets', () => {
    const headers = buildContent({ ...MESSAGE, createdAt: new Date('2026-11-22T08:01:00.999Z') })[1];
    expect(headers && serialize(headers)).toContain('>2026-11-22T08:01:00Z<');
    const at = (value: string): Date | undefined =>
      readText(`<headers xmlns='${NS.shim}'><header name='Created'>${value}</header></headers>`).createdAt;
    expect(at('2026-11-22T08:01:00Z')).toEqual(new Date('2026-11-22T08:01:00Z'));
    expect(at(' 2026-11-22T09:01:00.25+01:00 ')).toEqual(new Date('2026-11-22T08:01:00.250Z'));
  });

  it.each([
    ['false', false],
    ['true', true],
    ['maybe', false],
    ['', false],
    ['TRUE', false],
  ])('a Store header of "%s" makes mayStore %s', (value, mayStore) => {
    expect(readText(`<headers xmlns='${NS.shim}'><header name='Store'>${value}</header></headers>`).mayStore).toBe(
      mayStore,
    );
  });

  it('one Store header that says no is enough, however it is spelled and wherever it stands', () => {
    const headers = (...values: string[]): string =>
      `<headers xmlns='${NS.shim}'>${values.map((value) => `<header name='store'>${value}</header>`).join('')}</headers>`;
    expect(readText(headers('true', 'false')).mayStore).toBe(false);
    expect(readText(headers('true') + headers('false')).mayStore).toBe(false);
    expect(readText(headers('true')).mayStore).toBe(true);
    expect(readText('').mayStore).toBe(true);
  });

  it('takes no time where Created is given twice', () => {
    const header = "<header name='Created'>2026-11-22T08:01:00Z</header>";
    expect(readText(`<headers xmlns='${NS.shim}'>${header}${header}</headers>`).createdAt).toBeUndefined();
  });

  it('R-244 does not answer a receipt that asks for one', () => {
    expect(readText("<received xmlns='urn:xmpp:receipts' id='m0'/><request xmlns='urn:xmpp:receipts'/>")).toMatchObject(
      {
        receiptFor: 'm0',
        requestsReceipt: false,
      },
    );
  });

  it('never throws, whatever was protected', () => {
    fc.assert(
      fc.property(fc.array(anyElement, { maxLength: 6 }), (content) => {
        const { intent } = readContent(content, ACTUAL);
        expect(['confirmed', 'absent', 'mismatch']).toContain(intent);
      }),
      { seed: 12, numRuns: 500 },
    );
  });
});

describe('the addressing block (S-028)', () => {
  const block = (from: string, to: string, more = ''): string =>
    `<addresses xmlns='http://jabber.org/protocol/address'><address type='ofrom' jid='${from}'/><address type='to' jid='${to}'/>${more}</addresses>`;
  const ID = "<origin-id xmlns='urn:xmpp:sid:0' id='9f2c6f0b1d7e4a5cb3a8e7d6c5b4a392'/>";
  const intentOf = (text: string): string => readText(text).intent;

  it('R-271 confirms a message from and to the people of the stanza', () => {
    expect(intentOf(block('bob@example.com', 'alice@example.org') + ID)).toBe('confirmed');
    expect(intentOf(block('BOB@Example.COM', 'ａlice@example.org.') + ID)).toBe('confirmed');
  });

  it('finds content without the block, or without its id, absent', () => {
    expect(intentOf('<body>x</body>')).toBe('absent');
    expect(intentOf(ID)).toBe('absent');
    expect(intentOf(block('bob@example.com', 'alice@example.org'))).toBe('absent');
  });

  it.each([
    ['another sender', block('mallory@evil.example', 'alice@example.org')],
    ['another recipient', block('bob@example.com', 'mallory@evil.example')],
    ['sender and recipient changed round', block('alice@example.org', 'bob@example.com')],
    ['a look-alike domain', block('bob@example.com', 'alice@example.0rg')],
    ['a full address', block('bob@example.com/laptop', 'alice@example.org')],
    ['an empty address', block('', 'alice@example.org')],
    ['no address', block('@/x', 'alice@example.org')],
    [
      'a third address',
      block('bob@example.com', 'alice@example.org', "<address type='cc' jid='mallory@evil.example'/>"),
    ],
    ['two recipients', block('bob@example.com', 'alice@example.org', "<address type='to' jid='alice@example.org'/>")],
    [
      'only a sender',
      "<addresses xmlns='http://jabber.org/protocol/address'><address type='ofrom' jid='bob@example.com'/></addresses>",
    ],
    ['an empty block', "<addresses xmlns='http://jabber.org/protocol/address'/>"],
    ['two blocks', block('bob@example.com', 'alice@example.org') + block('bob@example.com', 'alice@example.org')],
    [
      'a good block and a bad one',
      block('bob@example.com', 'alice@example.org') + block('bob@example.com', 'mallory@evil.example'),
    ],
  ])('R-271 S-028 refuses %s as a mismatch', (_name, text) => {
    expect(intentOf(text + ID)).toBe('mismatch');
  });

  it('S-028 tells a message relayed to another person, on both sides', () => {
    const toMallory = parseContent(written(buildContent({ ...MESSAGE, from: BOB, to: MALLORY })));
    // Mallory passes on to Alice what Bob wrote to him; the stanza then comes from Bob's or from Mallory's address.
    expect(readContent(toMallory, { from: BOB, to: ALICE }).intent).toBe('mismatch');
    expect(readContent(toMallory, { from: MALLORY, to: ALICE }).intent).toBe('mismatch');
    expect(readContent(toMallory, { from: BOB, to: MALLORY }).intent).toBe('confirmed');
  });

  it('takes no id from two of them, an empty one or one of 257 octets', () => {
    const id = (value: string): string => `<origin-id xmlns='urn:xmpp:sid:0' id='${value}'/>`;
    expect(readText(id('a')).originId).toBe('a');
    for (const text of [id('a') + id('b'), id(''), id('x'.repeat(257)), "<origin-id xmlns='urn:xmpp:sid:0'/>"]) {
      expect(readText(text).originId).toBeUndefined();
    }
  });
});

describe('cleanText', () => {
  it('S-105 replaces controls, lone surrogates and non-characters, and keeps the rest', () => {
    expect(cleanText('a\0b\u001bc\ud800d\udfffe\ufffef\u{1ffff}g\ufdd0h\u0080i\u007fj')).toBe(
      'a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg\ufffdh\ufffdi\ufffdj',
    );
    expect(cleanText('tab\t line\n ü中🔒 \u200d \u0085')).toBe('tab\t line\n ü中🔒 \u200d \u0085');
    expect(cleanText('a\r\nb\rc')).toBe('a\nb\nc');
  });

  it('changes nothing it has cleaned', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanText(cleanText(text))).toBe(cleanText(text));
      }),
      { seed: 13 },
    );
  });
});
