import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { element, serialize } from '../../../main/wire/element.ts';
import type { Element } from '../../../main/wire/element.ts';
import { parseStrictly, STANZA_LIMITS } from '../../../main/wire/xml-parser.ts';
import { PlainReader } from '../../../main/wire/xml-plain.ts';
import type { XmlLimits } from '../../../main/wire/xml-parser.ts';
import { anyElement } from './generators.ts';

const STANZA =
  "<message to='alice@example.org' type='chat' xml:lang='en'><body>rope &amp; lamp &lt;3 🔒</body>\n" +
  "<c xmlns='http://www.xmpp.org/extensions/xep-0200.html#ns'><data>aGVsbG8=</data><mac/></c></message>";

describe('PlainReader', () => {
  it('reads what a server sends of a letter, as the strict reader does', () => {
    const reader = new PlainReader(`${STANZA}<presence/>`, 'jabber:client', STANZA_LIMITS);
    expect(reader.read(0)).toEqual(strictly(STANZA));
    expect(reader.end).toBe(STANZA.length);
  });

  it('says of every beginning that it is cut, and of none that it is read', () => {
    for (let length = 0; length < STANZA.length; length += 1) {
      const reader = new PlainReader(STANZA.slice(0, length), 'jabber:client', STANZA_LIMITS);
      expect([length, reader.read(0), reader.isCut]).toEqual([length, undefined, true]);
    }
  });

  it.each([
    ['a comment', '<a><!-- c --></a>'],
    ['CDATA', '<a><![CDATA[x]]></a>'],
    ['a processing instruction', '<a><?p q?></a>'],
    ['a prefix', "<p:a xmlns:p='urn:p'/>"],
    ['an attribute with a prefix', "<a xmlns:p='urn:p' p:b='c'/>"],
    ['a reference in an attribute', "<a b='&amp;'/>"],
    ['a reference by number', '<a>&#65;</a>'],
    ['an unknown reference', '<a>&nbsp;</a>'],
    ['a bare ampersand', '<a>&</a>'],
    ['the end of CDATA in text', '<a>]]></a>'],
    ['a doubled attribute', "<a b='c' b='d'/>"],
    ['a doubled namespace', "<a xmlns='b' xmlns='c'/>"],
    ['no namespace', "<a xmlns=''/>"],
    ['a reserved namespace', "<a xmlns='http://www.w3.org/XML/1998/namespace'/>"],
    ['white space in a namespace', "<a xmlns=' b'/>"],
    ['a line end in an attribute', "<a b='\n'/>"],
    ['a carriage return', '<a>\r\n</a>'],
    ['a control character', '<a>\u0001</a>'],
    ['a noncharacter', '<a>\uffff</a>'],
    ['half a character', '<a>\ud800</a>'],
    ['a wrong end', '<a></b>'],
    ['a name that objects have', "<a constructor='b' __proto__='c'/>"],
    ['white space in an end tag', '<a></a >'],
    ['something before the element', ' <a/>'],
    ['a name beyond ASCII', '<ä/>'],
  ])('leaves %s to the strict reader', (_name, xml) => {
    const reader = new PlainReader(xml, '', STANZA_LIMITS);
    expect(reader.read(0)).toBeUndefined();
    expect(reader.isCut).toBe(false);
  });

  it.each<[keyof XmlLimits, number]>([
    ['octets', 3 * STANZA.length - 1],
    ['textOctets', 3 * STANZA.length - 1],
    ['depth', 2],
    ['elements', 4],
    ['attributes', 2],
    ['attributeOctets', 3 * 'alice@example.org'.length - 1],
  ])('S-103 leaves what comes near the limit of %s to the strict reader', (limit, value) => {
    const reader = new PlainReader(STANZA, 'jabber:client', { ...STANZA_LIMITS, [limit]: value });
    expect(reader.read(0)).toBeUndefined();
  });

  it('S-100 S-103 reads nothing that the strict reader refuses or reads otherwise', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(written, mutated, soup), fc.constantFrom(STANZA_LIMITS, NARROW), (xml, limits) => {
        const reader = new PlainReader(xml, '', limits);
        const element = reader.read(0);
        if (element === undefined) return;
        read += 1;
        expect(element).toEqual(parseStrictly(xml.slice(0, reader.end), limits));
      }),
      { seed: 11, numRuns: 20_000 },
    );
    expect(read).toBeGreaterThan(3_000);
  });
});

const NARROW: XmlLimits = { octets: 90, depth: 3, elements: 5, attributes: 2, attributeOctets: 12, textOctets: 60 };

function strictly(xml: string): Element {
  const wrapped = parseStrictly(`<stream xmlns='jabber:client'>${xml}</stream>`);
  return wrapped.children[0] as Element;
}

/** Trees that a quick reader may meet, with everything in their texts that has to be escaped. */
const plainElement: fc.Arbitrary<Element> = fc.letrec<{ element: Element }>((tie) => ({
  element: fc
    .tuple(
      fc.constantFrom('a', 'b-c', '_d.1'),
      fc.constantFrom('urn:x', 'urn:x', 'jabber:client'),
      fc.dictionary(
        fc.constantFrom('id', 'to', 'xml:lang', 'e.f'),
        fc.string({ unit: unitOf(' x]=é🔒'), maxLength: 9 }),
        {
          maxKeys: 3,
        },
      ),
      fc.array(
        fc.oneof({ maxDepth: 4 }, fc.string({ unit: unitOf(' x&<>]"\n\tü🔒'), maxLength: 12 }), tie('element')),
        { maxLength: 4 },
      ),
    )
    .map(([name, ns, attrs, children]) => element(name, ns, attrs, ...children)),
})).element;

function unitOf(characters: string): fc.Arbitrary<string> {
  return fc.constantFrom(...characters);
}

const written = fc
  .oneof({ weight: 3, arbitrary: plainElement }, { weight: 1, arbitrary: anyElement })
  .map((el) => serialize(el));
/** One piece of a well-formed text replaced by something else. */
const mutated = fc
  .tuple(
    written,
    fc.nat(),
    fc.nat(4),
    fc.constantFrom("'", '"', '<', '>', '/', '&', ';', '=', ' ', 'a', ':', '\r', ']]>'),
  )
  .map(([xml, place, length, other]) => {
    const at = place % (xml.length + 1);
    return xml.slice(0, at) + other + xml.slice(at + length);
  });
const soup = fc
  .array(
    fc.constantFrom(
      '<a>',
      '</a>',
      '<b/>',
      "<a b='c'>",
      " xmlns='d'",
      'x',
      '&lt;',
      '&',
      ']]>',
      '>',
      '<a ',
      "e='f'",
      '\u00e4',
    ),
    {
      maxLength: 8,
    },
  )
  .map((pieces) => pieces.join(''));
