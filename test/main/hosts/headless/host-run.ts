/** The headless host in this process, over the double of the messenger. */
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { systemRandom } from '../../../../main/crypto/random.ts';
import type { Composition, ComposeMessenger } from '../../../../main/hosts/messenger.ts';
import { openConfSettings } from '../../../../main/hosts/headless/conf-settings.ts';
import { startHeadless } from '../../../../main/hosts/headless/headless-host.ts';
import { MessengerDouble } from '../messenger-double.ts';

/** A whole host over a double, with its streams in the test's hand. */
export class HostRun {
  readonly messenger = new MessengerDouble();
  readonly input = new PassThrough();
  readonly output = new PassThrough();
  readonly errors = new PassThrough();
  readonly signals = new EventEmitter();
  readonly exit: Promise<number>;
  composition: Composition | undefined;
  modpClosed = false;
  #written = '';
  #said = '';

  constructor(
    argv: readonly string[],
    page: string,
    compose: ComposeMessenger = () => Promise.resolve(this.messenger),
  ) {
    this.output.setEncoding('utf8').on('data', (text: string) => (this.#written += text));
    this.errors.setEncoding('utf8').on('data', (text: string) => (this.#said += text));
    this.exit = startHeadless(argv, {
      input: this.input,
      output: this.output,
      errors: this.errors,
      signals: this.signals,
      random: systemRandom,
      files: { modpWorker: new URL('file:///w'), searchWorker: new URL('file:///s'), renderer: page, preload: '' },
      createLink: () => {
        throw new Error('no link in this test');
      },
      compose: (composition) => {
        this.composition = composition;
        return compose(composition);
      },
      startModpEngine: () => ({
        power: () => Promise.reject(new Error('none')),
        close: () => (this.modpClosed = true),
      }),
      openSettings: openConfSettings,
    });
  }

  /** Standard output until it holds what is waited for. */
  async written(pattern: RegExp): Promise<string> {
    return this.#until(() => this.#written, this.output, pattern);
  }

  /** Standard error until it holds what is waited for. */
  async said(pattern: RegExp): Promise<string> {
    return this.#until(() => this.#said, this.errors, pattern);
  }

  get allWritten(): string {
    return this.#written;
  }

  get allSaid(): string {
    return this.#said;
  }

  async #until(text: () => string, stream: PassThrough, pattern: RegExp): Promise<string> {
    while (!pattern.test(text())) await new Promise((resolve) => stream.once('data', resolve));
    return text();
  }
}

/** A request's line. */
export function requestLine(id: number, method: string, params: unknown = {}): string {
  return `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
}
