import { describe, expect, it } from 'vitest';
import { PROBES, runSelfTest } from '../../../main/crypto/self-test.ts';
import type { AlgorithmName } from '../../../main/crypto/self-test.ts';

/** A runtime in which one algorithm is missing or wrong. */
function without(name: AlgorithmName, isRight: () => boolean) {
  return PROBES.map((probe) => (probe.name === name ? { name, isRight } : probe));
}

const missing = (): boolean => {
  throw new TypeError('Unsupported algorithm');
};

describe('runSelfTest', () => {
  it('S-020 R-148 every known answer is right in this runtime', async () => {
    const report = await runSelfTest();
    expect(report.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'sha256',
        'hmac-sha256',
        'rsa-sha256',
        'whirlpool',
        'aes256-ctr',
        'modp5',
        'modp15',
        'modp18',
      ]),
    );
    expect(report).toMatchObject({ missing: [], isUsable: true });
    expect(report.runtime).toHaveProperty('openssl');
  });

  it.each(PROBES.map(({ name }) => name))('S-020 names %s when it is missing or wrong', async (name) => {
    expect((await runSelfTest(without(name, missing))).missing).toEqual([name]);
    expect((await runSelfTest(without(name, () => false))).missing).toEqual([name]);
  });

  it.each(['sha256', 'hmac-sha256', 'rsa-sha256', 'aes256-gcm', 'aes128-ctr'] as const)(
    'S-020 the program cannot go on without %s',
    async (name) => {
      expect((await runSelfTest(without(name, missing))).isUsable).toBe(false);
    },
  );

  it.each(['aes192-ctr', 'modp18', 'whirlpool'] as const)(
    'goes on without %s, which it need not offer',
    async (name) => {
      expect((await runSelfTest(without(name, missing))).isUsable).toBe(true);
    },
  );
});
