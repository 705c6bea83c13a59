/**
 * The thread behind `modp-engine.ts`. It proves each way of computing by known answers before it uses it, and falls
 * back from the platform's objects to BigInt, and from BigInt to node-forge (toolchain 7).
 */
import { parentPort, workerData } from 'node:worker_threads';
import { wipe } from '../base/bytes.ts';
import type { ModpAnswer, ModpRequest, ModpWorkerData } from './modp-engine.ts';
import type { ModpGroup } from './modp-groups.ts';
import { isPowerRight } from './modp-known-answers.ts';
import { bigIntPower, createNativePower, isNativeQuick } from './modp-power.ts';
import type { ModpPower } from './modp-power.ts';

const { role } = workerData as ModpWorkerData;
const nativePower = createNativePower();
const portablePower = await choosePortable();

/** Whether the platform's object of a group gives the right answers; asking makes the object. */
const verdicts = new Map<ModpGroup, boolean>();

parentPort?.on('message', (request: ModpRequest) => {
  if (request.kind === 'power') compute(request);
  else answer({ kind: 'prepared', group: request.group, isRight: isNativeRight(request.group) });
});
answer({ kind: 'started', isQuick: role === 'native' && isNativeQuick });

function compute({ id, group, exponent, base }: Extract<ModpRequest, { readonly kind: 'power' }>): void {
  try {
    const power = role === 'native' && isNativeRight(group) ? nativePower : portablePower;
    answer({ kind: 'result', id, value: power(group, exponent, base) });
  } catch (error) {
    answer({ kind: 'failed', id, message: error instanceof Error ? error.message : 'unknown failure' });
  } finally {
    wipe(exponent);
  }
}

function isNativeRight(group: ModpGroup): boolean {
  const verdict = verdicts.get(group) ?? isPowerRight(nativePower, group);
  verdicts.set(group, verdict);
  return verdict;
}

async function choosePortable(): Promise<ModpPower> {
  if (isPowerRight(bigIntPower, 14)) return bigIntPower;
  const { forgePower } = await import('./forge.ts');
  if (isPowerRight(forgePower, 14)) return forgePower;
  throw new Error('no way of computing modular powers gives the right answer');
}

function answer(message: ModpAnswer): void {
  parentPort?.postMessage(message);
}
