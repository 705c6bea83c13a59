/** One small file per offline record with its wrapped data key: what S-056 overwrites. */
import { join } from 'node:path';
import type { RandomSource } from '../crypto/random.ts';
import { asStoreErrors, shredFile, UNFINISHED, writeDurably } from './durable-file.ts';
import type { FileOperations } from './durable-file.ts';
import type { KeyProtector } from './seal.ts';
import { StoreError } from './store-error.ts';
import { KEY_OCTETS, unwrapKey, wrapKey } from './wrapped-key.ts';

const ENDING = '.key';

export class OfflineKeyFiles {
  readonly #files: FileOperations;
  readonly #directory: string;
  readonly #protector: KeyProtector;
  readonly #random: RandomSource;

  constructor(
    files: FileOperations,
    directory: string,
    keeper: { readonly protector: KeyProtector; readonly random: RandomSource },
  ) {
    this.#files = files;
    this.#directory = directory;
    this.#protector = keeper.protector;
    this.#random = keeper.random;
  }

  /** Makes a data key and has it durable, file and directory, before it resolves (S-054). The caller wipes it. */
  async create(id: string): Promise<Uint8Array> {
    const key = this.#random.bytes(KEY_OCTETS);
    writeDurably(this.#files, this.#pathOf(id), await wrapKey(this.#protector, key));
    return key;
  }

  /** @returns undefined if there is none, if it was overwritten, or if it does not come out (L-061). */
  async open(id: string): Promise<Uint8Array | undefined> {
    const path = this.#pathOf(id);
    if (!asStoreErrors(() => this.#files.exists(path))) return undefined;
    try {
      return await unwrapKey(
        this.#protector,
        asStoreErrors(() => this.#files.read(path)),
      );
    } catch (error) {
      if (error instanceof StoreError && UNREADABLE.has(error.code)) return undefined;
      throw error;
    }
  }

  /** @throws StoreError `disk-error` */
  shred(id: string): void {
    shredFile(this.#files, this.#pathOf(id));
  }

  /** Destroys what a crash left: files that were not finished, and keys whose record never came or is gone (P2, U11). */
  shredStrays(isKnown: (id: string) => boolean): void {
    const names = asStoreErrors(() => this.#files.list(this.#directory));
    for (const name of names) {
      const isStray = name.endsWith(UNFINISHED) || (name.endsWith(ENDING) && !isKnown(name.slice(0, -ENDING.length)));
      if (isStray) shredFile(this.#files, join(this.#directory, name));
    }
  }

  #pathOf(id: string): string {
    // It becomes a file's name: nothing else may get in.
    if (!/^[0-9a-f]{32}$/.test(id)) throw new TypeError('the id of an offline record is 32 hex digits');
    return join(this.#directory, id + ENDING);
  }
}

const UNREADABLE: ReadonlySet<string> = new Set(['locked', 'store-damaged', 'newer-version']);
