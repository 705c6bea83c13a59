/**
 * Drives one headless host over its standard input and output, by docs/contract.md and in no other way: the integration
 * tests and the demo know the product only through this.
 */
import { join } from 'node:path';
import type { EventName, EventPayload } from '../../preload/contract.ts';
import { CommandFailure, parseMessage } from './host-messages.ts';
import type { AnyCommand, HostEvent, ParamsOf, ResultOf } from './host-messages.ts';
import { HostProcess } from './host-process.ts';
import type { TestServer } from './servers/test-server.ts';

export interface HostOptions {
  /** The folder everything is kept in; made if missing. */
  readonly profile: string;
  readonly server: Pick<TestServer, 'port' | 'tlsPort' | 'caFile'>;
  /** TLS from the first octet instead of STARTTLS. */
  readonly directTls?: boolean;
  /** The host is not told where the server is: it asks the name service. */
  readonly findsServer?: boolean;
  /** Serve the window as well. */
  readonly browser?: boolean;
  readonly passphraseFile?: string;
  /** Another build of the host than out/main/headless.js. */
  readonly program?: string;
  /** That program's own arguments, ahead of the host's. */
  readonly programArguments?: readonly string[];
  /** Node's own arguments. */
  readonly nodeArguments?: readonly string[];
}

export { CommandFailure } from './host-messages.ts';
export type { AnyCommand, HostEvent, ParamsOf, ResultOf } from './host-messages.ts';

const START_MS = 30_000;
const CALL_MS = 60_000;
const WAIT_MS = 20_000;
/** The contract's 7 s, and what a busy machine adds. */
const QUIT_MS = 10_000;

const PROGRAM = join(import.meta.dirname, '../../out/main/headless.js');
const PAGE_ADDRESS = /^http:\/\/127\.0\.0\.1:\d+\/#[0-9a-f]{64}$/m;

/** Starts a host and waits until it answers. @throws Error with its exit code and log if it ends instead. */
export async function startHost(options: HostOptions): Promise<HeadlessClient> {
  const client = new HeadlessClient(options);
  try {
    await client.call('account.state', {}, START_MS);
    if (options.browser === true) await client.pageServed(START_MS);
    return client;
  } catch (error) {
    await client.kill();
    throw error;
  }
}

export class HeadlessClient {
  readonly options: HostOptions;
  /** Everything the host announced so far, in order. */
  readonly events: HostEvent[] = [];
  /** Lines on standard output that are neither an answer nor a known event: there must be none. */
  readonly stray: string[] = [];
  readonly #process: HostProcess;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown> & { readonly command: string }>();
  readonly #watchers = new Set<() => void>();
  #lastId = 0;

  /** The process is started, and not ready yet: `startHost` waits for that. */
  constructor(options: HostOptions) {
    this.options = options;
    const program = [options.program ?? PROGRAM, ...(options.programArguments ?? [])];
    this.#process = new HostProcess([...(options.nodeArguments ?? []), ...program, ...argumentsOf(options)], {
      line: (line) => this.#take(line),
      logged: () => this.#tell(),
    });
    void this.#process.ended.then(() => this.#fail());
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** What it wrote to standard error. */
  get log(): string {
    return this.#process.log;
  }

  /** The page's address, token included; undefined unless the host serves one. */
  get address(): string | undefined {
    return PAGE_ADDRESS.exec(this.log)?.[0];
  }

  /** Resolves with the exit code, -1 if a signal ended it. */
  get ended(): Promise<number> {
    return this.#process.ended;
  }

  /** Undefined while it runs; -1 if a signal ended it. */
  get exitCode(): number | undefined {
    return this.#process.exitCode;
  }

  /** @throws CommandFailure if the host refuses; Error if it ends or does not answer in time. */
  async call<C extends AnyCommand>(command: C, params: ParamsOf<C>, timeoutMs = CALL_MS): Promise<ResultOf<C>> {
    const id = (this.#lastId += 1);
    const answer = Promise.withResolvers<unknown>();
    this.#calls.set(id, { ...answer, command });
    const cancel = this.#after(timeoutMs, () => answer.reject(this.#error(`no answer to ${command}`)));
    try {
      if (this.exitCode !== undefined) throw this.#error(`${command} after the host ended`);
      this.#process.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: command, params })}\n`);
      // The host is what is tested: its answers have the shapes of the contract, or the test that reads them fails.
      return (await answer.promise) as ResultOf<C>;
    } finally {
      cancel();
      this.#calls.delete(id);
    }
  }

  /** Writes a line that need not be a request. What comes back with an id unknown here is in `stray`. */
  writeLine(line: string): void {
    this.#process.write(`${line}\n`);
  }

  /** A place in `events`, for `waitFor`: only what comes after it counts. */
  mark(): number {
    return this.events.length;
  }

  /** Resolves with the first such event, one that is here already included. @throws Error when time is up */
  waitFor<E extends EventName>(
    event: E,
    fits: (payload: EventPayload<E>) => boolean,
    timeoutMs = WAIT_MS,
    after = 0,
  ): Promise<EventPayload<E>> {
    let seen = after;
    const next = (): EventPayload<E> | undefined => {
      for (; seen < this.events.length; seen += 1) {
        const one = this.events[seen];
        if (one?.event === event && fits(one.payload as EventPayload<E>)) return one.payload as EventPayload<E>;
      }
      return undefined;
    };
    return this.#watch(next, `${event} that fits`, timeoutMs);
  }

  /**
   * Asks now and after every event, until the answer is as wanted: for states, which no single event shows.
   *
   * @throws Error with the last answer when time is up
   */
  async waitUntil<C extends AnyCommand>(
    command: C,
    params: ParamsOf<C>,
    fits: (result: ResultOf<C>) => boolean,
    timeoutMs = WAIT_MS,
  ): Promise<ResultOf<C>> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const before = this.mark();
      const result = await this.call(command, params);
      if (fits(result)) return result;
      const leftMs = deadline - performance.now();
      const changed = (): true | undefined => (this.mark() > before ? true : undefined);
      await this.#watch(changed, command, leftMs).catch(() => {
        throw this.#error(`waited in vain for another ${command} than ${JSON.stringify(result).slice(0, 2_000)}`);
      });
    }
  }

  /** Resolves with the page's address. @throws Error when time is up */
  pageServed(timeoutMs: number): Promise<string> {
    return this.#watch(() => this.address, 'the address of the page', timeoutMs);
  }

  /**
   * Asks the host to leave and to end, and waits for that.
   *
   * @returns its exit code.
   * @throws Error if it is not gone after 10 s; it is killed then.
   */
  async quit(how: 'SIGTERM' | 'SIGINT' | 'endOfInput' | 'command' = 'SIGTERM'): Promise<number> {
    if (how === 'command') await this.call('host.quit', {}).catch(() => undefined);
    else if (how === 'endOfInput') this.#process.endInput();
    else this.#process.signal(how);
    return this.#gone(QUIT_MS);
  }

  /** SIGKILL: the crash that the reliability chapter tests. */
  async kill(): Promise<void> {
    this.#process.signal('SIGKILL');
    await this.#process.ended;
  }

  /** Starts another process with the same options; this one must have ended. */
  startAgain(changes: Partial<HostOptions> = {}): Promise<HeadlessClient> {
    return startHost({ ...this.options, ...changes });
  }

  async #gone(timeoutMs: number): Promise<number> {
    const late = Promise.withResolvers<'late'>();
    const cancel = this.#after(timeoutMs, () => late.resolve('late'));
    const end = await Promise.race([this.#process.ended, late.promise]);
    cancel();
    if (end !== 'late') return end;
    await this.kill();
    throw this.#error('the host did not end');
  }

  #take(line: string): void {
    const message = parseMessage(line);
    const call = message === undefined ? undefined : this.#calls.get(message.id ?? 0);
    if (message?.method !== undefined) {
      this.events.push({ event: message.method, payload: message.params } as HostEvent);
    } else if (message === undefined || call === undefined) {
      this.stray.push(line);
    } else if (message.error === undefined) {
      call.resolve(message.result);
    } else {
      const { code, message: sentence, data } = message.error;
      call.reject(new CommandFailure(call.command, data?.code ?? '', code, sentence));
    }
    this.#tell();
  }

  #fail(): void {
    for (const call of this.#calls.values()) call.reject(this.#error(`the host ended during ${call.command}`));
    this.#tell();
  }

  #tell(): void {
    for (const look of [...this.#watchers]) look();
  }

  #watch<T>(find: () => T | undefined, what: string, timeoutMs: number): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = (): void => {
      const found = find();
      if (found !== undefined) resolve(found);
      else if (this.exitCode !== undefined) reject(this.#error(`the host ended before ${what}`));
    };
    this.#watchers.add(look);
    const cancel = this.#after(Math.max(0, timeoutMs), () => reject(this.#error(`waited in vain for ${what}`)));
    look();
    return promise.finally(() => {
      cancel();
      this.#watchers.delete(look);
    });
  }

  #after(delayMs: number, run: () => void): () => void {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  }

  #error(sentence: string): Error {
    const end = this.exitCode === undefined ? '' : ` (exit code ${this.exitCode})`;
    return new Error(`${sentence}${end}\n${this.log.slice(-2_000)}`.trimEnd());
  }
}

function argumentsOf({
  profile,
  server,
  directTls,
  findsServer,
  browser,
  passphraseFile,
}: HostOptions): readonly string[] {
  const port = directTls === true ? server.tlsPort : server.port;
  return [
    ...['--profile', profile, '--stdio'],
    ...(findsServer === true ? [] : ['--server', `127.0.0.1:${port}`]),
    ...['--ca', server.caFile],
    ...(directTls === true ? ['--direct-tls'] : []),
    ...(browser === true ? ['--browser'] : []),
    ...(passphraseFile === undefined ? [] : ['--passphrase-file', passphraseFile]),
  ];
}
