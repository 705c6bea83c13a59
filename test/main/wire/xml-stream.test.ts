import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serialize, textOf } from '../../../main/wire/element.ts';
import type { Element } from '../../../main/wire/element.ts';
import { LIMITS_BEFORE_LOGIN, STANZA_LIMITS, parseElement, parseStrictly } from '../../../main/wire/xml-parser.ts';
import { StreamParser } from '../../../main/wire/xml-stream.ts';
import { SKIPPED_LIMITS } from '../../../main/wire/xml-tree.ts';
import type { XmlLimits } from '../../../main/wire/xml-parser.ts';

const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='example.org' id='s1' version='1.0' xml:lang='en'>";

describe('StreamParser (RFC 6120 §4)', () => {
  it('announces the header, each element and the end', () => {
    const heard = listen([
      `${HEADER}<stream:features><a xmlns='n'/></stream:features> <message><body>x</body></message>\n</stream:stream>`,
    ]);
    expect(heard.log).toEqual(['start example.org', 'element features', 'element message', 'end']);
    expect(heard.header?.attrs).toEqual({ from: 'example.org', id: 's1', version: '1.0', 'xml:lang': 'en' });
    expect(heard.elements[0]?.ns).toBe('http://etherx.jabber.org/streams');
    expect(heard.elements[1]).toEqual(parseElement("<message xmlns='jabber:client'><body>x</body></message>"));
  });

  it('reads the same wherever the text is cut', () => {
    const text = `${HEADER}<message id='ü&#x9;😀'><body>a\r\n<![CDATA[<b>]]>&amp;🔒中</body></message></stream:stream>`;
    const whole = listen([text]);
    expect(textOf(whole.elements[0]?.children[0] as Element)).toBe('a\n<b>&🔒中');
    for (let at = 0; at <= text.length; at += 1) {
      const cut = listen([text.slice(0, at), text.slice(at)]);
      expect(cut.log).toEqual(whole.log);
      expect(cut.elements).toEqual(whole.elements);
    }
    expect(listen(Array.from({ length: text.length }, (_, i) => text.charAt(i))).elements).toEqual(whole.elements);
  });

  it('S-100 reads plain and unusual stanzas in turn, in order and alike, wherever the text is cut', () => {
    const stanzas = [
      "<message id='1'><body>a &amp; b</body></message>",
      "<message id='2'><body><![CDATA[message>]]></body></message>",
      '<presence/>',
      '<stream:features><a/></stream:features>',
      "<iq type='get' id='4'><ping xmlns='urn:xmpp:ping'/></iq>",
      '<message><message>&#65;</message></message >',
      "<a xmlns='urn:x'>😀</a>",
    ];
    const text = `${HEADER}${stanzas.join(' \n')}</stream:stream>`;
    const whole = listen([text]);
    expect(whole.log.filter((line) => line.startsWith('element'))).toHaveLength(stanzas.length);
    expect(whole.elements[5]).toEqual(parseStrictly("<message xmlns='jabber:client'><message>A</message></message>"));
    for (let at = 0; at <= text.length; at += 1) {
      const cut = listen([text.slice(0, at), text.slice(at)]);
      expect([at, cut.log]).toEqual([at, whole.log]);
      expect(cut.elements).toEqual(whole.elements);
    }
    expect(listen([...text].map((character) => character)).elements).toEqual(whole.elements);
  });

  it('S-103 gives every stanza its own limits: many of them weigh on none', () => {
    const stanza = `<message><body>${'x'.repeat(100_000)}</body></message>`;
    const heard = listen([HEADER, ...Array.from({ length: 12 }, () => `${stanza}\n`)]);
    expect(heard.log.filter((line) => line === 'element message')).toHaveLength(12);
  });

  it('S-103 reads a stanza of exactly the limit, wherever it begins, and refuses one octet more', () => {
    for (const before of ['', ' ', '\n\n', '<presence/>', `<presence/>${' '.repeat(9_000)}`]) {
      expect(listen([HEADER + before + sized(STANZA_LIMITS.octets)]).log.at(-1)).toBe('element message');
      expect(listen([HEADER + before + sized(STANZA_LIMITS.octets + 1)]).log.at(-1)).toBe('error too-large');
    }
  });

  it('S-103 refuses a stanza past the limit before it is complete', () => {
    const piece = 'x'.repeat(7_000);
    const start = Array.from({ length: 40 }, (_, i) => `<a b='${i}${piece}'/>`);
    const heard = listen([HEADER, '<message>', ...start]);
    expect(heard.log.at(-1)).toBe('error too-large');
  });

  it('S-103 holds to 16 KiB until the login succeeded', () => {
    const heard = listener(LIMITS_BEFORE_LOGIN);
    heard.parser.write(HEADER + sized(16 * 1024));
    heard.parser.allow(STANZA_LIMITS);
    heard.parser.write(sized(STANZA_LIMITS.octets));
    expect(heard.log).toEqual(['start example.org', 'element message', 'element message']);
    expect(listen([HEADER + sized(16 * 1024 + 1)], LIMITS_BEFORE_LOGIN).log.at(-1)).toBe('error too-large');
  });

  describe('with a handler for stanzas that are passed over', () => {
    const deep = (levels: number): string => `${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}`;
    const most = Array.from({ length: STANZA_LIMITS.attributes }, (_none, at) => ` a${at}='x'`).join('');
    const past: readonly (readonly [string, string])[] = [
      ['octets', sized(STANZA_LIMITS.octets + 1)],
      ['levels', `<message>${deep(STANZA_LIMITS.depth)}</message>`],
      ['elements', `<message>${'<a/>'.repeat(STANZA_LIMITS.elements)}</message>`],
      ['attributes', `<message><a${most} b='x'/></message>`],
      ['attributes of its own', `<message${most} b='x'/>`],
      ['octets in an attribute', `<message><a b='${'x'.repeat(STANZA_LIMITS.attributeOctets + 1)}'/></message>`],
      ['characters', `<message>${'x'.repeat(STANZA_LIMITS.textOctets + 1)}</message>`],
      ['characters in a CDATA section', `<message><![CDATA[${'<'.repeat(STANZA_LIMITS.textOctets + 1)}]]></message>`],
    ];

    it.each(past)('S-103 keeps the root alone of one with too many %s, and reads on behind it', (_what, xml) => {
      const text = `${xml.replace('<message', "<message from='mallory@example.org' id='m'")}<message id='good'/>`;
      for (const size of [text.length, 1_000]) {
        const heard = listener(STANZA_LIMITS, true);
        heard.parser.write(HEADER);
        for (let at = 0; at < text.length; at += size) heard.parser.write(text.slice(at, at + size));
        expect(heard.log).toEqual(['start example.org', 'skipped message', 'element message']);
        expect(heard.elements[0]).toMatchObject({ attrs: { from: 'mallory@example.org', id: 'm' }, children: [] });
        expect(heard.elements[1]).toEqual(parseElement("<message xmlns='jabber:client' id='good'/>"));
      }
    });

    it.each(past)('S-103 refuses what is no stanza and has too many %s', (_what, xml) => {
      const heard = listener(STANZA_LIMITS, true);
      heard.parser.write(HEADER + xml.replaceAll('message', 'another'));
      expect(heard.log).toEqual(['start example.org', 'error too-large']);
    });

    it.each([
      ['octets', `<message>${"<a b='xxxxxxxxxxxxxxxx'/>".repeat(50_000)}</message>`],
      ['levels', `<message>${deep(SKIPPED_LIMITS.depth)}</message>`],
    ])('S-103 looks for the end of a stanza only so many %s far', (_what, xml) => {
      const heard = listener(STANZA_LIMITS, true);
      heard.parser.write(`${HEADER}${xml}<message/>`);
      expect(heard.log).toEqual(['start example.org', 'error too-large']);
    });

    it('S-100 S-103 refuses what XMPP forbids in what is passed over as well', () => {
      const heard = listener(STANZA_LIMITS, true);
      heard.parser.write(`${HEADER}<message>${'<a/>'.repeat(STANZA_LIMITS.elements)}<!-- x --></message>`);
      expect(heard.log).toEqual(['start example.org', 'error forbidden-xml']);
    });
  });

  it.each<[string, string, string]>([
    ['a comment', '<!-- c -->', 'forbidden-xml'],
    ['a processing instruction', '<?p q?>', 'forbidden-xml'],
    ['a DOCTYPE', '<!DOCTYPE a>', 'not-well-formed'],
    ['an unknown entity', '<message>&nbsp;</message>', 'not-well-formed'],
    ['a NUL', '<message>\0</message>', 'not-well-formed'],
    ['a doubled attribute', "<message id='1' id='2'/>", 'not-well-formed'],
    ['an unbound prefix', '<x:message/>', 'not-well-formed'],
    ['a message of another namespace', "<message xmlns='jabber:server'/>", 'bad-stanza'],
    ['an iq of no namespace', "<iq xmlns=''/>", 'bad-stanza'],
    ['text between stanzas', 'text', 'forbidden-xml'],
    ['text in CDATA between stanzas', '<![CDATA[text]]>', 'forbidden-xml'],
    ['a second XML declaration', "<?xml version='1.0'?>", 'not-well-formed'],
  ])('S-100 refuses %s, hands out what came before, and nothing behind it', (_name, broken, code) => {
    const heard = listen([`${HEADER}<presence/>${broken}<message/>`, '<message/></stream:stream>']);
    expect(heard.log).toEqual(['start example.org', 'element presence', `error ${code}`]);
  });

  it('S-100 refuses a DOCTYPE where XML would allow one: ahead of the stream', () => {
    expect(listen([`<!DOCTYPE stream [<!ENTITY a 'b'>]>${HEADER}<message>&a;</message>`]).log).toEqual([
      'error forbidden-xml',
    ]);
  });

  it('refuses a lone surrogate, which no decoder of UTF-8 gives', () => {
    expect(listen([HEADER, '<message>\ud800x</message>']).log.at(-1)).toBe('error not-well-formed');
    expect(listen([HEADER, '<message>\ud800', 'x</message>']).log.at(-1)).toBe('error not-well-formed');
  });

  it.each<[string, string]>([
    ['no stream', "<message xmlns='jabber:client'/>"],
    ['a stream of another namespace', "<stream xmlns='urn:example'>"],
  ])('refuses %s', (_name, text) => {
    expect(listen([text]).log).toEqual(['error bad-stanza']);
  });

  it.each(["<?xml version='1.1'?>", "<?xml version='1.0' encoding='latin1'?>"])(
    'refuses the declaration %s',
    (declaration) => {
      expect(listen([declaration + HEADER.slice(HEADER.indexOf('?>') + 2)]).log).toEqual(['error not-well-formed']);
    },
  );

  it('announces nothing after it was stopped, not even from the same piece', () => {
    const log: string[] = [];
    const parser: StreamParser = new StreamParser({
      start: () => undefined,
      element: ({ name }) => {
        log.push(name);
        parser.stop();
      },
      end: () => log.push('end'),
      error: () => log.push('error'),
    });
    parser.write(`${HEADER}<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><message/></stream:stream>`);
    parser.write('<message/>');
    expect(log).toEqual(['proceed']);
  });

  it('hands on what a handler throws and goes on with what follows', () => {
    const log: string[] = [];
    const parser = new StreamParser({
      start: () => undefined,
      element: ({ name }) => {
        log.push(name);
        if (name === 'presence') throw new RangeError('a mistake of the handler');
      },
      end: () => log.push('end'),
      error: () => log.push('error'),
    });
    expect(() => {
      parser.write(`${HEADER}<presence/>`);
    }).toThrow(RangeError);
    parser.write('<message/>');
    expect(log).toEqual(['presence', 'message']);
  });

  it('throws nothing and says at most one last thing, whatever comes', () => {
    const soup = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 6 })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(soup, fc.boolean(), (pieces, started) => {
        const { log } = listen([...(started ? [HEADER] : []), ...pieces]);
        const last = log.findIndex((line) => line === 'end' || line.startsWith('error'));
        expect(last === -1 || last === log.length - 1).toBe(true);
      }),
      { seed: 4, numRuns: 3_000 },
    );
  });
});

// prettier-ignore
const PIECES = [
  '<message>', '</message>', '<iq/>', '<stream:features/>', '</stream:stream>', ' ', '\r', '\n', '<!--', '-->', '<?', '?>', '<![CDATA[', ']]>',
  '<!DOCTYPE', '&', ';', '&lt;', "<a b='", "'", '>', '\ud83d', '\ude00', HEADER,
];

interface Heard {
  readonly parser: StreamParser;
  readonly log: string[];
  readonly elements: Element[];
  header?: Element;
}

function listener(limits: XmlLimits = STANZA_LIMITS, maySkip = false): Heard {
  const log: string[] = [];
  const elements: Element[] = [];
  const heard: Heard = {
    log,
    elements,
    parser: new StreamParser(
      {
        start: (header) => {
          log.push(`start ${header.attrs['from'] ?? ''}`);
          heard.header = header;
        },
        element: (element) => {
          log.push(`element ${element.name}`);
          elements.push(element);
          expect(serialize(element)).not.toBe('');
        },
        ...(maySkip && {
          skipped: (root: Element) => {
            log.push(`skipped ${root.name}`);
            elements.push(root);
          },
        }),
        end: () => log.push('end'),
        error: ({ code }) => log.push(`error ${code}`),
      },
      limits,
    ),
  };
  return heard;
}

function listen(pieces: readonly string[], limits?: XmlLimits): Heard {
  const heard = listener(limits);
  for (const piece of pieces) heard.parser.write(piece);
  return heard;
}

function sized(octets: number): string {
  const filled = `<b c='${'ü'.repeat(2_000)}'/>`.repeat(Math.floor((octets - 1_000) / 4_020));
  return `<message>${filled}${' '.repeat(octets - Buffer.byteLength(filled) - '<message></message>'.length)}</message>`;
}
