/** What the server of this connection was found to be: its features, and how its clock differs from ours. */
import { MINUTE_MS, type Clock } from '../base/time.ts';
import { NS } from '../wire/namespaces.ts';
import type { ServerFacts } from './coming-online.ts';

const NOTHING: ServerFacts = { features: [], hasPep: false, clockOffsetMs: 0 };

export class ServerKnowledge {
  readonly #clock: Clock;
  #facts: ServerFacts = NOTHING;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  learn(facts: ServerFacts): void {
    this.#facts = facts;
  }

  get features(): readonly string[] {
    return this.#facts.features;
  }

  get hasPep(): boolean {
    return this.#facts.hasPep;
  }

  get hasAmp(): boolean {
    return this.#facts.features.includes(NS.amp);
  }

  /** Our clock, corrected by the server's where they differ by more than 60 s (H-21). */
  now(): Date {
    const now = this.#clock.now();
    const { clockOffsetMs } = this.#facts;
    return Math.abs(clockOffsetMs) > MINUTE_MS ? new Date(now.getTime() + clockOffsetMs) : now;
  }
}
