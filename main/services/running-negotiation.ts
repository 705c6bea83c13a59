/** One negotiation with one contact while it runs: how far it is, what it holds in memory, and how it ends. */
import type { Cancel, Timers } from '../base/time.ts';
import {
  wipePending,
  wipeRequest,
  type OwnRequest,
  type PendingAcceptance,
} from '../protocol/esession/xep0116/initiator.ts';
import { wipePendingResponse, type PendingCompletion } from '../protocol/esession/xep0116/responder.ts';
import type { BareJid, FullJid } from '../wire/jid.ts';

/**
 * `unsupported`: none of the contact's clients can; `gone`: it went away meanwhile, or was never there; `refused`: no
 * common option, a person's no, or something that did not verify.
 */
export type NegotiationOutcome = 'established' | 'no-answer' | 'unsupported' | 'refused' | 'gone';

/** With whom, and in which thread. */
export interface NegotiationPlace {
  readonly peer: FullJid;
  readonly thread: string;
}

export type NegotiationStage =
  | { readonly kind: 'asking' }
  | (NegotiationPlace &
      (
        | { readonly kind: 'requested'; readonly request: OwnRequest }
        | { readonly kind: 'completed'; readonly pending: PendingAcceptance }
        | { readonly kind: 'answered'; readonly pending: PendingCompletion }
        /** A step is being computed; its secrets are with whoever computes. */
        | { readonly kind: 'working' }
      ));

/** A stage in which a step is being computed. */
export type WorkingStage = Extract<NegotiationStage, { kind: 'working' }>;

export class RunningNegotiation {
  readonly address: BareJid;
  /** Resolves when it is over, however it ends. */
  readonly outcome: Promise<NegotiationOutcome>;
  readonly #resolve: (outcome: NegotiationOutcome) => void;
  readonly #cancel: Cancel;
  readonly #onOver: () => void;
  #stage: NegotiationStage = { kind: 'asking' };
  #isOver = false;

  /** @param limitMs - After that long without an end nobody has answered (6.4). */
  constructor(address: BareJid, timers: Timers, limitMs: number, onOver: () => void) {
    const { promise, resolve } = Promise.withResolvers<NegotiationOutcome>();
    this.address = address;
    this.outcome = promise;
    this.#resolve = resolve;
    this.#onOver = onOver;
    this.#cancel = timers.after(limitMs, () => {
      this.settle('no-answer');
    });
  }

  get stage(): NegotiationStage {
    return this.#stage;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  isWith(peer: FullJid, thread: string | undefined): boolean {
    return this.#stage.kind !== 'asking' && this.#stage.peer === peer && this.#stage.thread === thread;
  }

  /** As `isWith`, for the next form: whichever client of the contact answers a request first has the session. */
  mayComeFrom(peer: FullJid, thread: string): boolean {
    return this.#stage.kind === 'requested' ? this.#stage.thread === thread : this.isWith(peer, thread);
  }

  /** Goes on to a stage that takes over whatever the one before it held. */
  enter(stage: NegotiationStage): void {
    this.#stage = stage;
  }

  /** As `enter`, into a stage in which a step is computed. @returns the stage, which tells whether it still is so */
  work({ peer, thread }: NegotiationPlace): WorkingStage {
    const stage: WorkingStage = { kind: 'working', peer, thread };
    this.#stage = stage;
    return stage;
  }

  /** Erases what it holds: something else begins in its place. */
  drop(): void {
    const stage = this.#stage;
    if (stage.kind === 'requested') wipeRequest(stage.request);
    if (stage.kind === 'completed') wipePending(stage.pending);
    if (stage.kind === 'answered') wipePendingResponse(stage.pending);
  }

  /** It is over. Whoever computes for it sees that by its stage. Does nothing the second time. */
  settle(outcome: NegotiationOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancel();
    if (outcome !== 'established') this.drop();
    this.#stage = { kind: 'asking' };
    this.#onOver();
    this.#resolve(outcome);
  }
}
