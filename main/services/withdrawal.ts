/**
 * Taking the presence set back (profile 6.2 step 2): first of all when coming online, and where that fails each minute
 * until the node was read back empty (R-301, L-032).
 */
import { MINUTE_MS, SECOND_MS, type Cancel, type Timers } from '../base/time.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import { withdrawItem, type WithdrawOutcome } from '../protocol/xmpp/xep0163-pep.ts';
import { NS } from '../wire/namespaces.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { OfflineKeys } from './offline-keys.ts';

export interface WithdrawalParts {
  readonly keys: OfflineKeys;
  readonly timers: Timers;
  readonly announcer: Announcer<ServiceEvents>;
}

type Outcome = WithdrawOutcome['kind'];

/** How long a withdrawal may hold up going online. */
const WITHDRAW_MS = 10 * SECOND_MS;
const FAILURES_BEFORE_ALERT = 3;

export class Withdrawal {
  readonly #parts: WithdrawalParts;
  #cancelRetry: Cancel = () => undefined;
  #failures = 0;
  #attempts = 0;

  constructor(parts: WithdrawalParts) {
    this.#parts = parts;
  }

  /** True while the old presence set could not be taken back (S7). */
  get isOpen(): boolean {
    return this.#failures > 0;
  }

  /**
   * One attempt; what follows a failed one is seen to. Never throws.
   *
   * @returns whether the node was read back without a form; false too if a later attempt has taken this one's place.
   */
  async attempt(link: Link): Promise<boolean> {
    this.#cancelRetry();
    this.#attempts += 1;
    const attempt = this.#attempts;
    const outcome = await this.#within(withdrawItem(link, NS.offline));
    if (attempt !== this.#attempts) return false;
    if (outcome === 'withdrawn') {
      this.#failures = 0;
      return true;
    }
    this.#failures += 1;
    if (this.#failures === FAILURES_BEFORE_ALERT) {
      const text = 'Your server still shows your old key, so others may still write with it. Retrying.';
      this.#parts.announcer.announce('alertRaised', { code: 'withdraw-failed', text });
    }
    this.#cancelRetry = this.#parts.timers.after(MINUTE_MS, () => {
      if (link.isOpen) void this.again(link);
    });
    this.#parts.announcer.announce('leavingChanged', undefined);
    return false;
  }

  /** Once the keys drain already: an attempt, and its success is noted with them. Never throws. */
  async again(link: Link): Promise<void> {
    if (!(await this.attempt(link))) return;
    this.#parts.keys.markWithdrawn();
    this.#parts.announcer.announce('leavingChanged', undefined);
  }

  /** The stream is gone, and with it whoever could be asked. */
  pause(): void {
    this.#cancelRetry();
  }

  /** @returns `unknown` as well if there is no answer in time. */
  async #within(withdrawal: Promise<WithdrawOutcome>): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const cancel = this.#parts.timers.after(WITHDRAW_MS, () => {
      resolve('unknown');
    });
    withdrawal.then(
      ({ kind }) => {
        resolve(kind);
      },
      () => {
        resolve('unknown');
      },
    );
    return promise.finally(cancel);
  }
}
