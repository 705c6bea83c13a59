/**
 * Whirlpool (ISO/IEC 10118-3), the hash that XEP-0116 §8.4 asks for besides SHA-256 and that no platform here has. Sole
 * importer of hash-wasm, whose WebAssembly is compiled asynchronously, once; from then on it computes at once.
 */
import { createWhirlpool } from 'hash-wasm';
import type { IHasher } from 'hash-wasm';

/** Compiles it. Where that is impossible the hash stays missing, which the self test reports (S-020). */
export async function loadWhirlpool(): Promise<void> {
  hasher ??= await createWhirlpool().catch(() => undefined);
}

/** Whirlpool over the parts, joined with nothing in between: 64 octets. @throws TypeError before it is loaded */
export function whirlpool(parts: readonly Uint8Array[]): Uint8Array {
  const machine = loaded().init();
  for (const part of parts) machine.update(part);
  const digest = machine.digest('binary');
  forget(machine, Math.max(0, ...parts.map(({ length }) => length)));
  return digest;
}

/**
 * The same over a beginning that stays and endings that change, for what is computed of the beginning is kept.
 *
 * @returns a function from an ending to the hash. It holds a state as secret as the beginning until it is dropped.
 */
export function whirlpoolAfter(...beginning: readonly Uint8Array[]): (ending: Uint8Array) => Uint8Array {
  const machine = loaded().init();
  for (const part of beginning) machine.update(part);
  const state = machine.save();
  forget(machine, Math.max(0, ...beginning.map(({ length }) => length)));
  return (ending) => machine.load(state).update(ending).digest('binary');
}

let hasher: IHasher | undefined;

/** What the machine takes in one step, less one. */
const MOST = 16 * 1024 - 1;
const ZEROS = new Uint8Array(MOST);
const BLOCK_BUT_ONE = 63;

function loaded(): IHasher {
  if (hasher === undefined) throw new TypeError('Whirlpool was not loaded');
  return hasher;
}

/** The machine's memory keeps what it was fed last: as many zeros take its place, and those of a whole block. */
function forget(machine: IHasher, longest: number): void {
  const zeros = ZEROS.subarray(0, Math.min(longest, MOST) | BLOCK_BUT_ONE);
  machine.init().update(zeros).update(ZEROS.subarray(0, 1)).digest('binary');
}
