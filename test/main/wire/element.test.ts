import { describe, expect, it } from 'vitest';
import { child, childText, childrenNamed, element, elements, serialize, textOf } from '../../../main/wire/element.ts';
import { parseElement } from '../../../main/wire/xml-parser.ts';

describe('looking up parts of an element', () => {
  const stanza = parseElement(
    "<message xmlns='jabber:client' xmlns:e='urn:example'><e:body>foreign</e:body><body xmlns='urn:example'>foreign</body><body>right</body><body>second</body></message>",
  );

  it('S-104 goes by local name and namespace', () => {
    expect(childText(stanza, 'body', 'jabber:client')).toBe('right');
    expect(childrenNamed(stanza, 'body', 'jabber:client').map(textOf)).toEqual(['right', 'second']);
    expect(childrenNamed(stanza, 'body', 'urn:example')).toHaveLength(2);
    expect(child(stanza, 'body', '')).toBeUndefined();
    expect(child(stanza, 'e:body', 'urn:example')).toBeUndefined();
  });

  it("takes an element's own text alone", () => {
    expect(textOf(parseElement('<a>1<b>2</b>3</a>'))).toBe('13');
    expect(elements(parseElement('<a>1<b>2</b>3</a>')).map(({ name }) => name)).toEqual(['b']);
  });
});

describe('element, serialize', () => {
  it('leaves out what is undefined or empty', () => {
    expect(serialize(element('a', 'n', { b: undefined, c: '' }, undefined, '', 'x'))).toBe('<a xmlns="n" c="">x</a>');
  });

  it('declares a namespace wherever it changes, and none where the parent has it', () => {
    const el = element('a', 'n', {}, element('b', 'n'), element('c', 'm', {}, element('d', 'n')), element('e', ''));
    expect(serialize(el, 'n')).toBe('<a><b/><c xmlns="m"><d xmlns="n"/></c><e xmlns=""/></a>');
    expect(parseElement(serialize(el))).toEqual(el);
  });

  it('S-105 escapes what would be markup, and white space that parsers alter', () => {
    const el = element('a', 'n', { b: '<&>"\'\t\n\r' }, '<&>]]>\r\n');
    expect(serialize(el)).toBe('<a xmlns="n" b="&lt;&amp;&gt;&quot;\'&#x9;&#xA;&#xD;">&lt;&amp;&gt;]]&gt;&#xD;\n</a>');
    expect(parseElement(serialize(el))).toEqual(el);
  });
});
