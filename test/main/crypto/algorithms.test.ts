import { getCiphers, getHashes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FOLDER = new URL('../../../main/crypto/', import.meta.url);

/** What both OpenSSL and BoringSSL have and Electron lists; `test/bun` computes with each of them. */
const IN_BOTH: ReadonlySet<string> = new Set([
  ...['sha1', 'sha256', 'sha512', 'rsa'],
  ...['aes-128-ctr', 'aes-192-ctr', 'aes-256-ctr', 'aes-256-gcm', 'aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'],
]);

describe('the algorithms named in main/crypto', () => {
  it('S-020 are all there in both kinds of runtime', () => {
    const known = new Set([...getCiphers(), ...getHashes(), 'rsa', 'rsa-pss', 'dsa', 'dh', 'ec', 'x448', 'ed448']);
    const named = new Set<string>();
    for (const file of readdirSync(FOLDER)) {
      const source = readFileSync(new URL(file, FOLDER), 'utf8');
      for (const [, name = ''] of source.matchAll(/'([A-Za-z0-9-]+)'/g)) if (known.has(name)) named.add(name);
    }
    expect(named.size).toBeGreaterThan(5);
    expect([...named].filter((name) => !IN_BOTH.has(name))).toEqual([]);
  });
});
