/**
 * Negotiating live sessions, in both roles (XEP-0155 §4, XEP-0116 §4, profile 7.1 to 7.6): one at a time per contact,
 * with a limit, and with nobody who may not know that we are here.
 */
import { toHex } from '../base/bytes.ts';
import { SECOND_MS, type Cancel, type Clock, type Timers } from '../base/time.ts';
import type { ModpEngine } from '../crypto/modp.ts';
import type { RandomSource } from '../crypto/random.ts';
import type { PublicKey, SigningKey } from '../crypto/signature.ts';
import { ESessionError } from '../protocol/esession/errors.ts';
import { isAboutSessions } from '../protocol/esession/session-form.ts';
import type { Policy } from '../protocol/esession/policy.ts';
import type { Established } from '../protocol/esession/xep0116/established.ts';
import type { KeyKnowledge } from '../protocol/esession/xep0116/identity-proof.ts';
import {
  completeRequest,
  createRequest,
  finishNegotiation,
  wipePending,
  wipeRequest,
  type OwnRequest,
  type PendingAcceptance,
} from '../protocol/esession/xep0116/initiator.ts';
import { readRequest, type KeyModes, type LiveRequest } from '../protocol/esession/xep0116/request-form.ts';
import {
  acceptCompletion,
  answerRequest,
  wipePendingResponse,
  type ModePreference,
  type PendingCompletion,
} from '../protocol/esession/xep0116/responder.ts';
import type { NegotiationError } from '../protocol/esession/xep0116/refusals.ts';
import { wipeLiveSession } from '../protocol/esession/xep0200-live.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import type { Element } from '../wire/element.ts';
import { bareOf, type BareJid, type FullJid } from '../wire/jid.ts';
import { buildNegotiation, buildNegotiationError, type FormHolder } from '../wire/xep0155-negotiation.ts';
import type { ClientSupport } from './client-support.ts';
import type { Contacts } from './contacts.ts';
import { LiveChannel } from './live-channel.ts';
import type { ChainLink, RetainedSecrets } from './retained-secrets.ts';
import type { Trust } from './trust.ts';

export interface LiveNegotiationsParts {
  readonly contacts: Contacts;
  readonly trust: Trust;
  readonly support: ClientSupport;
  readonly retained: RetainedSecrets;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly modp: ModpEngine;
  readonly link: () => Link | undefined;
  readonly signingKey: () => Promise<SigningKey>;
  readonly policy: () => Policy;
  readonly hasAmp: () => boolean;
  /** Files a proven key; a first one is compared with what its owner publishes (4.4). */
  readonly noteKey: (address: BareJid, key: PublicKey) => Promise<void>;
  readonly established: (channel: LiveChannel, chain: ChainLink | undefined) => void;
}

/**
 * `unsupported`: none of the contact's clients can; `gone`: it went away meanwhile, or was never there; `refused`: no
 * common option, a person's no, or something that did not verify.
 */
export type NegotiationOutcome = 'established' | 'no-answer' | 'unsupported' | 'refused' | 'gone';

/** A form that arrived. */
export interface NegotiationStep {
  readonly from: FullJid;
  readonly thread: string | undefined;
  readonly id: string | undefined;
  readonly holder: FormHolder;
  readonly form: Element;
  /** A server kept it: a request is not answered then. */
  readonly isDelayed: boolean;
}

type Stage =
  | { readonly kind: 'asking' }
  | { readonly kind: 'requested'; readonly peer: FullJid; readonly thread: string; readonly request: OwnRequest }
  | { readonly kind: 'completed'; readonly peer: FullJid; readonly thread: string; readonly pending: PendingAcceptance }
  | { readonly kind: 'answered'; readonly peer: FullJid; readonly thread: string; readonly pending: PendingCompletion }
  /** A step is being computed; its secrets are with whoever computes. */
  | { readonly kind: 'working'; readonly peer: FullJid; readonly thread: string };

interface Running {
  readonly address: BareJid;
  readonly outcome: Promise<NegotiationOutcome>;
  readonly resolve: (outcome: NegotiationOutcome) => void;
  readonly cancel: Cancel;
  stage: Stage;
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
  readonly #running = new Map<BareJid, Running>();
  /** True between coming online and leaving: only then is anything asked or answered. */
  isOpen = false;

  constructor(parts: LiveNegotiationsParts) {
    this.#parts = parts;
  }

  /** Negotiates a session with a contact who is here; shared by everyone who asks meanwhile, in whichever role. */
  negotiate(address: BareJid): Promise<NegotiationOutcome> {
    const running = this.#running.get(address);
    if (running !== undefined) return running.outcome;
    const link = this.#parts.link();
    if (link === undefined || !this.isOpen) return Promise.resolve('gone');
    const mine = this.#begin(address);
    this.#ask(link, mine).catch(() => {
      this.#settle(mine, 'gone');
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
    if (peer === undefined || (running.stage.kind !== 'asking' && running.stage.peer === peer)) {
      this.#settle(running, 'gone');
    }
  }

  abandonAll(): void {
    for (const running of [...this.#running.values()]) this.#settle(running, 'gone');
  }

  /** An error came back for a stanza of a negotiation. @returns false if it is of none */
  failed(from: FullJid, thread: string | undefined, condition: string): boolean {
    const running = this.#find(from, thread);
    if (running === undefined) return false;
    this.#settle(running, UNREACHABLE.has(condition) ? 'gone' : 'refused');
    return true;
  }

  /** Takes a form of a negotiation. Whatever does not belong to one is dropped without a word. */
  async receive(step: NegotiationStep): Promise<void> {
    if (!this.isOpen || step.thread === undefined) return;
    const type = step.form.attrs['type'];
    try {
      if (type === 'form' && step.holder === 'feature') await this.#answer(step, step.thread);
      else if (type === 'submit') await this.#complete(step);
      else if (type === 'result' && step.holder === 'feature') await this.#accept(step);
      else if (type === 'result') await this.#finish(step);
    } catch (error) {
      if (!(error instanceof ESessionError)) throw error;
      // Not even a form of its kind: the negotiation cannot go on, and nothing is told of it.
      const running = this.#find(step.from, step.thread);
      if (running !== undefined) this.#settle(running, 'refused');
    }
  }

  async #ask(link: Link, mine: Running): Promise<void> {
    const { contacts, support, random, modp, policy, hasAmp } = this.#parts;
    const peer = await support.find(link, mine.address, contacts.resources(mine.address));
    if (peer === undefined) {
      if (mine.stage.kind === 'asking') this.#settle(mine, 'unsupported');
      return;
    }
    const how = { rekeyFrequency: REKEY_FREQUENCY, keyModes: KEY_MODES, policy: policy(), random, modp };
    const request = await createRequest(how);
    // The contact asked first, or it is over.
    if (mine.stage.kind !== 'asking' || !this.#isCurrent(mine)) {
      wipeRequest(request);
      return;
    }
    const thread = toHex(random.bytes(16));
    mine.stage = { kind: 'requested', peer, thread, request };
    this.#send(
      buildNegotiation({ to: peer, id: this.#id(), thread, holder: 'feature', form: request.form, withAmp: hasAmp() }),
    );
  }

  /** Message 1 arrived. */
  async #answer({ from, id, form, isDelayed }: NegotiationStep, thread: string): Promise<void> {
    const { contacts, policy, random, modp, signingKey } = this.#parts;
    const address = bareOf(from);
    const mayKnow = contacts.maySeeUs(address) && contacts.find(address)?.blocked !== true;
    if (isDelayed || !mayKnow || address === contacts.own()) return;
    if (!isAboutSessions(form)) {
      const fault = { condition: 'service-unavailable', fields: [] } as const;
      this.#send(buildNegotiationError(from, id, thread, fault));
      return;
    }
    const request: LiveRequest = readRequest(form);
    const running = this.#running.get(address);
    if (running !== undefined && this.#keepsOwn(running, from)) return;
    const mine = running ?? this.#begin(address);
    this.#wipeStage(mine.stage);
    mine.stage = { kind: 'working', peer: from, thread };
    const { stage } = mine;
    const outcome = await answerRequest({
      ...{ request, allowThree: false, modes: ANSWER_MODES, ownKey: await signingKey() },
      ...{ policy: policy(), random, modp },
    });
    if (mine.stage !== stage) {
      if (outcome.kind === 'answered') wipePendingResponse(outcome.pending);
      return;
    }
    if (outcome.kind === 'refused') {
      this.#refuse(mine, from, id, thread, outcome.error);
      return;
    }
    mine.stage = { kind: 'answered', peer: from, thread, pending: outcome.pending };
    this.#send(buildNegotiation({ to: from, id: this.#id(), thread, holder: 'feature', form: outcome.form }));
  }

  /**
   * Two requests crossed. The one of the lower address stands, on both sides; where they are not each other's answer,
   * the one that came is answered.
   */
  #keepsOwn({ address, stage }: Running, from: FullJid): boolean {
    if (stage.kind !== 'requested' || stage.peer !== from) return false;
    return this.#parts.contacts.own() < address;
  }

  /** Message 2 arrived. */
  async #complete({ from, thread, id, form }: NegotiationStep): Promise<void> {
    const running = this.#find(from, thread);
    if (running?.stage.kind !== 'requested') return;
    const { retained, policy, random, modp, signingKey } = this.#parts;
    const { request, ...place } = running.stage;
    const working: Stage = { ...place, kind: 'working' };
    running.stage = working;
    const outcome = await completeRequest({
      ...{ request, response: form, ownKey: await signingKey(), keys: this.#knowledge(from) },
      ...{ retained: retained.candidates(from), policy: policy(), random, modp },
    });
    const isOver = running.stage !== working;
    if (outcome.kind === 'completed') {
      if (isOver) wipePending(outcome.pending);
      if (isOver) return;
      running.stage = { ...place, kind: 'completed', pending: outcome.pending };
      this.#send(
        buildNegotiation({ to: from, id: this.#id(), thread: place.thread, holder: 'feature', form: outcome.form }),
      );
    } else if (outcome.kind === 'refused' && !isOver) {
      this.#refuse(running, from, id, place.thread, outcome.error);
    } else if (!isOver) {
      this.#settle(running, 'refused');
    }
  }

  /** Message 3 arrived. */
  async #accept({ from, thread, id, form }: NegotiationStep): Promise<void> {
    const running = this.#find(from, thread);
    if (running?.stage.kind !== 'answered') return;
    const { retained, random, modp, signingKey } = this.#parts;
    const { pending, ...place } = running.stage;
    const working: Stage = { ...place, kind: 'working' };
    running.stage = working;
    const outcome = await acceptCompletion({
      ...{ pending, form, ownKey: await signingKey(), keys: this.#knowledge(from) },
      ...{ retained: retained.candidates(from), random, modp },
    });
    if (outcome.kind === 'refused') {
      if (running.stage === working) this.#refuse(running, from, id, place.thread, outcome.error);
      return;
    }
    const last = outcome.form;
    await this.#establish(running, working, outcome.established, () => {
      if (last !== undefined) {
        this.#send(buildNegotiation({ to: from, id: this.#id(), thread: place.thread, holder: 'init', form: last }));
      }
    });
  }

  /** Message 4 arrived. */
  async #finish({ from, thread, id, form }: NegotiationStep): Promise<void> {
    const running = this.#find(from, thread);
    if (running?.stage.kind !== 'completed') return;
    const { pending, ...place } = running.stage;
    const working: Stage = { ...place, kind: 'working' };
    running.stage = working;
    const outcome = finishNegotiation(pending, form, this.#knowledge(from));
    if (outcome.kind === 'refused') this.#refuse(running, from, id, place.thread, outcome.error);
    else await this.#establish(running, working, outcome, () => undefined);
  }

  async #establish(
    running: Running,
    stage: Extract<Stage, { kind: 'working' }>,
    established: Established,
    sendLast: () => void,
  ): Promise<void> {
    const { retained, noteKey, clock, random, modp } = this.#parts;
    const { session, chosen, peerKey, sas } = established;
    if (peerKey !== undefined) await noteKey(running.address, peerKey);
    if (peerKey === undefined || running.stage !== stage || established.terminate) {
      wipeLiveSession(session);
      if (running.stage === stage) this.#settle(running, 'refused');
      return;
    }
    const chain = established.retained && retained.extend(stage.peer, established.retained);
    const channel = new LiveChannel({
      ...{ peer: stage.peer, thread: stage.thread, session, chosen, peerKey, random, modp },
      ...{ startedAt: clock.now(), elapsedMs: clock.elapsedMs() },
      ...(sas === undefined ? {} : { sas }),
    });
    sendLast();
    this.#parts.established(channel, chain);
    this.#settle(running, 'established');
  }

  #knowledge(peer: FullJid): KeyKnowledge {
    const { trust } = this.#parts;
    const address = bareOf(peer);
    return { known: trust.acceptable(address), judge: (key) => trust.judge(address, key) };
  }

  /** Says what is wrong, to someone who may know that we are here, and gives up. */
  #refuse(running: Running, to: FullJid, id: string | undefined, thread: string, error: NegotiationError): void {
    this.#send(buildNegotiationError(to, id, thread, error));
    this.#settle(running, 'refused');
  }

  #begin(address: BareJid): Running {
    const { promise, resolve } = Promise.withResolvers<NegotiationOutcome>();
    const cancel = this.#parts.timers.after(LONGEST_MS, () => {
      this.#settle(running, 'no-answer');
    });
    const running: Running = { address, outcome: promise, resolve, cancel, stage: { kind: 'asking' } };
    this.#running.set(address, running);
    return running;
  }

  #settle(running: Running, outcome: NegotiationOutcome): void {
    if (!this.#isCurrent(running)) return;
    this.#running.delete(running.address);
    running.cancel();
    if (outcome !== 'established') this.#wipeStage(running.stage);
    // Whoever computes for it sees that it is over.
    running.stage = { kind: 'asking' };
    running.resolve(outcome);
  }

  #wipeStage(stage: Stage): void {
    if (stage.kind === 'requested') wipeRequest(stage.request);
    if (stage.kind === 'completed') wipePending(stage.pending);
    if (stage.kind === 'answered') wipePendingResponse(stage.pending);
  }

  #isCurrent(running: Running): boolean {
    return this.#running.get(running.address) === running;
  }

  #find(from: FullJid, thread: string | undefined): Running | undefined {
    const running = this.#running.get(bareOf(from));
    if (running === undefined || running.stage.kind === 'asking') return undefined;
    return running.stage.peer === from && running.stage.thread === thread ? running : undefined;
  }

  #send(stanza: Element): void {
    this.#parts
      .link()
      ?.send(stanza)
      .catch(() => undefined);
  }

  #id(): string {
    return toHex(this.#parts.random.bytes(16));
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
