import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../../main/base/bytes.ts';
import { exportSigningKey, importExportedKey } from '../../../main/crypto/encrypted-key.ts';
import { buildEncryptedKey, parseEncryptedKey } from '../../../main/crypto/forge.ts';
import { deriveKeyFromPassphrase } from '../../../main/crypto/kdf.ts';
import { systemRandom } from '../../../main/crypto/random.ts';
import { pkcs8Of } from '../../support/test-keys.ts';

const pkcs8 = pkcs8Of('alice@example.org');
const PASSPHRASE = 'correct horse bätterÿ 🔒';

describe('exportSigningKey and importExportedKey (S-061)', () => {
  it('S-061 give the key back under its passphrase, and under no other', async () => {
    const pem = await exportSigningKey(pkcs8, PASSPHRASE, systemRandom);
    expect(pem).toMatch(
      /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n[A-Za-z0-9+/=\n]+-----END ENCRYPTED PRIVATE KEY-----\n$/,
    );
    expect(toHex(await importExportedKey(pem, PASSPHRASE))).toBe(toHex(pkcs8));
    await expect(importExportedKey(pem, `${PASSPHRASE} `)).rejects.toMatchObject({ code: 'bad-passphrase' });
  });

  it('S-061 use scrypt with N of 2^17 and a fresh salt, and hold nothing of the key in clear', async () => {
    const [first, second] = [
      await exportSigningKey(pkcs8, 'a', systemRandom),
      await exportSigningKey(pkcs8, 'a', systemRandom),
    ];
    const [one, two] = [parseEncryptedKey(first), parseEncryptedKey(second)];
    expect(one.kdf).toMatchObject({ kind: 'scrypt', N: 2 ** 17, r: 8, p: 1 });
    expect(one.cipher).toBe('aes-256-cbc');
    expect(toHex(one.kdf.salt)).not.toBe(toHex(two.kdf.salt));
    expect(toHex(one.ciphertext)).not.toContain(toHex(pkcs8.subarray(200, 216)));
  });

  it.each(['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'])('read what other software writes with %s', async (cipher) => {
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    const pem = key.export({ type: 'pkcs8', format: 'pem', cipher, passphrase: PASSPHRASE }).toString();
    expect(toHex(await importExportedKey(pem, PASSPHRASE))).toBe(toHex(pkcs8));
    await expect(importExportedKey(pem, 'wrong')).rejects.toMatchObject({ code: 'bad-passphrase' });
  });

  it('are read by other software where it allows the memory', () => {
    const kdf = { kind: 'scrypt', salt: utf8('salt'), N: 1024, r: 8, p: 1 } as const;
    const pem = buildEncryptedKey({
      kdf,
      cipher: 'aes-256-cbc',
      iv: systemRandom.bytes(16),
      ciphertext: systemRandom.bytes(32),
    });
    // It gets as far as decrypting: what it complains of is the content, not the format.
    expect(() => createPrivateKey({ key: pem, passphrase: 'x' })).toThrow(/bad decrypt|wrong|asn1|BAD_DECRYPT/i);
    expect(parseEncryptedKey(pem).kdf).toEqual(kdf);
  });

  it.each([
    ['no text', ''],
    ['no key', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    [
      'a key in clear',
      `-----BEGIN PRIVATE KEY-----\n${Buffer.from(pkcs8).toString('base64')}\n-----END PRIVATE KEY-----\n`,
    ],
    ['no ASN.1', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAAAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n'],
    ['a text past any key', 'x'.repeat(40_000)],
  ])('S-061 refuse %s', async (_, text) => {
    await expect(importExportedKey(text, 'x')).rejects.toMatchObject({ code: 'bad-export' });
  });

  it.each([
    { N: 2 ** 30, r: 8, p: 1 },
    { N: 2 ** 17, r: 8, p: 1000 },
    { N: 2 ** 20, r: 4096, p: 1 },
    { N: 100_000, r: 8, p: 1 },
    { N: 1, r: 8, p: 1 },
  ])('refuse an export that asks for $N, $r, $p', async (cost) => {
    const kdf = { kind: 'scrypt', salt: utf8('salt'), ...cost } as const;
    const pem = buildEncryptedKey({
      kdf,
      cipher: 'aes-256-cbc',
      iv: new Uint8Array(16),
      ciphertext: new Uint8Array(32),
    });
    await expect(importExportedKey(pem, 'x')).rejects.toMatchObject({ code: 'bad-export' });
  });

  it('refuse to export what is no key of the policy', async () => {
    await expect(exportSigningKey(new Uint8Array(100), 'x', systemRandom)).rejects.toMatchObject({ code: 'bad-key' });
  });
});

describe('deriveKeyFromPassphrase (RFC 7914)', () => {
  it('gives the first half of the known 64 octets for "pleaseletmein"', async () => {
    const known = '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2';
    expect(toHex(await deriveKeyFromPassphrase('pleaseletmein', utf8('SodiumChloride'), { N: 16_384 }))).toBe(known);
  });

  it('depends on passphrase, salt and cost', async () => {
    const derive = async (passphrase: string, salt: string, N: number): Promise<string> =>
      toHex(await deriveKeyFromPassphrase(passphrase, fromHex(salt), { N }));
    const keys = [
      await derive('a', '00', 16),
      await derive('b', '00', 16),
      await derive('a', '01', 16),
      await derive('a', '00', 32),
    ];
    expect(new Set(keys).size).toBe(4);
  });
});
