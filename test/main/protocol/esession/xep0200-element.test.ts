import { describe, expect, it } from 'vitest';
import { fromUtf8, toBase64, toHex } from '../../../../main/base/bytes.ts';
import { parseEncrypted } from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';

const NS_C = 'http://www.xmpp.org/extensions/xep-0200.html#ns';
const MAC = `<mac>${toBase64(new Uint8Array(32).fill(7))}</mac>`;
const c = (inner: string) => parseElement(`<c xmlns='${NS_C}'>${inner}</c>`);
const contentOf = (inner: string): string => fromUtf8(parseEncrypted(c(inner)).content);

describe('parseEncrypted (XEP-0200 §5, §6, profile 5)', () => {
  it('R-157 R-159 R-160 rebuilds what the MAC covers, in document order, without any white space and without mac', () => {
    expect(contentOf(`<data>AAAA</data>${MAC}`)).toBe('<data>AAAA</data>');
    expect(contentOf(`\n <data> AA\tAA\r\n</data> <new>2</new>\n<old>BB BB</old>${MAC}<key>\nAQID </key> `)).toBe(
      '<data>AAAA</data><new>2</new><old>BBBB</old><key>AQID</key>',
    );
    expect(contentOf(MAC)).toBe('');
  });

  it('tells data, key and the number in new', () => {
    const parsed = parseEncrypted(c(`<data>AQI=</data><key>AAABAg==</key><new>3</new>${MAC}`));
    expect(toHex(parsed.data ?? new Uint8Array())).toBe('0102');
    expect(toHex(parsed.key ?? new Uint8Array())).toBe('0102');
    expect(parsed).toMatchObject({ hasKey: true, newKeys: 3 });
    expect(parseEncrypted(c(MAC))).toMatchObject({ hasKey: false });
    expect(parseEncrypted(c(MAC))).not.toHaveProperty('data');
  });

  it('R-178 S-037 takes several old ones and does nothing with them', () => {
    const parsed = parseEncrypted(c(`<data>AQI=</data><old>AQ==</old><old>no Base64</old>${MAC}`));
    expect(Object.keys(parsed).sort()).toEqual(['content', 'data', 'hasKey', 'mac']);
  });

  it.each([
    ['no mac', '<data>AAAA</data>'],
    ['two macs', `${MAC}${MAC}`],
    ['a short mac', '<data>AAAA</data><mac>AAAA</mac>'],
    ['a mac that is no Base64', '<mac>!</mac>'],
    ['two data', `<data>AAAA</data><data>AAAA</data>${MAC}`],
    ['two keys', `<key>AAAA</key><key>AAAA</key>${MAC}`],
    ['two new', `<new>1</new><new>1</new>${MAC}`],
    ['an attribute', `<data a='b'>AAAA</data>${MAC}`],
    ['a child in data', `<data>AA<b/>AA</data>${MAC}`],
    ['a foreign child', `<data>AAAA</data><x xmlns='urn:x'/>${MAC}`],
    ['a foreign data', `<data xmlns='urn:x'>AAAA</data>${MAC}`],
    ['an unknown child', `<data>AAAA</data><more/>${MAC}`],
    ['text between', `<data>AAAA</data>x${MAC}`],
    ['data that is no Base64', `<data>AAA!</data>${MAC}`],
    ['an empty key', `<key></key>${MAC}`],
    ['a number with a leading zero', `<new>01</new>${MAC}`],
    ['a number that is none', `<new>x</new>${MAC}`],
    ['a negative number', `<new>-1</new>${MAC}`],
    ['a <c/> inside', `<c><data>AAAA</data></c>${MAC}`],
  ])('S-004 R-153 refuses %s', (_, inner) => {
    expect(() => parseEncrypted(c(inner))).toThrow(expect.objectContaining({ code: 'bad-c' }));
  });

  it('refuses what is no <c/>', () => {
    expect(() => parseEncrypted(parseElement("<c xmlns='urn:x'/>"))).toThrow(
      expect.objectContaining({ code: 'bad-c' }),
    );
    expect(() => parseEncrypted(parseElement(`<d xmlns='${NS_C}'/>`))).toThrow(
      expect.objectContaining({ code: 'bad-c' }),
    );
  });

  it('R-263 takes data up to 128 KiB and no more', () => {
    const dataOf = (octets: number): string => Buffer.alloc(octets).toString('base64');
    const leaf = (text: string) => ({ name: 'data', ns: NS_C, attrs: {}, children: [text] });
    const mac = { name: 'mac', ns: NS_C, attrs: {}, children: [toBase64(new Uint8Array(32))] };
    const of = (octets: number) => ({ name: 'c', ns: NS_C, attrs: {}, children: [leaf(dataOf(octets)), mac] });
    expect(parseEncrypted(of(131_072)).data?.length).toBe(131_072);
    expect(() => parseEncrypted(of(131_073))).toThrow(expect.objectContaining({ code: 'bad-c' }));
  });

  it.each(['<!-- x -->', '<?p q?>', '<![CDATA[AAAA]]><!---->'])(
    'R-273 S-005 never sees %s: the parser refuses it',
    (construct) => {
      expect(() => c(`<data>AAAA${construct}</data>${MAC}`)).toThrow(
        expect.objectContaining({ code: 'forbidden-xml' }),
      );
    },
  );
});
