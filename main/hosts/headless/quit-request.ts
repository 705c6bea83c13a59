import { QUIT_SIGNALS, type QuitSignal } from '../quit-signals.ts';

/** Where signals come from: the process, or a test. */
export interface SignalSource {
  on(signal: QuitSignal, listener: () => void): unknown;
  off(signal: QuitSignal, listener: () => void): unknown;
}

/**
 * Somebody wants the host to end: by a command, the end of input, or a signal. The second signal wants it at once
 * (L-054), and so does SIGINT after any request. SIGHUP, which follows others when a session ends, only asks.
 */
export class QuitRequest {
  readonly asked: Promise<void>;
  readonly forced: Promise<void>;
  readonly #signals: SignalSource;
  readonly #listeners: Readonly<Record<QuitSignal, () => void>>;
  #ask: () => void = () => undefined;
  #force: () => void = () => undefined;
  #isAsked = false;
  #hadSignal = false;

  constructor(signals: SignalSource) {
    this.asked = new Promise((resolve) => (this.#ask = resolve));
    this.forced = new Promise((resolve) => (this.#force = resolve));
    this.#signals = signals;
    this.#listeners = {
      SIGTERM: () => this.#signal(this.#hadSignal),
      SIGINT: () => this.#signal(this.#isAsked),
      SIGHUP: () => this.ask(),
    };
    for (const signal of QUIT_SIGNALS) signals.on(signal, this.#listeners[signal]);
  }

  ask(): void {
    this.#isAsked = true;
    this.#ask();
  }

  /** Signals mean what they mean to the platform again. */
  dispose(): void {
    for (const signal of QUIT_SIGNALS) this.#signals.off(signal, this.#listeners[signal]);
  }

  #signal(force: boolean): void {
    this.#hadSignal = true;
    this.ask();
    if (force) this.#force();
  }
}
