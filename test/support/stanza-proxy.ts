/**
 * A proxy that ends TLS with the server's own certificate, so that it knows where one stanza ends and the next begins,
 * and fails once: between two of them, in either direction, or in the middle of one.
 */
import { readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { counts, phaseOf } from './line-plan.ts';
import type { Plan } from './line-plan.ts';
import type { TestServer } from './servers/test-server.ts';
import { StanzaLine } from './stanza-line.ts';
import type { Failure, LineTimes } from './stanza-line.ts';

export class StanzaProxy {
  readonly port: number;
  /** What has passed so far, the headers of streams and the steps of logins included. */
  readonly passed = { stanzas: 0, octets: 0 };
  /** What was said in either direction since it was last emptied, whether or not it arrived. */
  readonly heard: Buffer[] = [];
  readonly #server: Server;
  readonly #lines = new Set<StanzaLine>();
  #plan: Plan | undefined;
  #isUndisturbed = false;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  /** Listens on a port of its own for who wants TLS from the first octet. */
  static async start(
    { domain, tlsPort, caFile }: Pick<TestServer, 'domain' | 'tlsPort' | 'caFile'>,
    times: LineTimes,
  ): Promise<StanzaProxy> {
    const [cert, key] = await Promise.all(
      ['crt', 'key'].map((suffix) => readFile(join(dirname(caFile), `${domain}.${suffix}`))),
    );
    const context = createSecureContext({ cert, key });
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    const proxy = new StanzaProxy(server, address.port);
    proxy.#serve(tlsPort, context, times);
    return proxy;
  }

  /** Fails once, counted from now. Without a plan it does not. */
  fail(plan?: Plan): void {
    this.#plan = plan === undefined || plan.unit === 'phase' ? plan : { ...plan, after: this.#total(plan) };
  }

  /** The line holds meanwhile, and nothing that passes counts. */
  async undisturbed<T>(run: () => Promise<T>): Promise<T> {
    this.#isUndisturbed = true;
    return run().finally(() => (this.#isUndisturbed = false));
  }

  /** Whether what was planned is still to come. */
  get isWhole(): boolean {
    return this.#plan !== undefined;
  }

  /** Whether somebody still holds to a line that has failed. */
  get isAiling(): boolean {
    return [...this.#lines].some((line) => line.isAiling);
  }

  async stop(): Promise<void> {
    for (const line of this.#lines) line.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #total(plan: Exclude<Plan, { unit: 'phase' }>): number {
    return this.passed[plan.unit] + plan.after;
  }

  #serve(tlsPort: number, context: SecureContext, times: LineTimes): void {
    this.#server.on('connection', (client) => {
      const upstream = connect({ port: tlsPort, host: '127.0.0.1', allowHalfOpen: true });
      const judge = (element: Buffer, isToServer: boolean): Failure | undefined => this.#judge(element, isToServer);
      const line = new StanzaLine([client, upstream], context, times, judge);
      this.#lines.add(line);
      line.onClose = () => this.#lines.delete(line);
    });
  }

  #judge(element: Buffer, isToServer: boolean): Failure | undefined {
    const text = element.toString('utf8');
    this.heard.push(element);
    if (this.#isUndisturbed) return undefined;
    const at = this.#failsAt(element.length, text, isToServer);
    this.passed.octets += at ?? element.length;
    if ((at ?? element.length) === element.length && counts(text)) this.passed.stanzas += 1;
    if (at === undefined) return undefined;
    const how = this.#plan?.how ?? 'reset';
    this.#plan = undefined;
    return { at, how };
  }

  /** @returns how many of these octets still pass; undefined if all do and the line holds. */
  #failsAt(octets: number, text: string, isToServer: boolean): number | undefined {
    const plan = this.#plan;
    if (plan === undefined) return undefined;
    if (plan.unit === 'phase') {
      if (!isToServer || phaseOf(text) !== plan.phase) return undefined;
      return plan.side === 'before' ? 0 : octets;
    }
    const left = plan.after - this.passed[plan.unit];
    if (left <= 0) return 0;
    if (plan.unit === 'octets') return octets >= left ? left : undefined;
    return left === 1 && counts(text) ? octets : undefined;
  }
}
