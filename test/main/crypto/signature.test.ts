import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../../main/base/bytes.ts';
import { bitLength } from '../../../main/crypto/mpi.ts';
import {
  generateSigningKey,
  importSigningKey,
  isAcceptableKey,
  verifySignature,
} from '../../../main/crypto/signature.ts';
import type { PublicKey } from '../../../main/crypto/signature.ts';
import { forgedSignatures, honestSignature } from '../../support/forged-signatures.ts';
import { pkcs8Of, publisherKey, senderKey } from '../../support/test-keys.ts';
import { vectors } from '../../vectors/esession-vectors.ts';

const vector = vectors.identities['alice@example.org'];
const message = utf8('a message of the right kind, and longer than any hash that is used here, by far');
const EXPONENT = Uint8Array.of(1, 0, 1);

describe('sign and verifySignature (RFC 8017 §8.2)', () => {
  it.each(vectors.offline)('R-144 makes and verifies the signature of the vector $name', ({ publisher, identityB }) => {
    const form = utf8(publisher.formANormalized);
    expect(toHex(publisherKey.sign(form))).toBe(publisher.signatureHex);
    expect(verifySignature(publisherKey.publicKey, form, fromHex(publisher.signatureHex))).toBe(true);
    expect(toHex(senderKey.sign(fromHex(identityB.macHex)))).toBe(identityB.signatureHex);
  });

  it('refuses another message, another key and a changed signature', () => {
    const signature = publisherKey.sign(message);
    expect(verifySignature(publisherKey.publicKey, message, signature)).toBe(true);
    expect(verifySignature(publisherKey.publicKey, message.subarray(1), signature)).toBe(false);
    expect(verifySignature(senderKey.publicKey, message, signature)).toBe(false);
    for (const at of [0, 100, signature.length - 1]) {
      const changed = signature.map((octet, index) => (index === at ? octet ^ 1 : octet));
      expect(verifySignature(publisherKey.publicKey, message, changed)).toBe(false);
    }
  });

  it('pads a shorter signature on the left and refuses a longer one (profile 2.6)', () => {
    const { text, signature } = signatureWithLeadingZero();
    expect(verifySignature(publisherKey.publicKey, text, signature)).toBe(true);
    expect(verifySignature(publisherKey.publicKey, text, signature.subarray(1))).toBe(true);
    expect(verifySignature(publisherKey.publicKey, text, new Uint8Array([0, ...signature]))).toBe(false);
    expect(verifySignature(publisherKey.publicKey, text, signature.subarray(2))).toBe(false);
  });

  it('S-024 refuses every forged encoding, padding and number over the right hash', () => {
    const key = { modulus: fromHex(vector.modulusHex), privateExponent: fromHex(vector.privateExponentHex) };
    expect(verifySignature(publisherKey.publicKey, message, honestSignature(key, message))).toBe(true);
    const forgeries = forgedSignatures(key, message);
    expect(forgeries.length).toBeGreaterThan(130);
    const accepted = forgeries.filter(({ signature }) => verifySignature(publisherKey.publicKey, message, signature));
    expect(accepted.map(({ name }) => name)).toEqual([]);
  });

  it('goes on verifying when more keys were used than are kept ready', () => {
    const signature = publisherKey.sign(message);
    for (let i = 0; i < 100; i += 1) {
      const modulus = publisherKey.publicKey.modulus.map((octet, at) => (at === 5 ? octet ^ (i + 1) : octet));
      expect(verifySignature({ modulus, exponent: EXPONENT }, message, signature)).toBe(false);
    }
    expect(verifySignature(publisherKey.publicKey, message, signature)).toBe(true);
  });
});

describe('isAcceptableKey (profile 9)', () => {
  const odd = (bits: number): PublicKey => ({ modulus: modulusOf(bits), exponent: EXPONENT });

  it.each([2048, 2049, 3072, 4096, 8191, 8192])('R-296 S-012 takes %i bits', (bits) => {
    expect(bitLength(odd(bits).modulus)).toBe(bits);
    expect(isAcceptableKey(odd(bits))).toBe(true);
  });

  it.each([1024, 2040, 2047, 8193, 16384])('R-296 S-012 refuses %i bits', (bits) => {
    expect(isAcceptableKey(odd(bits))).toBe(false);
  });

  it.each(['03', '11', '010003', '0100000001', '00010001', ''])('R-296 S-012 refuses the exponent %s', (hex) => {
    expect(isAcceptableKey({ modulus: modulusOf(2048), exponent: fromHex(hex) })).toBe(false);
  });

  it('S-025 refuses an even modulus, and one that is no minimal integer', () => {
    const { modulus } = odd(2048);
    expect(
      isAcceptableKey({ modulus: modulus.map((octet, at) => (at === 255 ? 0xfe : octet)), exponent: EXPONENT }),
    ).toBe(false);
    expect(isAcceptableKey({ modulus: new Uint8Array([0, ...modulus]), exponent: EXPONENT })).toBe(false);
    expect(isAcceptableKey({ modulus: new Uint8Array(), exponent: EXPONENT })).toBe(false);
  });

  it('R-296 a key outside the policy verifies nothing, however good its signature', () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const { n = '' } = small.publicKey.export({ format: 'jwk' });
    const key = { modulus: new Uint8Array(Buffer.from(n, 'base64url')), exponent: EXPONENT };
    const signature = importlessSign(small.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    expect(verifySignature(key, message, signature)).toBe(false);
  });
});

describe('importSigningKey', () => {
  it('R-146 tells the public half as minimal integers', () => {
    expect(toHex(publisherKey.publicKey.modulus)).toBe(vector.modulusHex);
    expect(toHex(publisherKey.publicKey.exponent)).toBe('010001');
  });

  it('S-058 prints as the name of its type alone, in every way of printing', () => {
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- what a careless log line would do
    const printed = [String(publisherKey), inspect(publisherKey), JSON.stringify(publisherKey).replaceAll('"', '')];
    expect(printed).toEqual(['SigningKey', 'SigningKey', 'SigningKey']);
    expect(inspect({ publisherKey }, { depth: 9, showHidden: true })).not.toMatch(/PrivateKeyObject|[0-9a-f]{16}/);
  });

  it.each([
    ['RSA with 1024 bits', () => generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey],
    [
      'RSA with the exponent 3',
      () => generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey,
    ],
    ['an elliptic curve', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
    ['Ed25519', () => generateKeyPairSync('ed25519').privateKey],
  ])('R-296 refuses %s', (_, make) => {
    const pkcs8 = make().export({ type: 'pkcs8', format: 'der' });
    expect(() => importSigningKey(pkcs8)).toThrow(expect.objectContaining({ code: 'bad-key' }));
  });

  it('refuses a key that is cut or empty', () => {
    for (const pkcs8 of [pkcs8Of('alice@example.org').subarray(0, 100), new Uint8Array()]) {
      expect(() => importSigningKey(pkcs8)).toThrow(expect.objectContaining({ code: 'bad-key' }));
    }
  });

  it('takes a key that is damaged anywhere only if it still signs as the whole one does', () => {
    const whole = pkcs8Of('alice@example.org');
    let refused = 0;
    for (let at = 0; at < whole.length; at += 13) {
      try {
        const key = importSigningKey(whole.map((octet, index) => (index === at ? octet ^ 1 : octet)));
        expect(verifySignature(publisherKey.publicKey, message, key.sign(message))).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-key' });
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(15);
  });
});

describe('generateSigningKey', () => {
  it('S-061 makes an RSA key of 3072 bits with the exponent 65537, another one each time', async () => {
    const [first, second] = await Promise.all([generateSigningKey(), generateSigningKey()]);
    const key = importSigningKey(first);
    expect(bitLength(key.publicKey.modulus)).toBe(3072);
    expect(toHex(key.publicKey.exponent)).toBe('010001');
    expect(key.sign(message).length).toBe(384);
    expect(toHex(importSigningKey(second).publicKey.modulus)).not.toBe(toHex(key.publicKey.modulus));
  });
});

/** About one signature in 256 begins with a zero octet. */
function signatureWithLeadingZero(): { readonly text: Uint8Array; readonly signature: Uint8Array } {
  for (let i = 0; ; i += 1) {
    const text = utf8(`try ${i}`);
    const signature = publisherKey.sign(text);
    if (signature[0] === 0 && signature[1] !== 0) return { text, signature };
  }
}

function modulusOf(bits: number): Uint8Array {
  const octets = new Uint8Array(Math.ceil(bits / 8)).fill(0xff);
  octets[0] = 0xff >> (8 * octets.length - bits);
  return octets;
}

function importlessSign(pem: string): Uint8Array {
  const jwk = createPrivateKey(pem).export({ format: 'jwk' });
  const octets = (text = ''): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'));
  return honestSignature({ modulus: octets(jwk.n), privateExponent: octets(jwk.d) }, message);
}
