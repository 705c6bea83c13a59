/**
 * A disk that forgets what was not synced. It records each call; afterwards it tells every state that a crash could
 * have left behind at any moment: unsynced writes kept, lost or cut at a sector, and changes of the directory kept or
 * lost in their order, whatever became of the octets (a rename may be durable before the file it names).
 */
import type { FileOperations } from '../../../main/stores/durable-file.ts';

interface Inode {
  durable: Uint8Array;
  pending: Uint8Array[];
}

type Directory = ReadonlyMap<string, number>;

/** Everything as it is between two calls. */
interface Moment {
  readonly call: string;
  readonly inodes: readonly Inode[];
  readonly durable: Directory;
  readonly pending: readonly Directory[];
}

/** Files by path. */
export type DiskState = ReadonlyMap<string, Uint8Array>;

const SECTOR = 512;

export class CrashDisk implements FileOperations {
  readonly moments: Moment[] = [];
  /** All inodes, unlinked ones too: their blocks are still there. */
  readonly #inodes: Inode[] = [];
  #directory: Directory = new Map();
  #durable: Directory = new Map();
  #pending: Directory[] = [];

  /** @param files - What is durable from the start. */
  constructor(files: DiskState = new Map()) {
    for (const [path, octets] of files) {
      this.#inodes.push({ durable: octets, pending: [] });
      this.#durable = new Map([...this.#durable, [path, this.#inodes.length - 1]]);
    }
    this.#directory = this.#durable;
    this.#note('start');
  }

  open(path: string, how: 'create' | 'overwrite'): number {
    const there = this.#directory.get(path);
    if (how === 'overwrite' && there !== undefined) return there;
    if (how === 'overwrite' || there !== undefined) throw new TypeError(`${how} ${path}`);
    this.#inodes.push({ durable: new Uint8Array(), pending: [] });
    this.#link(new Map([...this.#directory, [path, this.#inodes.length - 1]]), `create ${path}`);
    return this.#inodes.length - 1;
  }

  size(file: number): number {
    return this.#content(file).length;
  }

  write(file: number, octets: Uint8Array, position: number): void {
    const content = new Uint8Array(Math.max(this.size(file), position + octets.length));
    content.set(this.#content(file));
    content.set(octets, position);
    this.#inode(file).pending.push(content);
    this.#note('write');
  }

  sync(file: number): void {
    const inode = this.#inode(file);
    inode.durable = this.#content(file);
    inode.pending = [];
    this.#note('sync');
  }

  close(): void {
    this.#note('close');
  }

  rename(from: string, to: string): void {
    const file = this.#directory.get(from);
    if (file === undefined) throw new TypeError(from);
    const others = [...this.#directory].filter(([path]) => path !== from && path !== to);
    this.#link(new Map([...others, [to, file]]), `rename ${from} ${to}`);
  }

  unlink(path: string): void {
    this.#link(new Map([...this.#directory].filter(([each]) => each !== path)), `unlink ${path}`);
  }

  syncDirectory(): void {
    this.#durable = this.#directory;
    this.#pending = [];
    this.#note('sync directory');
  }

  exists(path: string): boolean {
    return this.#directory.has(path);
  }

  read(path: string): Uint8Array {
    const file = this.#directory.get(path);
    if (file === undefined) throw new TypeError(path);
    return this.#content(file);
  }

  list(): readonly string[] {
    return [...this.#directory.keys()];
  }

  /** The calls that changed something, in order. */
  get calls(): readonly string[] {
    return this.moments.slice(1).map(({ call }) => call);
  }

  #inode(file: number): Inode {
    const inode = this.#inodes[file];
    if (inode === undefined) throw new TypeError(`no file ${file}`);
    return inode;
  }

  #content(file: number): Uint8Array {
    const { durable, pending } = this.#inode(file);
    return pending.at(-1) ?? durable;
  }

  #link(directory: Directory, call: string): void {
    this.#directory = directory;
    this.#pending = [...this.#pending, directory];
    this.#note(call);
  }

  #note(call: string): void {
    const inodes = this.#inodes.map(({ durable, pending }) => ({ durable, pending: [...pending] }));
    this.moments.push({ call, inodes, durable: this.#durable, pending: this.#pending });
  }
}

/** Every state of the files that a crash at some moment can leave. */
export function* crashStates(disk: CrashDisk): Generator<DiskState> {
  for (const moment of disk.moments) {
    for (const directory of [moment.durable, ...moment.pending]) yield* statesOf(directory, moment.inodes);
  }
}

/** Octets still on the disk under no name, at each moment and in each outcome: what an unlink was too early for. */
export function* orphanedOctets(disk: CrashDisk): Generator<Uint8Array> {
  for (const { durable, pending, inodes } of disk.moments) {
    for (const directory of [durable, ...pending]) {
      const named = new Set(directory.values());
      for (const [file, inode] of inodes.entries()) if (!named.has(file)) yield* outcomesOf(inode);
    }
  }
}

function* statesOf(directory: Directory, inodes: readonly Inode[], done: DiskState = new Map()): Generator<DiskState> {
  const [path, file] = [...directory].find(([each]) => !done.has(each)) ?? [];
  const inode = file === undefined ? undefined : inodes[file];
  if (path === undefined || inode === undefined) {
    yield done;
    return;
  }
  for (const octets of outcomesOf(inode)) yield* statesOf(directory, inodes, new Map([...done, [path, octets]]));
}

/** Nothing of the unsynced writes, all of each earlier one, and the last cut at each sector. */
function* outcomesOf({ durable, pending }: Inode): Generator<Uint8Array> {
  yield durable;
  yield* pending;
  const last = pending.at(-1);
  if (last === undefined) return;
  const before = pending.at(-2) ?? durable;
  for (let at = SECTOR; at < last.length; at += SECTOR) {
    yield Uint8Array.from([...last.subarray(0, at), ...before.subarray(at)]);
  }
}
