import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { vectors } from '../../../vectors/esession-vectors.ts';

const CHILD = new URL('../../../support/erasure-child.ts', import.meta.url).pathname;
const vector = vectors.offline[2];
if (vector === undefined) throw new TypeError('no vector');

/** The last 16 octets: an allocator writes its own notes over the first ones of what it took back. */
const tail = (hex: string): Buffer => Buffer.from(hex, 'hex').subarray(-16);
const { keys } = vector;
const SECRETS = {
  K: tail(vector.K),
  'g^xy': tail(vector.sharedSecretZ),
  KM_A: tail(keys.KM_A),
  KS_A: tail(keys.KS_A),
  KS_B: tail(keys.KS_B),
  KM_B: tail(keys.KM_B),
};

describe.skipIf(process.platform !== 'linux')('the memory of a process that accepted a session', () => {
  it('R-089 S-058 holds no copy of g^xy, K, KS or the other direction’s keys, and none of KM once the session is wiped', async () => {
    const child = spawn(process.execPath, ['--expose-gc', CHILD], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    try {
      expect(String((await once(child.stdout, 'data'))[0])).toBe('accepted\n');
      const { KM_B, ...gone } = countCopies(child.pid ?? 0);
      expect(gone).toEqual({ K: 0, 'g^xy': 0, KM_A: 0, KS_A: 0, KS_B: 0 });
      // The session is alive: that its key is found shows that the search finds keys.
      expect(KM_B).toBeGreaterThan(0);
      child.stdin.write('wipe\n');
      expect(String((await once(child.stdout, 'data'))[0])).toBe('wiped\n');
      expect(countCopies(child.pid ?? 0).KM_B).toBe(0);
    } finally {
      child.kill();
      await exit;
    }
  }, 60_000);
});

/** How often each secret stands in the writable memory of a process. */
function countCopies(pid: number): Record<keyof typeof SECRETS, number> {
  const counts = Object.fromEntries(Object.keys(SECRETS).map((name) => [name, 0])) as Record<
    keyof typeof SECRETS,
    number
  >;
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    for (const [, start = '', end = ''] of readFileSync(`/proc/${pid}/maps`, 'utf8').matchAll(
      /^([0-9a-f]+)-([0-9a-f]+) rw/gm,
    )) {
      const region = readRegion(memory, Number.parseInt(start, 16), Number.parseInt(end, 16));
      for (const [name, secret] of Object.entries(SECRETS)) {
        for (let at = region.indexOf(secret); at !== -1; at = region.indexOf(secret, at + 1))
          counts[name as keyof typeof SECRETS] += 1;
      }
    }
  } finally {
    closeSync(memory);
  }
  return counts;
}

/** What can be read of it; parts that are not mapped in end it. */
function readRegion(memory: number, start: number, end: number): Buffer {
  const region = Buffer.alloc(Math.min(end - start, 256 * 1024 * 1024));
  let length = 0;
  try {
    while (length < region.length) {
      const read = readSync(memory, region, length, Math.min(1024 * 1024, region.length - length), start + length);
      if (read === 0) break;
      length += read;
    }
  } catch {
    return region.subarray(0, length);
  }
  return region.subarray(0, length);
}
