import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serialize } from '../../../main/wire/element.ts';
import { WireError } from '../../../main/wire/wire-error.ts';
import {
  FORM_LIMITS,
  buildForm,
  extendForm,
  field,
  fieldOf,
  formTypeField,
  parseForm,
  readServerForm,
  valueOf,
} from '../../../main/wire/xep0004-data-form.ts';
import type { DataForm, FormField } from '../../../main/wire/xep0004-data-form.ts';
import { parseElement } from '../../../main/wire/xml-parser.ts';
import { anyElement, anyText, wireCodeOf } from './generators.ts';

interface Vectors {
  readonly normalisation: readonly { readonly name: string; readonly xml: string }[];
  readonly normalisationInvalid: readonly { readonly name: string; readonly xml: string }[];
  readonly offline: readonly { readonly publisher: { readonly formXml: string }; readonly responseFormXml: string }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/esession-vectors.json', import.meta.url), 'utf8'),
) as Vectors;

const parse = (inner: string, type = 'submit'): DataForm =>
  parseForm(parseElement(`<x xmlns='jabber:x:data' type='${type}'>${inner}</x>`));
const codeOf = (inner: string): string | undefined => wireCodeOf(() => parse(inner));

describe('parseForm (XEP-0004 §3, profile 2.3)', () => {
  it.each(vectors.normalisation)('reads the vector: $name', ({ xml }) => {
    expect(parseForm(parseElement(xml)).fields.length).toBeGreaterThan(0);
  });

  it.each(vectors.normalisationInvalid)('R-258 R-273 refuses the invalid vector: $name', ({ xml }) => {
    expect(wireCodeOf(() => parseForm(parseElement(xml)))).toMatch(/^(?:bad-form|forbidden-xml)$/);
  });

  it.each(vectors.offline)('reads the forms of the offline vectors', ({ publisher, responseFormXml }) => {
    const published = parseForm(parseElement(publisher.formXml));
    expect(published.type).toBe('form');
    expect(fieldOf(published, 'crypt_algs')?.options.length).toBeGreaterThan(0);
    expect(fieldOf(published, 'dhkeys')?.values).toHaveLength(fieldOf(published, 'modp')?.options.length ?? -1);
    expect(valueOf(parseForm(parseElement(responseFormXml)), 'nonce')).toBe(valueOf(published, 'my_nonce'));
  });

  it('reads values, options and required fields in document order', () => {
    const form = parse(
      "<title>t</title><field var='a' type='list-multi' label='l'><desc>d</desc><required/><value>1</value><value/><option label='o'><value>x</value></option></field><field var='b'/>",
      'form',
    );
    expect(form).toEqual({
      type: 'form',
      fields: [
        { name: 'a', type: 'list-multi', values: ['1', ''], options: ['x'], required: true },
        { name: 'b', values: [], options: [], required: false },
      ],
    });
  });

  it('keeps the text of a value as it is, spaces included', () => {
    expect(valueOf(parse("<field var='a'><value> x\n</value></field>"), 'a')).toBe(' x\n');
  });

  it.each<[string, string]>([
    ['an element of another namespace', "<field var='a'><value>1</value><e xmlns='urn:example'/></field>"],
    ['an element of another namespace beside the fields', "<e xmlns='urn:example'/>"],
    ['an element of no namespace', "<field var='a'><value xmlns=''>1</value></field>"],
    ['a child of <x/> that is no part of a form', '<reported/>'],
    ['a child of a field that is no part of one', "<field var='a'><media/></field>"],
    ['a value with an element in it', "<field var='a'><value>1<value/></value></field>"],
    ['an option with an element in its value', "<field var='a'><option><value><value/></value></option></field>"],
    ['an option without a value', "<field var='a'><option/></field>"],
    ['an option with two values', "<field var='a'><option><value>1</value><value>2</value></option></field>"],
    ['a required mark with an element in it', "<field var='a'><required><value/></required></field>"],
  ])('S-005 refuses %s', (_name, inner) => {
    expect(codeOf(inner)).toBe('bad-form');
  });

  it.each<[string, string]>([
    ['two fields of one name', "<field var='a'><value>1</value></field><field var='a'><value>1</value></field>"],
    ['a field without a name', '<field><value>1</value></field>'],
    ['a field with an empty name', "<field var=''/>"],
    ['a fixed field', "<field type='fixed'><value>1</value></field>"],
  ])('R-259 S-004 refuses %s', (_name, inner) => {
    expect(codeOf(inner)).toBe('bad-form');
  });

  it.each(['', 'update', 'FORM'])('refuses the type "%s"', (type) => {
    expect(wireCodeOf(() => parse('', type))).toBe('bad-form');
  });

  it('refuses what is no form', () => {
    expect(wireCodeOf(() => parseForm(parseElement("<y xmlns='jabber:x:data' type='form'/>")))).toBe('bad-form');
    expect(wireCodeOf(() => parseForm(parseElement("<x xmlns='urn:example' type='form'/>")))).toBe('bad-form');
  });

  it('S-004 R-263 reads as many fields, values and options as the limits allow and refuses one more', () => {
    const fields = (count: number): string => Array.from({ length: count }, (_, i) => `<field var='f${i}'/>`).join('');
    const values = (count: number): string => `<field var='dhkeys'>${'<value>1</value>'.repeat(count)}</field>`;
    const options = (count: number): string =>
      `<field var='modp'>${'<option><value>1</value></option>'.repeat(count)}</field>`;
    expect(parse(fields(FORM_LIMITS.fields)).fields).toHaveLength(64);
    expect(codeOf(fields(FORM_LIMITS.fields + 1))).toBe('too-large');
    for (const repeated of [values, options]) {
      expect(codeOf(repeated(FORM_LIMITS.perField))).toBeUndefined();
      expect(codeOf(repeated(FORM_LIMITS.perField + 1))).toBe('too-large');
    }
  });

  it('S-004 R-263 refuses a form past 64 KiB', () => {
    const big = (octets: number): string => `<field var='a'><value>${'x'.repeat(octets)}</value></field>`;
    expect(codeOf(big(64 * 1024 - 100))).toBeUndefined();
    expect(codeOf(big(64 * 1024))).toBe('too-large');
  });

  it('R-208 has no place for titles, instructions, labels and descriptions', () => {
    const form = parse(
      "<title>T1TLE</title><instructions>1NST</instructions><field var='a' label='L4BEL'><desc>D3SC</desc></field>",
    );
    expect(JSON.stringify(form)).not.toMatch(/T1TLE|1NST|L4BEL|D3SC/);
  });

  it('throws nothing but WireError for any element', () => {
    fc.assert(
      fc.property(anyElement, (el) => {
        for (const parser of [parseForm, readServerForm]) {
          try {
            parser({ ...el, name: 'x', ns: 'jabber:x:data' });
          } catch (error) {
            expect(error).toBeInstanceOf(WireError);
          }
        }
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});

describe('readServerForm', () => {
  it('passes over parts that servers add, and fields without a name', () => {
    const x = parseElement(
      "<x xmlns='jabber:x:data' type='form'><reported/><field type='fixed'><value>Heading</value></field><field var='pubsub#access_model' type='list-single'><value>open</value><validate xmlns='http://jabber.org/protocol/xdata-validate'/></field></x>",
    );
    expect(readServerForm(x).fields.map(({ name, values }) => [name, ...values])).toEqual([
      ['pubsub#access_model', 'open'],
    ]);
  });

  it('refuses a field named twice, and what is no form', () => {
    const twice = parseElement("<x xmlns='jabber:x:data' type='form'><field var='a'/><field var='a'/></x>");
    expect(wireCodeOf(() => readServerForm(twice))).toBe('bad-form');
    expect(wireCodeOf(() => readServerForm(parseElement('<x/>')))).toBe('bad-form');
  });
});

describe('buildForm', () => {
  const anyValue = anyText.map((text) => text.replace(/[\t\r\n]/g, ' '));
  const anyField: fc.Arbitrary<FormField> = fc
    .tuple(
      anyValue,
      anyValue,
      fc.array(anyValue, { maxLength: 4 }),
      fc.array(anyValue, { maxLength: 4 }),
      fc.boolean(),
      fc.boolean(),
    )
    .map(([name, type, values, options, required, typed]) => ({
      name: `n${name}`,
      ...(typed ? { type: `t${type}` } : {}),
      values,
      options,
      required,
    }));

  it('writes what parseForm reads back', () => {
    const anyForm: fc.Arbitrary<DataForm> = fc.record({
      type: fc.constantFrom('form', 'submit', 'result', 'cancel'),
      fields: fc.uniqueArray(anyField, { selector: ({ name }) => name, maxLength: 8 }),
    });
    fc.assert(
      fc.property(anyForm, (form) => {
        expect(parseForm(parseElement(serialize(buildForm(form))))).toEqual(form);
      }),
      { seed: 6, numRuns: 500 },
    );
  });

  it('writes a field as the vectors have it', () => {
    const form = buildForm({ type: 'submit', fields: [formTypeField('urn:xmpp:ssn'), field('modp', '15')] });
    expect(serialize(form)).toBe(
      '<x xmlns="jabber:x:data" type="submit"><field type="hidden" var="FORM_TYPE"><value>urn:xmpp:ssn</value></field><field var="modp"><value>15</value></field></x>',
    );
  });

  it.each(['a\tb', 'a\rb', 'a\nb'])('refuses the character in %j, which servers alter (profile 3.2)', (text) => {
    expect(() => buildForm({ type: 'submit', fields: [field('a', text)] })).toThrow(TypeError);
    expect(() => buildForm({ type: 'submit', fields: [field(text)] })).toThrow(TypeError);
  });
});

describe('extendForm', () => {
  it('gives what the whole form would have been, and leaves the one it was given', () => {
    const [first, second] = [field('modp', '15'), field('mac', 'AA==')];
    const x = buildForm({ type: 'submit', fields: [first] });
    expect(extendForm(x, [second])).toEqual(buildForm({ type: 'submit', fields: [first, second] }));
    expect(x).toEqual(buildForm({ type: 'submit', fields: [first] }));
    expect(() => extendForm(x, [field('a', 'a\tb')])).toThrow(TypeError);
  });
});

describe('valueOf', () => {
  it('is the only value, and nothing where there are none or several', () => {
    const form = parse(
      "<field var='a'><value>1</value></field><field var='b'><value>1</value><value>2</value></field><field var='c'/>",
    );
    expect(['a', 'b', 'c', 'd'].map((name) => valueOf(form, name))).toEqual(['1', undefined, undefined, undefined]);
  });
});
