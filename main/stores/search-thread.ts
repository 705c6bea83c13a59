/** The main thread's end of the search worker: started when first needed, one answer per question. */
import { Worker } from 'node:worker_threads';
import type { CheckRequest, CheckResult, MessageScanner, SearchRequest } from './message-scan.ts';
import { StoreError } from './store-error.ts';
import type { StoreErrorCode } from './store-error.ts';

/** What the worker is started with. The key is for messages alone. */
export interface ScanStart {
  readonly path: string;
  readonly root: Uint8Array;
}

export type ScanJob =
  | { readonly id: number; readonly kind: 'search'; readonly request: SearchRequest }
  | { readonly id: number; readonly kind: 'altered'; readonly request: CheckRequest };

export type ScanReply =
  | { readonly id: number; readonly kind: 'done'; readonly result: ScanResult }
  | { readonly id: number; readonly kind: 'failed'; readonly code: StoreErrorCode | undefined };

interface Waiting {
  resolve(result: ScanResult): void;
  reject(error: unknown): void;
}

type ScanResult = readonly number[] | CheckResult;
type Job = ScanJob extends infer Each ? (Each extends ScanJob ? Omit<Each, 'id'> : never) : never;

export class SearchThread implements MessageScanner {
  readonly #script: URL;
  readonly #start: () => ScanStart;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  /** @param start - Called at each start of the worker; the key it gives is copied over and may be wiped. */
  constructor(script: URL, start: () => ScanStart) {
    this.#script = script;
    this.#start = start;
  }

  async search(request: SearchRequest): Promise<readonly number[]> {
    return (await this.#ask({ kind: 'search', request })) as readonly number[];
  }

  async altered(request: CheckRequest): Promise<CheckResult> {
    return (await this.#ask({ kind: 'altered', request })) as CheckResult;
  }

  /** Ends the worker; its key goes with it. The next question starts another. */
  close(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.removeAllListeners();
    // Nothing is left to do for it: what it read is thrown away.
    void worker?.terminate();
    this.#fail(new StoreError('locked', 'the store was closed'));
  }

  #ask(job: Job): Promise<ScanResult> {
    const worker = (this.#worker ??= this.#launch());
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ ...job, id });
    });
  }

  #launch(): Worker {
    const worker = new Worker(this.#script, { workerData: this.#start(), name: 'search' });
    worker.on('message', (reply: ScanReply) => {
      this.#take(reply);
    });
    worker.on('error', (error) => {
      this.#fail(error);
    });
    worker.on('exit', () => {
      this.#worker = undefined;
      this.#fail(new TypeError('the search worker ended'));
    });
    return worker;
  }

  #take(reply: ScanReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === 'done') waiting?.resolve(reply.result);
    else if (reply.code === undefined) waiting?.reject(new TypeError('the search failed'));
    else waiting?.reject(new StoreError(reply.code, 'the search could not read the store'));
    // An idle worker must not keep the process from ending.
    if (this.#waiting.size === 0) this.#worker?.unref();
  }

  #fail(error: unknown): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
