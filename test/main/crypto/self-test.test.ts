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
  it('S-020 every known answer is right in this runtime', () => {
    const report = runSelfTest();
    expect(report.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['sha256', 'hmac-sha256', 'rsa-sha256', 'aes256-ctr', 'modp5', 'modp15', 'modp18']),
    );
    expect(report).toMatchObject({ missing: [], isUsable: true });
    expect(report.runtime).toHaveProperty('openssl');
  });

  it.each(PROBES.map(({ name }) => name))('S-020 names %s when it is missing or wrong', (name) => {
    expect(runSelfTest(without(name, missing)).missing).toEqual([name]);
    expect(runSelfTest(without(name, () => false)).missing).toEqual([name]);
  });

  it.each(['sha256', 'hmac-sha256', 'rsa-sha256', 'aes256-gcm', 'aes128-ctr'] as const)(
    'S-020 the program cannot go on without %s',
    (name) => {
      expect(runSelfTest(without(name, missing)).isUsable).toBe(false);
    },
  );

  it('goes on without what it need not offer', () => {
    expect(runSelfTest(without('aes192-ctr', missing)).isUsable).toBe(true);
    expect(runSelfTest(without('modp18', missing)).isUsable).toBe(true);
  });
});
