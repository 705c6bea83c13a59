import { afterEach, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../main/base/bytes.ts';
import { inlineModpEngine, startModpEngine } from '../../../main/crypto/modp-engine.ts';
import type { ModpEngine, ModpGroup } from '../../../main/crypto/modp.ts';
import { fromBigInt } from '../../../main/crypto/mpi.ts';
import { vectors } from '../../vectors/esession-vectors.ts';

const WORKER = new URL('../../../main/crypto/modp-worker.ts', import.meta.url);
const number = (hex: string): Uint8Array => fromBigInt(BigInt(`0x${hex}`));

const started: ModpEngine[] = [];
afterEach(() => {
  for (const engine of started.splice(0)) engine.close();
});

function start(): ModpEngine {
  const engine = startModpEngine(WORKER);
  started.push(engine);
  return engine;
}

describe('startModpEngine (ruling 15)', () => {
  it('R-142 R-255 computes the vectors of every group in its threads, side by side', async () => {
    const engine = start();
    const answers = await Promise.all(
      vectors.groups.flatMap(({ modp, x, y, d }) => [
        engine.power(modp as ModpGroup, fromHex(x)),
        engine.power(modp as ModpGroup, fromHex(y)),
        engine.power(modp as ModpGroup, fromHex(x), number(d)),
      ]),
    );
    expect(answers.map(toHex)).toEqual(
      vectors.groups.flatMap(({ e, d, Z }) => [e, d, Z].map((hex) => toHex(number(hex)))),
    );
  });

  it('leaves the caller the exponent it gave, to wipe', async () => {
    const exponent = fromHex(vectors.groups[0]?.x ?? '');
    await start().power(5, exponent);
    expect(toHex(exponent)).toBe(vectors.groups[0]?.x);
  });

  it('S-013 refuses a base out of range before any thread sees it', async () => {
    const engine = start();
    await expect(engine.power(14, Uint8Array.of(5), Uint8Array.of(1))).rejects.toThrow(RangeError);
    await expect(engine.power(14, new Uint8Array(40))).rejects.toThrow(RangeError);
  });

  it('refuses open and later calls once it is closed', async () => {
    const engine = start();
    const open = engine.power(18, new Uint8Array(77).fill(0xff));
    engine.close();
    await expect(open).rejects.toMatchObject({ code: 'engine-failed' });
    await expect(engine.power(14, Uint8Array.of(5))).rejects.toMatchObject({ code: 'engine-failed' });
  });

  it('says so when its thread cannot start', async () => {
    const engine = startModpEngine(new URL('no-such-worker.ts', WORKER));
    started.push(engine);
    await expect(engine.power(14, Uint8Array.of(5))).rejects.toMatchObject({ code: 'engine-failed' });
    await expect(engine.power(14, Uint8Array.of(5))).rejects.toMatchObject({ code: 'engine-failed' });
  });
});

describe('inlineModpEngine', () => {
  it('R-255 gives the same as the threads', async () => {
    for (const { modp, x, d, ZOctets } of vectors.leadingZero) {
      expect(toHex(await inlineModpEngine().power(modp as ModpGroup, fromHex(x), number(d)))).toBe(ZOctets);
    }
  });
});
