import { describe, expect, it } from 'vitest';
import { fromHex, fromUtf8, toHex, utf8 } from '../../../../../main/base/bytes.ts';
import { applyCtr } from '../../../../../main/crypto/ctr.ts';
import {
  hideIdentity,
  isIdentityIntact,
  isIdentitySigned,
  revealIdentity,
} from '../../../../../main/protocol/esession/xep0116/identity.ts';
import type { IdentityCipher, IdentityContext } from '../../../../../main/protocol/esession/xep0116/identity.ts';
import { fromBigInt } from '../../../../../main/crypto/mpi.ts';
import { hiddenIdentityMac, identityMac } from '../../../../reference/session.ts';
import { senderKey } from '../../../../support/test-keys.ts';
import { vectors } from '../../../../vectors/esession-vectors.ts';
import type { OfflineVector } from '../../../../vectors/esession-vectors.ts';

function contextOf({ publisher, sender, formBNormalized }: OfflineVector): IdentityContext {
  return {
    verifierNonce: fromHex(publisher.N_A),
    proverNonce: fromHex(sender.N_B),
    proverPublic: fromBigInt(BigInt(`0x${sender.d}`)),
    forms: [utf8(formBNormalized)],
  };
}

function cipherOf({ cipher, keys, sender }: OfflineVector): IdentityCipher {
  return {
    cipher: cipher as IdentityCipher['cipher'],
    hash: 'sha256',
    keys: { cipherKey: fromHex(keys.KC_B), macKey: fromHex(keys.KM_B), sigmaKey: fromHex(keys.KS_B) },
    counter: fromHex(sender.C_B),
  };
}

const [main] = vectors.offline;
if (main === undefined) throw new TypeError('no vectors');
const cipher = cipherOf(main);
const honest = main.identityB.identityPlaintext;
const [keyValue, signatureValue] = [honest.slice(0, honest.indexOf('<Sig')), honest.slice(honest.indexOf('<Sig'))];

/** An identity of that plain text, which only someone with the session's keys can make. */
const hidden = (plain: string | Uint8Array): Uint8Array =>
  applyCtr(cipher.cipher, cipher.keys.cipherKey, cipher.counter, typeof plain === 'string' ? utf8(plain) : plain);

describe('hideIdentity (XEP-0116 §4.5.4)', () => {
  it.each(vectors.offline)('R-023 R-090 R-092 R-096 gives ID_B and M_B, in mode key, of $name', (vector) => {
    const { identityB } = vector;
    const identity = hideIdentity(senderKey, contextOf(vector), cipherOf(vector));
    expect(toHex(identity.hiddenIdentity)).toBe(identityB.identityHex);
    expect(toHex(identity.hiddenIdentityMac)).toBe(identityB.MHex);
    expect(toHex(identity.counter)).toBe(identityB.counterAfterHex);
    const plain = applyCtr(
      cipherOf(vector).cipher,
      fromHex(vector.keys.KC_B),
      fromHex(vector.sender.C_B),
      identity.hiddenIdentity,
    );
    expect(fromUtf8(plain)).toBe(identityB.identityPlaintext);
  });

  it.each(vectors.offline)('R-090 the reference has the same mac_B and M_B for $name', (vector) => {
    const { keys, publisher, sender, identityB } = vector;
    const key = vectors.identities['bob@example.com'].keyValueNormalized;
    const mac = identityMac(
      fromHex(keys.KS_B),
      fromHex(publisher.N_A),
      fromHex(sender.N_B),
      BigInt(`0x${sender.d}`),
      key,
      vector.formBNormalized,
    );
    expect(toHex(mac)).toBe(identityB.macHex);
    expect(
      toHex(hiddenIdentityMac(fromHex(keys.KM_B), BigInt(`0x${sender.C_B}`), fromHex(identityB.identityHex))),
    ).toBe(identityB.MHex);
  });
});

describe('isIdentityIntact (check 8)', () => {
  it('R-096 S-031 depends on every bit of identity, MAC and counter', () => {
    const [identity, mac] = [fromHex(main.identityB.identityHex), fromHex(main.identityB.MHex)];
    expect(isIdentityIntact(identity, mac, cipher)).toBe(true);
    for (let bit = 0; bit < 8 * identity.length; bit += 5) {
      expect(isIdentityIntact(flipped(identity, bit), mac, cipher)).toBe(false);
    }
    for (let bit = 0; bit < 8 * mac.length; bit += 1) {
      expect(isIdentityIntact(identity, flipped(mac, bit), cipher)).toBe(false);
    }
    for (let bit = 0; bit < 128; bit += 1) {
      expect(isIdentityIntact(identity, mac, { ...cipher, counter: flipped(cipher.counter, bit) })).toBe(false);
    }
    expect(isIdentityIntact(identity, mac.subarray(0, 31), cipher)).toBe(false);
  });
});

describe('revealIdentity (check 9)', () => {
  it('R-040 R-146 finds the key and its signature', () => {
    const identity = revealIdentity(fromHex(main.identityB.identityHex), cipher);
    expect(identity.key).toEqual(senderKey.publicKey);
    expect(toHex(identity.signature)).toBe(main.identityB.signatureHex);
    expect(isIdentitySigned(identity, contextOf(main), cipher)).toBe(true);
  });

  it.each([
    ['white space between the two', `${keyValue}\n ${signatureValue}`],
    ['white space around them', ` ${honest}\t`],
    ['white space in the signature', keyValue + signatureValue.replace('>', '>\n').replace('==<', '= =\n<')],
    [
      'the namespace of XML Signature',
      honest
        .replace('<KeyValue>', "<KeyValue xmlns='http://www.w3.org/2000/09/xmldsig#'>")
        .replace('<SignatureValue>', "<SignatureValue xmlns='http://www.w3.org/2000/09/xmldsig#'>"),
    ],
  ])('reads an identity with %s', (_, plain) => {
    expect(revealIdentity(hidden(plain), cipher).key).toEqual(senderKey.publicKey);
  });

  const small = honest.replace(/<Modulus>[^<]*/, `<Modulus>${Buffer.alloc(128, 0xff).toString('base64')}`);
  it.each([
    ['an element behind', `${honest}<x/>`],
    ['an element before', `<x/>${honest}`],
    ['text behind', `${honest}x`],
    ['a second signature', honest + signatureValue],
    ['a second key', keyValue + honest],
    ['no signature', keyValue],
    ['no key', signatureValue],
    ['an empty signature', `${keyValue}<SignatureValue></SignatureValue>`],
    ['a signature that is no Base64', `${keyValue}<SignatureValue>A-_=</SignatureValue>`],
    ['elements in the signature', `${keyValue}<SignatureValue>AAAA<b/></SignatureValue>`],
    ['another namespace', `${keyValue}<SignatureValue xmlns='urn:x'>AAAA</SignatureValue>`],
    ['a closed wrapper', `${honest}</identity><identity>`],
    ['a comment', `${keyValue}<!-- x -->${signatureValue}`],
    ['a processing instruction', `${keyValue}<?x y?>${signatureValue}`],
    ['a DTD', `<!DOCTYPE x>${honest}`],
    ['an unknown entity', `${keyValue}&x;${signatureValue}`],
    ['nothing', ''],
    ['no XML', '\u0000'],
  ])('R-261 refuses %s', (_, plain) => {
    expect(() => revealIdentity(hidden(plain), cipher)).toThrow(expect.objectContaining({ code: 'bad-identity' }));
  });

  it('R-261 refuses octets that are no UTF-8', () => {
    expect(() => revealIdentity(hidden(fromHex('ff'.repeat(64))), cipher)).toThrow(
      expect.objectContaining({ code: 'bad-identity' }),
    );
  });

  it.each([
    ['a key that is not canonical', honest.replace('<Modulus>', '<Modulus> ')],
    ['the signature before the key', signatureValue + keyValue],
    ['a fingerprint in place of the key: the mode is key', `<fingerprint>AAAA</fingerprint>${signatureValue}`],
  ])('R-274 R-261 R-040 refuses %s', (_, plain) => {
    expect(() => revealIdentity(hidden(plain), cipher)).toThrow(expect.objectContaining({ code: 'bad-key' }));
  });

  it.each([
    ['1024 bits', small],
    ['the exponent 3', honest.replace('AQAB', 'Aw==')],
    ['an even modulus', honest.replace(/<Modulus>[^<]*/, `<Modulus>${Buffer.alloc(256, 0xfe).toString('base64')}`)],
  ])('R-296 S-012 refuses a key with %s', (_, plain) => {
    expect(() => revealIdentity(hidden(plain), cipher)).toThrow(expect.objectContaining({ code: 'bad-identity' }));
  });
});

describe('isIdentitySigned (check 11)', () => {
  it('R-090 R-091 depends on both nonces, d, the key and the form', () => {
    const identity = revealIdentity(fromHex(main.identityB.identityHex), cipher);
    const context = contextOf(main);
    for (const name of ['verifierNonce', 'proverNonce', 'proverPublic'] as const) {
      expect(isIdentitySigned(identity, { ...context, [name]: flipped(context[name], 9) }, cipher), name).toBe(false);
    }
    const forms = context.forms.map((form) => flipped(form, 9));
    expect(isIdentitySigned(identity, { ...context, forms }, cipher)).toBe(false);
    const keys = { ...cipher.keys, sigmaKey: flipped(cipher.keys.sigmaKey, 0) };
    expect(isIdentitySigned(identity, context, { ...cipher, keys })).toBe(false);
    const swapped = { ...context, verifierNonce: context.proverNonce, proverNonce: context.verifierNonce };
    expect(isIdentitySigned(identity, swapped, cipher)).toBe(false);
  });
});

function flipped(octets: Uint8Array, bit: number): Uint8Array {
  return octets.map((octet, at) => (at === bit >> 3 ? octet ^ (1 << (bit & 7)) : octet));
}
