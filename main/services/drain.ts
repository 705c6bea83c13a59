/** When the keys of a withdrawn set go (profile 6.2 step 6, ruling 7, S-055 a). */
import { HOUR_MS, MINUTE_MS, type Cancel, type Clock, type Timers } from '../base/time.ts';
import type { OfflineKeys } from './offline-keys.ts';

/** What decides about one draining set. */
export interface DrainFacts {
  readonly now: Date;
  readonly expiresAt: Date;
  readonly connectedMs: number;
  /** Since initial presence, on a stream that is still up; undefined while there is none. */
  readonly streamUpMs: number | undefined;
  /** The ping behind initial presence was answered, and the archive, if any, was read. */
  readonly backlogEnded: boolean;
  /** A stanza of the backlog still waits for its turn. */
  readonly backlogWaits: boolean;
  readonly sessions: readonly { readonly isEnded: boolean; readonly lastActivityAt: Date }[];
}

const STREAM_UP_MS = 5 * MINUTE_MS;
const SESSION_IDLE_MS = 10 * MINUTE_MS;
const LONGEST_CONNECTED_MS = 24 * HOUR_MS;
const TICK_MS = 30_000;

/** True when the keys must go: at the hard ends, or when nothing can come any more that they would open. */
export function isDrained(facts: DrainFacts): boolean {
  if (facts.now >= facts.expiresAt || facts.connectedMs >= LONGEST_CONNECTED_MS) return true;
  if (facts.streamUpMs === undefined || facts.streamUpMs < STREAM_UP_MS) return false;
  if (!facts.backlogEnded || facts.backlogWaits) return false;
  const idleSince = facts.now.getTime() - SESSION_IDLE_MS;
  return facts.sessions.every((session) => session.isEnded || session.lastActivityAt.getTime() <= idleSince);
}

export interface DrainParts {
  readonly keys: OfflineKeys;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly sessionsOf: (recordId: string) => DrainFacts['sessions'];
  readonly backlogWaits: () => boolean;
  /** After a set was destroyed: its messages' details change once more. */
  readonly destroyed: (recordId: string) => void;
}

/** Watches draining sets, and the expiry of every set, while the program runs. */
export class Drain {
  readonly #parts: DrainParts;
  #onlineSinceMs: number | undefined;
  #countedUntilMs: number | undefined;
  #backlogEnded = false;
  #cancel: Cancel = () => undefined;

  constructor(parts: DrainParts) {
    this.#parts = parts;
  }

  /** Begins to watch; also without a connection, since keys expire all the same. */
  start(): void {
    this.#tick();
  }

  stop(): void {
    this.#count();
    this.#cancel();
  }

  /** Initial presence was sent: the stream's time runs from here. */
  cameOnline(): void {
    this.#onlineSinceMs = this.#parts.clock.elapsedMs();
    this.#countedUntilMs = this.#onlineSinceMs;
    this.#backlogEnded = false;
    this.#tick();
  }

  /** The answer to the ping behind initial presence is here, and the archive was read. */
  backlogEnded(): void {
    this.#backlogEnded = true;
    this.#tick();
  }

  /** The stream is gone; the time spent connected is kept. */
  wentOffline(): void {
    this.#count();
    this.#onlineSinceMs = undefined;
    this.#countedUntilMs = undefined;
  }

  #tick(): void {
    this.#cancel();
    this.#count();
    for (const record of this.#parts.keys.records()) {
      if (record.expiresAt <= this.#parts.clock.now()) this.#destroy(record, 'expired');
    }
    for (const record of this.#parts.keys.draining()) {
      if (isDrained(this.#factsOf(record))) this.#destroy(record, 'drained');
    }
    this.#cancel = this.#parts.timers.after(TICK_MS, () => {
      this.#tick();
    });
  }

  #destroy(record: Parameters<OfflineKeys['destroy']>[0], reason: Parameters<OfflineKeys['destroy']>[1]): void {
    this.#parts.keys.destroy(record, record.state === 'prepared' ? 'never-published' : reason);
    this.#parts.destroyed(record.id);
  }

  #factsOf(record: { id: string; expiresAt: Date; connectedMs: number }): DrainFacts {
    const { clock, sessionsOf, backlogWaits } = this.#parts;
    return {
      now: clock.now(),
      expiresAt: record.expiresAt,
      connectedMs: record.connectedMs,
      streamUpMs: this.#onlineSinceMs === undefined ? undefined : clock.elapsedMs() - this.#onlineSinceMs,
      backlogEnded: this.#backlogEnded,
      backlogWaits: backlogWaits(),
      sessions: sessionsOf(record.id),
    };
  }

  #count(): void {
    if (this.#countedUntilMs === undefined || this.#parts.keys.draining().length === 0) return;
    const nowMs = this.#parts.clock.elapsedMs();
    if (nowMs <= this.#countedUntilMs) return;
    this.#parts.keys.addConnected(nowMs - this.#countedUntilMs);
    this.#countedUntilMs = nowMs;
  }
}
