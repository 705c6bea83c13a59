/** A modp engine that has its answers ready, call by call. */
import type { ModpEngine } from '../../main/crypto/modp.ts';

/** @throws RangeError if asked once too often */
export function answeringEngine(answers: readonly Uint8Array[]): ModpEngine {
  const left = [...answers];
  return {
    power: () => {
      const next = left.shift();
      return next === undefined ? Promise.reject(new RangeError('asked once too often')) : Promise.resolve(next);
    },
    close: () => undefined,
  };
}
