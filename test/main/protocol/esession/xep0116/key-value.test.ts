import { describe, expect, it } from 'vitest';
import { fromHex, toBase64, utf8 } from '../../../../../main/base/bytes.ts';
import { sha256 } from '../../../../../main/crypto/hash.ts';
import { fingerprintOf, keyValueOf, parseKeyValue } from '../../../../../main/protocol/esession/xep0116/key-value.ts';
import { parseElement } from '../../../../../main/wire/xml-parser.ts';
import { vectors } from '../../../../vectors/esession-vectors.ts';

const identities = Object.values(vectors.identities);
const [first] = identities;
if (first === undefined) throw new TypeError('no vectors');
const canonical = first.keyValueNormalized;

describe('keyValueOf and fingerprintOf (profile 4.1)', () => {
  it.each(identities)('R-146 match the vector $fingerprintSha256Hex', (vector) => {
    const key = { modulus: fromHex(vector.modulusHex), exponent: fromHex('010001') };
    expect(keyValueOf(key)).toBe(vector.keyValueNormalized);
    expect(fingerprintOf(key)).toBe(vector.fingerprintSha256Hex);
    expect(toBase64(sha256(utf8(keyValueOf(key))))).toBe(vector.fingerprintSha256Base64);
    expect(parseKeyValue(parseElement(vector.keyValueNormalized))).toEqual(key);
  });

  it('R-129 write integers minimally, whatever they were given', () => {
    const padded = { modulus: new Uint8Array([0, 0, ...fromHex(first.modulusHex)]), exponent: fromHex('00010001') };
    expect(keyValueOf(padded)).toBe(canonical);
  });
});

describe('parseKeyValue', () => {
  it.each([
    [
      'the namespace of XML Signature',
      canonical.replace('<KeyValue>', "<KeyValue xmlns='http://www.w3.org/2000/09/xmldsig#'>"),
    ],
    ['white space between elements', canonical.replaceAll('><', '>\n  <')],
    [
      'a prefix',
      canonical
        .replaceAll(/<(\/?)([A-Z])/g, '<$1d:$2')
        .replace('d:KeyValue', "d:KeyValue xmlns:d='http://www.w3.org/2000/09/xmldsig#'"),
    ],
  ])('reads a key with %s', (_, xml) => {
    expect(keyValueOf(parseKeyValue(parseElement(xml)))).toBe(canonical);
  });

  const modulus = /<Modulus>([^<]*)/.exec(canonical)?.[1] ?? '';
  it.each([
    ['white space inside the modulus', canonical.replace('<Modulus>', '<Modulus> ')],
    ['a line break inside the modulus', canonical.replace(modulus, `${modulus.slice(0, 64)}\n${modulus.slice(64)}`)],
    [
      'a leading zero in the modulus',
      canonical.replace(modulus, Buffer.concat([Buffer.alloc(1), Buffer.from(modulus, 'base64')]).toString('base64')),
    ],
    ['a leading zero in the exponent', canonical.replace('AQAB', 'AAEAAQ==')],
    ['an attribute', canonical.replace('<Modulus>', "<Modulus a='b'>")],
    ['an element more', canonical.replace('</RSAKeyValue>', '<D>AQ==</D></RSAKeyValue>')],
    ['two keys', canonical.replace('</KeyValue>', canonical.replace('<KeyValue>', ''))],
    ['the exponent first', canonical.replace(/(<Modulus>.*<\/Modulus>)(<Exponent>.*<\/Exponent>)/, '$2$1')],
    ['no exponent', canonical.replace(/<Exponent>.*<\/Exponent>/, '')],
    ['an empty modulus', canonical.replace(modulus, '')],
    ['no Base64', canonical.replace('AQAB', 'AQ-B')],
    ['a DSA key', '<KeyValue><DSAKeyValue><P>AQ==</P><Q>AQ==</Q><G>AQ==</G><Y>AQ==</Y></DSAKeyValue></KeyValue>'],
    ['another name', canonical.replaceAll('KeyValue>', 'KeyInfo>')],
    ['another namespace', canonical.replace('<KeyValue>', "<KeyValue xmlns='urn:other'>")],
    ['another namespace inside', canonical.replace('<Modulus>', "<Modulus xmlns='urn:other'>")],
    ['nothing', '<KeyValue/>'],
  ])('R-274 S-025 refuses %s', (_, xml) => {
    expect(() => parseKeyValue(parseElement(xml))).toThrow(expect.objectContaining({ code: 'bad-key' }));
  });
});
