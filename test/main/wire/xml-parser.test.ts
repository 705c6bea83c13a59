import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { child, element, serialize, textOf } from '../../../main/wire/element.ts';
import type { Element } from '../../../main/wire/element.ts';
import { WireError } from '../../../main/wire/wire-error.ts';
import type { WireErrorCode } from '../../../main/wire/wire-error.ts';
import { STANZA_LIMITS, parseContent, parseElement } from '../../../main/wire/xml-parser.ts';
import { anyElement, wireCodeOf } from './generators.ts';

const FORM = 'jabber:x:data';

describe('parseElement', () => {
  it('S-104 resolves prefixes, so that a prefixed element is the same as one with a default namespace', () => {
    const prefixed = parseElement("<d:x xmlns:d='jabber:x:data' type='form'><d:field var='a'/></d:x>");
    expect(prefixed).toEqual(parseElement("<x xmlns='jabber:x:data' type='form'><field var='a'/></x>"));
    expect(child(prefixed, 'field', FORM)?.attrs).toEqual({ var: 'a' });
  });

  it('S-104 keeps attributes of other namespaces out, and xml:lang by that name', () => {
    const read = parseElement("<a xmlns='n' xmlns:o='other' o:type='x' type='y' xml:lang='en'/>");
    expect(read.attrs).toEqual({ type: 'y', 'xml:lang': 'en' });
  });

  it('normalises line ends to LF and keeps character references to CR (XML 1.0 2.11)', () => {
    expect(textOf(parseElement('<a>1\r\n2\r3&#xD;4</a>'))).toBe('1\n2\n3\r4');
  });

  it('makes white space in attribute values spaces, and keeps referenced white space (XML 1.0 3.3.3)', () => {
    expect(parseElement("<a b='1\t2\r\n3\n4&#9;&#10;&#13;'/>").attrs['b']).toBe('1 2 3 4\t\n\r');
  });

  it('joins text, references and CDATA sections into one string', () => {
    expect(parseElement('<a>x<![CDATA[<&>]]>&amp;&#x41;</a>').children).toEqual(['x<&>&A']);
  });

  it('keeps an attribute that is named like a property of every object', () => {
    const read = parseElement("<a __proto__='1' constructor='2'/>");
    expect(Object.entries(read.attrs)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
    expect(serialize(read)).toContain('__proto__="1"');
  });

  it.each<[string, string, WireErrorCode]>([
    ['nothing', '', 'not-well-formed'],
    ['text alone', 'text', 'not-well-formed'],
    ['an element left open', '<a><b></b>', 'not-well-formed'],
    ['crossed elements', '<a><b></a></b>', 'not-well-formed'],
    ['two elements', '<a/><b/>', 'not-well-formed'],
    ['text behind the element', '<a/>x', 'not-well-formed'],
    ['an attribute twice', "<a b='1' b='2'/>", 'not-well-formed'],
    ['an attribute twice by two prefixes', "<a xmlns:p='n' xmlns:q='n' p:b='1' q:b='2'/>", 'not-well-formed'],
    ['an attribute without quotes', '<a b=1/>', 'not-well-formed'],
    ['a prefix that is not bound', '<p:a/>', 'not-well-formed'],
    ['an attribute prefix that is not bound', "<a p:b='1'/>", 'not-well-formed'],
    ['white space in a namespace name', "<a xmlns=' jabber:x:data'/>", 'not-well-formed'],
    ['an entity that is not predefined', '<a>&nbsp;</a>', 'not-well-formed'],
    ['a reference to NUL', '<a>&#0;</a>', 'not-well-formed'],
    ['a reference to a surrogate', '<a>&#xD83D;&#xDE00;</a>', 'not-well-formed'],
    ['a control character', '<a>\u0001</a>', 'not-well-formed'],
    ['a lone high surrogate', '<a>\ud83dx</a>', 'not-well-formed'],
    ['a lone low surrogate', '<a>\ude00</a>', 'not-well-formed'],
    ['the end of a CDATA section in text', '<a>]]></a>', 'not-well-formed'],
    ['an ampersand', '<a>a & b</a>', 'not-well-formed'],
    ['an XML declaration', "<?xml version='1.0'?><a/>", 'forbidden-xml'],
    ['a DOCTYPE', '<!DOCTYPE a><a/>', 'forbidden-xml'],
    ['a DOCTYPE with entities', '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', 'forbidden-xml'],
    ['a comment', '<a><!-- c --></a>', 'forbidden-xml'],
    ['a comment before the element', '<!-- c --><a/>', 'forbidden-xml'],
    ['a processing instruction', '<a><?p q?></a>', 'forbidden-xml'],
  ])('S-005 refuses %s', (_name, xml, code) => {
    expect(wireCodeOf(() => parseElement(xml))).toBe(code);
  });

  it('S-005 R-273 refuses a comment, an instruction, a DOCTYPE and an unknown entity wherever they stand in a form', () => {
    const form = "<x xmlns='jabber:x:data' type='submit'><field var='a'><value>secret value</value></field></x>";
    const ends = [...form.matchAll(/>/g)].map(({ index }) => index + 1);
    const insideText = Array.from({ length: 12 }, (_, i) => form.indexOf('secret value') + i);
    for (const at of [...ends.slice(0, -1), ...insideText]) {
      for (const construct of ['<!-- c -->', '<?p q?>', '<!DOCTYPE x>', '&other;']) {
        const code = wireCodeOf(() => parseElement(form.slice(0, at) + construct + form.slice(at)));
        expect(code, `${construct} at ${at}`).toMatch(/^(?:forbidden-xml|not-well-formed)$/);
      }
    }
  });

  it('S-005 never reads a comment as the end of a value', () => {
    expect(wireCodeOf(() => parseElement('<value>1<!-- c -->2</value>'))).toBe('forbidden-xml');
  });
});

describe('limits of parseElement (S-103)', () => {
  const at: readonly [string, string, string][] = [
    ['octets', sized(STANZA_LIMITS.octets), sized(STANZA_LIMITS.octets + 1)],
    ['depth', nested(STANZA_LIMITS.depth), nested(STANZA_LIMITS.depth + 1)],
    ['elements', wide(STANZA_LIMITS.elements), wide(STANZA_LIMITS.elements + 1)],
    ['attributes', attributed(STANZA_LIMITS.attributes), attributed(STANZA_LIMITS.attributes + 1)],
    ['one attribute', attributeOf(STANZA_LIMITS.attributeOctets), attributeOf(STANZA_LIMITS.attributeOctets + 1)],
    ['text', texts(STANZA_LIMITS.textOctets), texts(STANZA_LIMITS.textOctets + 1)],
  ];

  it.each(at)('S-103 R-263 reads up to the limit of %s and refuses one more', (name, most, tooMuch) => {
    expect(parseElement(most).name).toBe('a');
    if (name === 'octets') expect(Buffer.byteLength(most)).toBe(STANZA_LIMITS.octets);
    expect(wireCodeOf(() => parseElement(tooMuch))).toBe('too-large');
  });

  it('S-103 counts octets, not characters', () => {
    expect(wireCodeOf(() => parseElement(`<a b='${'ü'.repeat(STANZA_LIMITS.attributeOctets / 2 + 1)}'/>`))).toBe(
      'too-large',
    );
    expect(wireCodeOf(() => parseElement(`<a>${'中'.repeat(STANZA_LIMITS.textOctets / 3 + 1)}</a>`))).toBe('too-large');
  });

  it('S-103 refuses 32 MiB of text without building it', () => {
    expect(wireCodeOf(() => parseElement(`<a>${'x'.repeat(32 * 1024 * 1024)}</a>`))).toBe('too-large');
  });
});

describe('parseContent (profile 2.7)', () => {
  it('reads undeclared elements as of jabber:client and the others by their declaration', () => {
    const [body, active] = parseContent("<body>Hello</body><active xmlns='http://jabber.org/protocol/chatstates'/>   ");
    expect(body).toEqual(element('body', 'jabber:client', {}, 'Hello'));
    expect(active?.ns).toBe('http://jabber.org/protocol/chatstates');
  });

  it('passes over the spaces that hide the length', () => {
    expect(parseContent(`<body>a</body>${' '.repeat(63)}`)).toEqual(parseContent('<body>a</body>'));
  });

  it.each<[string, string]>([
    ['a DTD', '<!DOCTYPE m><body>a</body>'],
    ['a DTD inside', '<body><!DOCTYPE m>a</body>'],
    ['an entity', '<body>&e;</body>'],
    ['a processing instruction', '<?xml-stylesheet href="x"?><body>a</body>'],
    ['an XML declaration', '<?xml version="1.0"?><body>a</body>'],
    ['a comment', '<body>a<!-- b -->c</body>'],
  ])('R-262 refuses %s', (_name, text) => {
    expect(wireCodeOf(() => parseContent(text))).toMatch(/^(?:forbidden-xml|not-well-formed)$/);
  });

  it.each(['</message><message>', '</message>', '</message><x/>', '<body>', '<![CDATA[', '</message><!--'])(
    'refuses %s, which reaches out of its stanza',
    (text) => {
      expect(wireCodeOf(() => parseContent(text))).toMatch(/^(?:forbidden-xml|not-well-formed)$/);
    },
  );
});

describe('parse and serialize', () => {
  it('read what they wrote', () => {
    fc.assert(
      fc.property(anyElement, (el) => {
        expect(joined(parseElement(serialize(el)))).toEqual(joined(el));
      }),
      { seed: 1 },
    );
  });

  it('S-105 keep every character that XML can carry', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const el = tryElement(text);
        fc.pre(el !== undefined);
        expect(parseElement(serialize(el))).toEqual(el);
      }),
      { seed: 2, numRuns: 1_000 },
    );
  });

  it('S-105 refuse to build what XML cannot carry', () => {
    for (const text of ['\0', '\u001b', '\ud800', 'a\udfffb', '\ufffe', '\uffff']) {
      expect(() => element('body', 'jabber:client', {}, text)).toThrow(TypeError);
      expect(() => element('body', 'jabber:client', { id: text })).toThrow(TypeError);
    }
  });

  it('no input makes the parser throw anything but WireError', () => {
    const soup = fc.array(fc.oneof(fc.constantFrom(...TOKENS), fc.string({ unit: 'binary', maxLength: 8 })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(soup, fc.boolean(), (pieces, wrapped) => {
        const text = wrapped ? `<a>${pieces.join('')}</a>` : pieces.join('');
        expectWireErrorAtMost(() => parseElement(text));
        expectWireErrorAtMost(() => parseContent(text));
      }),
      { seed: 3, numRuns: 3_000 },
    );
  });
});

// prettier-ignore
const TOKENS = [
  '<', '>', '/>', '</', '<a', '<a>', '</a>', '<b:c', " xmlns='x'", " xmlns:b='y'", " xmlns:b=''", " d='e'", '="', "'", '"',
  '&', '&amp;', '&#', '&#x', ';', '<![CDATA[', ']]>', '<!--', '-->', '<?', '?>', '<!DOCTYPE', '<!', '[', ']', '\r', '\n', '\ufeff',
  ' ', '__proto__', '<xmlns:a', " xml:lang='", " xmlns:xml='z'", " xmlns='http://www.w3.org/2000/xmlns/'",
];

function expectWireErrorAtMost(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
  }
}

function tryElement(text: string): Element | undefined {
  try {
    return element('body', 'jabber:client', {}, text);
  } catch {
    return undefined;
  }
}

/** Two neighbouring texts are one once they were written. */
function joined(el: Element): Element {
  const children = el.children.reduce<(Element | string)[]>((kept, node) => {
    const last = kept.at(-1);
    if (typeof node !== 'string') return [...kept, joined(node)];
    return typeof last === 'string' ? [...kept.slice(0, -1), last + node] : [...kept, node];
  }, []);
  return { ...el, children };
}

/** Text weighs on its own limit, so most of the weight is in attributes. */
function sized(octets: number): string {
  const filled = Array.from({ length: 40 }, () => `<b c='${'x'.repeat(6_000)}'/>`).join('');
  return `<a>${filled}${' '.repeat(octets - filled.length - '<a></a>'.length)}</a>`;
}

function nested(depth: number): string {
  return '<a>'.repeat(depth) + '</a>'.repeat(depth);
}

function wide(count: number): string {
  return `<a>${'<b/>'.repeat(count - 1)}</a>`;
}

function attributed(count: number): string {
  return `<a ${Array.from({ length: count }, (_, i) => `b${i}=''`).join(' ')}/>`;
}

function attributeOf(octets: number): string {
  return `<a b='${'x'.repeat(octets)}'/>`;
}

/** Half in the element, half in a child: the limit is for all together. */
function texts(octets: number): string {
  return `<a>${'x'.repeat(octets - 10)}<b>${'y'.repeat(10)}</b></a>`;
}
