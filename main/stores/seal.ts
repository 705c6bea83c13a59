/** Encryption at rest: who guards the store's keys, and what is derived from them. */
import { utf8, wipe } from '../base/bytes.ts';
import { open, seal } from '../crypto/aead.ts';
import { hmac, hmacPads, publicHmacWith, type HmacPads } from '../crypto/hash.ts';
import { prepareKey } from '../crypto/prepared-key.ts';
import type { PreparedKey } from '../crypto/prepared-key.ts';
import type { RandomSource } from '../crypto/random.ts';
import { StoreError } from './store-error.ts';

/** What a host offers to guard keys with: the desktop's secret store, or a passphrase. */
export interface KeyProtector {
  /** Written beside each wrapped key, so that a change of backend is noticed (S-063). */
  readonly name: string;
  /** False if what it does protects nothing against whoever can read the profile (S-062). */
  readonly protects: boolean;
  wrap(key: Uint8Array): Promise<Uint8Array>;
  /** @throws StoreError `locked` if the key does not come out. */
  unwrap(wrapped: Uint8Array): Promise<Uint8Array>;
}

/**
 * What a sealed value is bound to: format, table, row, account and whatever else must not be exchanged (S-073). The
 * same parts are needed to open it.
 */
export type Binding = readonly (string | number | Uint8Array | null)[];

interface Keys {
  readonly seal: PreparedKey;
  readonly tag: HmacPads;
}

/** Seals under one key, and computes look-up tags under another; both go with `destroy`. */
export class Sealer {
  readonly #random: RandomSource;
  readonly #tags = new Map<string, Uint8Array>();
  #keys: Keys | undefined;

  /** @param root - 32 octets to derive from; the caller keeps and wipes them. */
  constructor(root: Uint8Array, random: RandomSource) {
    this.#keys = { seal: prepare(root, 'seal'), tag: preparePads(root, 'tag') };
    this.#random = random;
  }

  /** @throws StoreError `locked` after `destroy`, as do the others. */
  seal(plain: Uint8Array, binding: Binding): Uint8Array {
    return seal(this.#alive().seal, plain, bound(binding), this.#random);
  }

  /** @returns undefined if the value was altered, or sealed for another place. */
  open(sealed: Uint8Array, binding: Binding): Uint8Array | undefined {
    return open(this.#alive().seal, sealed, bound(binding));
  }

  /**
   * A look-up column's value: 128 bits that tell nothing without the key, the same for the same text. Texts of several
   * parts are joined by the caller with a character that cannot stand in them.
   */
  tag(column: string, text: string): Uint8Array {
    return publicHmacWith('sha256', this.#alive().tag, utf8(`${column}\u0000${text}`)).subarray(0, TAG_OCTETS);
  }

  /** As `tag`, for a column where the same few texts come again and again. */
  repeatedTag(column: string, text: string): Uint8Array {
    const name = `${column}\u0000${text}`;
    const known = this.#tags.get(name);
    if (known !== undefined) return known;
    if (this.#tags.size >= MOST_TAGS) this.#tags.clear();
    const tag = this.tag(column, text);
    this.#tags.set(name, tag);
    return tag;
  }

  destroy(): void {
    wipe(this.#keys?.tag.inner, this.#keys?.tag.outer);
    this.#keys = undefined;
    this.#tags.clear();
  }

  #alive(): Keys {
    if (this.#keys === undefined) throw new StoreError('locked', 'the key is closed');
    return this.#keys;
  }
}

/** A key for one purpose, from which the root cannot be had. */
export function derive(root: Uint8Array, purpose: string): Uint8Array {
  return hmac('sha256', root, utf8(`nightlatch ${purpose} 1`));
}

function prepare(root: Uint8Array, purpose: string): PreparedKey {
  const key = derive(root, purpose);
  try {
    return prepareKey(key);
  } finally {
    wipe(key);
  }
}

function preparePads(root: Uint8Array, purpose: string): HmacPads {
  const key = derive(root, purpose);
  try {
    return hmacPads('sha256', key);
  } finally {
    wipe(key);
  }
}

/** Octets of AES-256-GCM's tag, which stands last in what is sealed. */
const CHECK_OCTETS = 16;
const TAG_OCTETS = 16;
const MOST_TAGS = 1_000;

/** The authenticating end of a sealed value: different each time something is sealed, whatever it is. */
export function checkOf(sealed: Uint8Array): Uint8Array {
  return sealed.subarray(sealed.length - CHECK_OCTETS);
}

/** What is sealed says which layout its binding has, so that a later one cannot be taken for it. */
const FORMAT = 'nightlatch store 1';

/** Each part with its kind and length in front, so that no two lists give the same octets. */
function bound(binding: Binding): Uint8Array {
  const octets = Buffer.allocUnsafe(binding.reduce<number>((sum, part) => sum + roomFor(part), roomFor(FORMAT)));
  let end = writePart(octets, 0, FORMAT);
  for (const part of binding) end = writePart(octets, end, part);
  return octets.subarray(0, end);
}

const PART_HEAD = 5;
/** UTF-8 needs at most so many octets for each unit of a text. */
const MOST_PER_UNIT = 3;

function roomFor(part: Binding[number]): number {
  if (typeof part === 'string') return PART_HEAD + part.length * MOST_PER_UNIT;
  return PART_HEAD + (part instanceof Uint8Array ? part.length : Float64Array.BYTES_PER_ELEMENT);
}

function writePart(octets: Buffer, at: number, part: Binding[number]): number {
  const start = at + PART_HEAD;
  const length = writeContent(octets, start, part);
  octets[at] = part === null ? 0 : KINDS.indexOf(typeof part) + 1;
  octets.writeUInt32BE(length, at + 1);
  return start + length;
}

const KINDS: readonly string[] = ['string', 'number', 'object'];

function writeContent(octets: Buffer, start: number, part: Binding[number]): number {
  if (typeof part === 'string') return octets.write(part, start, 'utf8');
  if (typeof part === 'number') return octets.writeDoubleBE(part, start) - start;
  octets.set(part ?? [], start);
  return part?.length ?? 0;
}
