import type { Alert, CommandErrorCode } from '../../preload/contract.ts';
import { bridge, CommandFailure, type Bridge } from '../lib/api.ts';
import { errorSentence } from '../lib/catalogue-errors.ts';
import { instantNow } from '../lib/format.ts';
import { isSaidByBar } from '../lib/problems.ts';

const TOAST_MS = 8_000;
/** Older notices leave the list; they are no record. */
const KEPT = 100;

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly at: string;
  readonly address?: string;
  /** It is about the time away: *Show* opens the report. */
  readonly isAwayReport?: true;
}

type Raised = Pick<Alert, 'text' | 'address'> & Pick<Notice, 'isAwayReport'>;

/** What needs no decision: shown for 8 s unless someone is looking at it, then kept in a list (ux.md 3.9). */
export class AlertsState {
  notices = $state.raw<readonly Notice[]>([]);
  toasts = $state.raw<readonly Notice[]>([]);
  readonly #bridge: Bridge;
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #lastId = 0;

  constructor(given: Bridge) {
    this.#bridge = given;
  }

  start(): void {
    this.#bridge.on('alerts.raised', (alert) => (isSaidByBar(alert.code) ? this.#note(alert) : this.raise(alert)));
  }

  raise(given: Raised): void {
    const notice = this.#note(given);
    const isOther = (toast: Notice) => toast.text !== notice.text || toast.address !== notice.address;
    this.toasts = [...this.toasts.filter(isOther), notice];
    this.release(notice.id);
  }

  /** Into the list alone. */
  #note({ text, address, isAwayReport }: Raised): Notice {
    const notice: Notice = {
      id: ++this.#lastId,
      text,
      at: instantNow(),
      ...(address !== undefined && { address }),
      ...(isAwayReport && { isAwayReport }),
    };
    this.notices = [notice, ...this.notices].slice(0, KEPT);
    return notice;
  }

  /** A command that failed where no field can say so. */
  raiseFailure(failure: unknown, address?: string): void {
    const code: CommandErrorCode = failure instanceof CommandFailure ? failure.code : 'internal';
    this.raise({ text: errorSentence(code, address), ...(address !== undefined && { address }) });
  }

  /** Runs a command of the interface; what it throws becomes a notice. */
  async attempt(run: () => Promise<unknown>, address?: string): Promise<void> {
    await run().catch((failure: unknown) => this.raiseFailure(failure, address));
  }

  /** Someone looks at it: it stays. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  /** Nobody looks at it any more: it goes after 8 s. */
  release(id: number): void {
    this.hold(id);
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), TOAST_MS),
    );
  }

  dismiss(id: number): void {
    this.hold(id);
    this.toasts = this.toasts.filter((toast) => toast.id !== id);
  }
}

export const alerts = new AlertsState(bridge);
