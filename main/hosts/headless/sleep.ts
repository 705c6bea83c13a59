import type { HostClock } from '../host-clock.ts';
import type { HostLog } from '../host-log.ts';
import type { Messenger } from '../messenger.ts';
import type { LinkFreezer } from './freezable-link.ts';

/** How long a real desktop gives after its announcement, unless told otherwise. */
const USUAL_FREEZE_MS = 250;

export interface SleepParts {
  readonly messenger: Pick<Messenger, 'suspend' | 'resume'>;
  readonly clock: Pick<HostClock, 'freeze' | 'thaw'>;
  readonly links: LinkFreezer;
  /** The platform's own timer: it must run where the clock's stand still. */
  setTimer(delayMs: number, run: () => void): () => void;
  readonly log: HostLog;
}

/**
 * A desktop's sleep without a desktop (docs/contract.md, `host.suspend`): its handler runs, a moment later timers and
 * links stand still without closing, until it wakes.
 */
export class Sleep {
  readonly #parts: SleepParts;
  #state: 'awake' | 'falling-asleep' | 'frozen' = 'awake';
  #cancelFreeze: (() => void) | undefined;

  constructor(parts: SleepParts) {
    this.#parts = parts;
  }

  get isFrozen(): boolean {
    return this.#state === 'frozen';
  }

  /** Does nothing while asleep: a desktop announces once. */
  suspend(freezeAfterMs = USUAL_FREEZE_MS): void {
    if (this.#state !== 'awake') return;
    this.#state = 'falling-asleep';
    this.#parts.log('suspended');
    this.#parts.messenger.suspend();
    if (freezeAfterMs === 0) this.#freeze();
    else this.#cancelFreeze = this.#parts.setTimer(freezeAfterMs, () => this.#freeze());
  }

  /** Wakes; also a desktop that was stopped on its way into sleep. */
  resume(): void {
    if (this.#state === 'awake') return;
    this.#cancelFreeze?.();
    this.#cancelFreeze = undefined;
    this.#state = 'awake';
    this.#parts.log('resumed');
    // Expiry is judged before the network is looked at (L-053): what the links kept comes after.
    this.#parts.messenger.resume();
    this.#parts.clock.thaw();
    this.#parts.links.thaw();
  }

  #freeze(): void {
    this.#cancelFreeze = undefined;
    this.#state = 'frozen';
    this.#parts.clock.freeze();
    this.#parts.links.freeze();
    this.#parts.log('frozen');
  }
}
