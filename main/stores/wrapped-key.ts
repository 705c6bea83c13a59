/** A key on disk: wrapped by the host's protector, and checked, since not every secret store notices a wrong key. */
import { equalBytes, wipe } from '../base/bytes.ts';
import { pack, unpack } from './packed.ts';
import { derive } from './seal.ts';
import type { KeyProtector } from './seal.ts';
import { StoreError } from './store-error.ts';

export const KEY_OCTETS = 32;

interface WrappedKey {
  readonly version: number;
  /** Name of the protector, for the case that it is another one today (S-063). */
  readonly protector: string;
  readonly wrapped: Uint8Array;
  /** Tells the right key from a wrong one that came out without a complaint. */
  readonly check: Uint8Array;
}

const VERSION = 1;

export async function wrapKey(protector: KeyProtector, key: Uint8Array): Promise<Uint8Array> {
  const wrapped = await protector.wrap(key);
  const content: WrappedKey = { version: VERSION, protector: protector.name, wrapped, check: checkOfKey(key) };
  return pack(content);
}

/**
 * Undoes `wrapKey`.
 *
 * @returns the key, in an array the caller wipes.
 * @throws StoreError `locked` if this protector does not give it out, `store-damaged` for octets that are no such
 * file, `newer-version`. The file is only read.
 */
export async function unwrapKey(protector: KeyProtector, octets: Uint8Array): Promise<Uint8Array> {
  const content = parse(octets);
  if (content.version !== VERSION) throw new StoreError('newer-version', 'a key was written by a newer program');
  const key = await protector.unwrap(content.wrapped);
  if (key.length === KEY_OCTETS && equalBytes(checkOfKey(key), content.check)) return key;
  wipe(key);
  throw new StoreError('locked', `a key wrapped by ${content.protector} does not come out of ${protector.name}`);
}

function parse(octets: Uint8Array): WrappedKey {
  const content = tryUnpack(octets);
  if (!isWrappedKey(content)) throw new StoreError('store-damaged', 'a key file is damaged');
  return content;
}

function tryUnpack(octets: Uint8Array): unknown {
  try {
    return unpack(octets);
  } catch (error) {
    // Not UTF-8 or not JSON: both say that it is not what was written.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function isWrappedKey(content: unknown): content is WrappedKey {
  if (typeof content !== 'object' || content === null) return false;
  const { version, protector, wrapped, check } = content as Partial<Record<keyof WrappedKey, unknown>>;
  if (typeof version !== 'number' || typeof protector !== 'string') return false;
  return wrapped instanceof Uint8Array && check instanceof Uint8Array;
}

function checkOfKey(key: Uint8Array): Uint8Array {
  return derive(key, 'check').subarray(0, 16);
}
