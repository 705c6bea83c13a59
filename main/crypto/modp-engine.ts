/**
 * Engines for `modp.ts`: threads of their own for the program (ruling 15), the calling thread for tests.
 *
 * One thread owns the platform's Diffie-Hellman objects. Where they are ready at once, it does everything. Where making
 * one takes seconds (BoringSSL), it makes them one after the other as groups come into use, and until a group's object
 * is there, and for groups 5, 17 and 18 for good, a second thread computes with BigInt; so nobody ever waits for one.
 */
import { Worker } from 'node:worker_threads';
import { CryptoError } from './crypto-error.ts';
import type { ModpGroup } from './modp-groups.ts';
import { baseOf } from './modp.ts';
import type { ModpEngine } from './modp.ts';
import { bigIntPower, createNativePower, isNativeQuick } from './modp-power.ts';
import type { ModpPower } from './modp-power.ts';

/** What the engine sends its threads. */
export type ModpRequest =
  | {
      readonly kind: 'power';
      readonly id: number;
      readonly group: ModpGroup;
      readonly exponent: Uint8Array;
      readonly base?: Uint8Array;
    }
  | { readonly kind: 'prepare'; readonly group: ModpGroup };

/** What a thread answers; it says `started` once, first. */
export type ModpAnswer =
  | { readonly kind: 'started'; readonly isQuick: boolean }
  | { readonly kind: 'prepared'; readonly group: ModpGroup; readonly isRight: boolean }
  | { readonly kind: 'result'; readonly id: number; readonly value: Uint8Array }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

/** A thread's task, given to it at its start. */
export interface ModpWorkerData {
  readonly role: 'native' | 'portable';
}

/**
 * Starts the threads' side by side engine.
 *
 * @param workerUrl - Where `modp-worker` is: the source in tests, the built file in the program; the host knows.
 * @returns the engine; threads start with the first call, keep the process alive only while a call is open, and are
 * started anew if they die.
 */
export function startModpEngine(workerUrl: URL): ModpEngine {
  return new ThreadedEngine(workerUrl);
}

/** The same arithmetic on the calling thread, without ever making a slow object: for tests and other runtimes. */
export function inlineModpEngine(power: ModpPower = isNativeQuick ? createNativePower() : bigIntPower): ModpEngine {
  return {
    power: (group, exponent, base) =>
      new Promise((resolve) => {
        resolve(power(group, exponent, base));
      }),
    close: () => undefined,
  };
}

/** Groups whose objects are worth their making where that is slow (toolchain 7). */
const PREPARED_GROUPS: ReadonlySet<ModpGroup> = new Set<ModpGroup>([14, 15, 16]);

class ThreadedEngine implements ModpEngine {
  readonly #url: URL;
  #native: PowerThread | undefined;
  #portable: PowerThread | undefined;
  #isClosed = false;

  constructor(url: URL) {
    this.#url = url;
  }

  async power(group: ModpGroup, exponent: Uint8Array, base?: Uint8Array): Promise<Uint8Array> {
    baseOf(group, base);
    if (exponent.every((octet) => octet === 0)) throw new RangeError('an exponent of zero');
    const native = this.#startNative();
    // Without a pause where there is nothing to wait for: the caller has work to do beside the thread's.
    if (!native.hasStarted) await native.started;
    if (native.canServe(group)) return native.power(group, exponent, base);
    if (PREPARED_GROUPS.has(group)) native.prepare(group);
    return this.#startPortable().power(group, exponent, base);
  }

  close(): void {
    this.#isClosed = true;
    this.#native?.stop();
    this.#portable?.stop();
  }

  #startNative(): PowerThread {
    if (this.#isClosed) throw new CryptoError('engine-failed', 'the engine is closed');
    if (this.#native?.isAlive !== true) this.#native = new PowerThread(this.#url, 'native');
    return this.#native;
  }

  #startPortable(): PowerThread {
    if (this.#isClosed) throw new CryptoError('engine-failed', 'the engine is closed');
    if (this.#portable?.isAlive !== true) this.#portable = new PowerThread(this.#url, 'portable');
    return this.#portable;
  }
}

interface OpenCall {
  readonly resolve: (value: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

class PowerThread {
  /** Settles when the thread has said hello; refused if it never does. */
  readonly started: Promise<void>;
  hasStarted = false;
  isAlive = true;
  #isQuick = false;
  readonly #worker: Worker;
  /** Per group that was asked for: undefined while its object is being made, then whether it computes rightly. */
  readonly #objects = new Map<ModpGroup, boolean | undefined>();
  readonly #open = new Map<number, OpenCall>();
  readonly #hello = Promise.withResolvers<undefined>();
  #lastId = 0;

  constructor(url: URL, role: ModpWorkerData['role']) {
    const workerData: ModpWorkerData = { role };
    this.started = this.#hello.promise;
    this.started.catch(() => undefined);
    this.#worker = new Worker(url, { workerData });
    this.#worker.on('message', (answer: ModpAnswer) => {
      this.#take(answer);
    });
    this.#worker.on('error', (error) => {
      this.#die(error);
    });
    this.#worker.on('exit', () => {
      this.#die(undefined);
    });
  }

  /** False while the thread is busy making an object, so that no call waits behind that. */
  canServe(group: ModpGroup): boolean {
    const isBusy = [...this.#objects.values()].includes(undefined);
    return this.#isQuick || (!isBusy && this.#objects.get(group) === true);
  }

  prepare(group: ModpGroup): void {
    if (this.#objects.has(group)) return;
    this.#objects.set(group, undefined);
    this.#send({ kind: 'prepare', group });
  }

  power(group: ModpGroup, exponent: Uint8Array, base: Uint8Array | undefined): Promise<Uint8Array> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      if (!this.isAlive) throw new CryptoError('engine-failed', 'the thread for modular powers is gone');
      this.#open.set(id, { resolve, reject });
      this.#worker.ref();
      // A copy of its own moves into the thread, which wipes it; a view would drag its whole buffer along.
      const secret = new Uint8Array(exponent);
      const request = { kind: 'power', id, group, exponent: secret } as const;
      this.#send(base === undefined ? request : { ...request, base: new Uint8Array(base) }, secret.buffer);
    });
  }

  stop(): void {
    this.#die(undefined);
    void this.#worker.terminate();
  }

  #send(request: ModpRequest, ...moved: readonly ArrayBuffer[]): void {
    this.#worker.postMessage(request, moved);
  }

  #take(answer: ModpAnswer): void {
    if (answer.kind === 'started') {
      this.#isQuick = answer.isQuick;
      this.hasStarted = true;
      this.#hello.resolve(undefined);
    } else if (answer.kind === 'prepared') {
      this.#objects.set(answer.group, answer.isRight);
    } else {
      this.#settle(answer);
    }
    if (this.#open.size === 0) this.#worker.unref();
  }

  #settle(answer: Extract<ModpAnswer, { readonly id: number }>): void {
    const call = this.#open.get(answer.id);
    this.#open.delete(answer.id);
    if (answer.kind === 'result') call?.resolve(answer.value);
    else call?.reject(new CryptoError('engine-failed', answer.message));
  }

  #die(cause: unknown): void {
    this.isAlive = false;
    const options = cause === undefined ? undefined : { cause };
    const error = new CryptoError('engine-failed', 'the thread for modular powers ended', options);
    this.#hello.reject(error);
    for (const call of this.#open.values()) call.reject(error);
    this.#open.clear();
  }
}
