/**
 * Negotiating live sessions, in both roles (XEP-0155 §4, XEP-0116 §4, profile 7.1 to 7.6): one at a time per contact,
 * with a limit, and with nobody who may not know that we are here. What a step computes and says is in
 * `negotiation-steps.ts`.
 */
import { toHex } from '../base/bytes.ts';
import { SECOND_MS, type Timers } from '../base/time.ts';
import { ESessionError } from '../protocol/esession/errors.ts';
import { isAboutSessions } from '../protocol/esession/session-form.ts';
import { createRequest, wipeRequest } from '../protocol/esession/xep0116/initiator.ts';
import { readRequest, type KeyModes, type LiveRequest } from '../protocol/esession/xep0116/request-form.ts';
import { answerRequest, wipePendingResponse, type ModePreference } from '../protocol/esession/xep0116/responder.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import { bareOf, type BareJid, type FullJid } from '../wire/jid.ts';
import type { ClientSupport } from './client-support.ts';
import type { Contacts } from './contacts.ts';
import { NegotiationSteps, type NegotiationStep, type NegotiationStepsParts } from './negotiation-steps.ts';
import { RunningNegotiation, type NegotiationOutcome, type NegotiationPlace } from './running-negotiation.ts';

export interface LiveNegotiationsParts extends NegotiationStepsParts {
  readonly contacts: Contacts;
  readonly support: ClientSupport;
  readonly timers: Timers;
  readonly hasAmp: () => boolean;
  /** True for the thread of a session that was here and is over. */
  readonly isOver: (peer: FullJid, thread: string) => boolean;
}

/** How long a negotiation may take (6.4). */
const LONGEST_MS = 20 * SECOND_MS;
/** Stanzas of both directions between two re-keys that we ask for at least. */
const REKEY_FREQUENCY = 10;
/**
 * We always ask for the other side's key whole, so that a changed one is seen at once, and never for none: decision
 * 0011. Of us the other side may ask for either.
 */
const KEY_MODES: KeyModes = { initiator: ['key', 'hash'], responder: ['key'] };
const ANSWER_MODES: ModePreference = { initiator: ['key'], responder: ['key', 'hash'] };

export class LiveNegotiations {
  readonly #parts: LiveNegotiationsParts;
  readonly #steps: NegotiationSteps;
  readonly #running = new Map<BareJid, RunningNegotiation>();
  /** True between coming online and leaving: only then is anything asked or answered. */
  isOpen = false;

  constructor(parts: LiveNegotiationsParts) {
    this.#parts = parts;
    this.#steps = new NegotiationSteps(parts);
  }

  /**
   * Negotiates a session with a contact who is here; shared by everyone who asks meanwhile, in whichever role.
   *
   * @param resource - Of the one client that is meant; otherwise any of the contact's that can.
   */
  negotiate(address: BareJid, resource?: string): Promise<NegotiationOutcome> {
    const running = this.#running.get(address);
    if (running !== undefined) return running.outcome;
    const link = this.#parts.link();
    if (link === undefined || !this.isOpen) return Promise.resolve('gone');
    const mine = this.#begin(address);
    this.#ask(link, mine, resource).catch(() => {
      mine.settle('gone');
    });
    return mine.outcome;
  }

  /** True while a session with the contact is being negotiated. */
  isRunning(address: BareJid): boolean {
    return this.#running.has(address);
  }

  /** The client that a negotiation is with has gone, or the stream has. */
  abandon(address: BareJid, peer?: FullJid): void {
    const running = this.#running.get(address);
    if (running === undefined) return;
    const { stage } = running;
    if (peer === undefined || (stage.kind !== 'asking' && stage.peer === peer)) running.settle('gone');
  }

  abandonAll(): void {
    for (const running of [...this.#running.values()]) running.settle('gone');
  }

  /** An error came back for a stanza of a negotiation. @returns false if it is of none */
  failed(from: FullJid, thread: string | undefined, condition: string): boolean {
    const running = this.#find(from, thread);
    running?.settle(UNREACHABLE.has(condition) ? 'gone' : 'refused');
    return running !== undefined;
  }

  /** Takes a form of a negotiation. Whatever does not belong to one is dropped without a word. */
  async receive(step: NegotiationStep): Promise<void> {
    if (!this.isOpen || step.thread === undefined) return;
    const type = step.form.attrs['type'];
    const running = this.#running.get(bareOf(step.from));
    try {
      if (type === 'form' && step.holder === 'feature') await this.#answer(step, step.thread);
      else if (running?.mayComeFrom(step.from, step.thread) !== true) return;
      else if (type === 'submit') await this.#steps.complete(running, step);
      else if (type === 'result' && step.holder === 'feature') await this.#steps.accept(running, step);
      else if (type === 'result') await this.#steps.finish(running, step);
    } catch (error) {
      if (!(error instanceof ESessionError)) throw error;
      // Not even a form of its kind: the negotiation cannot go on, and nothing is told of it.
      this.#find(step.from, step.thread)?.settle('refused');
    }
  }

  async #ask(link: Link, mine: RunningNegotiation, resource: string | undefined): Promise<void> {
    const { contacts, support, random, modp, policy, hasAmp } = this.#parts;
    const clients = contacts.resources(mine.address).filter((one) => resource === undefined || one === resource);
    const peer = await support.find(link, mine.address, clients);
    if (peer === undefined) {
      if (mine.stage.kind === 'asking') mine.settle('unsupported');
      return;
    }
    const how = { rekeyFrequency: REKEY_FREQUENCY, keyModes: KEY_MODES, policy: policy(), random, modp };
    const request = await createRequest(how);
    // The contact asked first, or it is over.
    if (mine.stage.kind !== 'asking' || mine.isOver) {
      wipeRequest(request);
      return;
    }
    const place: NegotiationPlace = { peer, thread: toHex(random.bytes(16)) };
    mine.enter({ ...place, kind: 'requested', request });
    this.#steps.send(place, 'feature', request.form, hasAmp());
  }

  /** Message 1 arrived. */
  async #answer({ from, id, form, isDelayed }: NegotiationStep, thread: string): Promise<void> {
    const address = bareOf(from);
    // what is over is not negotiated again; whoever wants another session takes another thread.
    if (isDelayed || !this.#mayAnswer(address) || this.#parts.isOver(from, thread)) return;
    const place: NegotiationPlace = { peer: from, thread };
    if (!isAboutSessions(form)) {
      this.#steps.sendError(place, id, { condition: 'service-unavailable', fields: [] });
      return;
    }
    const request = readRequest(form);
    const running = this.#running.get(address);
    if (running !== undefined && this.#keepsOwn(running, from)) return;
    const mine = running ?? this.#begin(address);
    mine.drop();
    await this.#answerIn(mine, place, id, request);
  }

  async #answerIn(
    mine: RunningNegotiation,
    place: NegotiationPlace,
    id: string | undefined,
    request: LiveRequest,
  ): Promise<void> {
    const { policy, random, modp, signingKey } = this.#parts;
    const stage = mine.work(place);
    const outcome = await answerRequest({
      ...{ request, allowThree: false, modes: ANSWER_MODES, ownKey: await signingKey() },
      ...{ policy: policy(), random, modp },
    });
    if (mine.stage !== stage) {
      if (outcome.kind === 'answered') wipePendingResponse(outcome.pending);
      return;
    }
    if (outcome.kind === 'refused') {
      this.#steps.refuse(mine, place, id, outcome.error);
      return;
    }
    mine.enter({ ...place, kind: 'answered', pending: outcome.pending });
    this.#steps.send(place, 'feature', outcome.form);
  }

  #mayAnswer(address: BareJid): boolean {
    const { contacts } = this.#parts;
    return contacts.maySeeUs(address) && contacts.find(address)?.blocked !== true && address !== contacts.own();
  }

  /**
   * Two requests crossed. The one of the lower address stands, on both sides; where they are not each other's answer,
   * the one that came is answered.
   */
  #keepsOwn({ address, stage }: RunningNegotiation, from: FullJid): boolean {
    if (stage.kind !== 'requested' || stage.peer !== from) return false;
    return this.#parts.contacts.own() < address;
  }

  #begin(address: BareJid): RunningNegotiation {
    const running = new RunningNegotiation(address, this.#parts.timers, LONGEST_MS, () => {
      this.#running.delete(address);
    });
    this.#running.set(address, running);
    return running;
  }

  #find(from: FullJid, thread: string | undefined): RunningNegotiation | undefined {
    const running = this.#running.get(bareOf(from));
    return running?.isWith(from, thread) === true ? running : undefined;
  }
}

/** Bounces of a client that is not there. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'service-unavailable',
  'recipient-unavailable',
  'item-not-found',
  'gone',
  'remote-server-not-found',
  'remote-server-timeout',
]);
