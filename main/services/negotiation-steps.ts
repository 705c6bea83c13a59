/**
 * The steps of one negotiation after its request: what becomes of messages 2, 3 and 4, and what is said in return
 * (XEP-0116 §4.6 to §4.8, profile 7.2, 7.6). With whom and when is for `live-negotiations.ts`.
 */
import { toHex } from '../base/bytes.ts';
import type { Clock } from '../base/time.ts';
import type { ModpEngine } from '../crypto/modp.ts';
import type { RandomSource } from '../crypto/random.ts';
import type { PublicKey, SigningKey } from '../crypto/signature.ts';
import type { Policy } from '../protocol/esession/policy.ts';
import type { Established } from '../protocol/esession/xep0116/established.ts';
import type { KeyKnowledge } from '../protocol/esession/xep0116/identity-proof.ts';
import { completeRequest, finishNegotiation, wipePending } from '../protocol/esession/xep0116/initiator.ts';
import { acceptCompletion } from '../protocol/esession/xep0116/responder.ts';
import type { NegotiationError } from '../protocol/esession/xep0116/refusals.ts';
import { wipeLiveSession } from '../protocol/esession/xep0200-live.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import type { Element } from '../wire/element.ts';
import { bareOf, type BareJid, type FullJid } from '../wire/jid.ts';
import {
  buildNegotiation,
  buildNegotiationError,
  type FormHolder,
  type NegotiationFault,
} from '../wire/xep0155-negotiation.ts';
import { LiveChannel } from './live-channel.ts';
import type { ChainLink, RetainedSecrets } from './retained-secrets.ts';
import type { NegotiationPlace, RunningNegotiation, WorkingStage } from './running-negotiation.ts';
import type { Trust } from './trust.ts';

export interface NegotiationStepsParts {
  readonly trust: Trust;
  readonly retained: RetainedSecrets;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly modp: ModpEngine;
  readonly link: () => Link | undefined;
  readonly signingKey: () => Promise<SigningKey>;
  readonly policy: () => Policy;
  /** Files a proven key; a first one is compared with what its owner publishes (4.4). */
  readonly noteKey: (address: BareJid, key: PublicKey) => Promise<void>;
  readonly established: (channel: LiveChannel, chain: ChainLink | undefined) => void;
}

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

/** What says whose key is shown, and how. */
const KEY_FIELDS: ReadonlySet<string> = new Set(['init_pubkey', 'resp_pubkey']);

export class NegotiationSteps {
  readonly #parts: NegotiationStepsParts;

  constructor(parts: NegotiationStepsParts) {
    this.#parts = parts;
  }

  /** Message 2 arrived. */
  async complete(running: RunningNegotiation, { from, id, form }: NegotiationStep): Promise<void> {
    const { stage } = running;
    if (stage.kind !== 'requested') return;
    const { retained, policy, random, modp, signingKey } = this.#parts;
    const working = running.work({ peer: from, thread: stage.thread });
    const outcome = await completeRequest({
      ...{ request: stage.request, response: form, ownKey: await signingKey(), keys: this.#knowledge(from) },
      ...{ retained: retained.candidates(from), policy: policy(), random, modp },
    });
    const isOver = running.stage !== working;
    if (outcome.kind === 'completed') {
      if (isOver) wipePending(outcome.pending);
      if (isOver) return;
      running.enter({ ...working, kind: 'completed', pending: outcome.pending });
      this.send(working, 'feature', outcome.form);
    } else if (outcome.kind === 'refused' && !isOver) {
      this.refuse(running, working, id, outcome.error);
    } else if (!isOver) {
      running.settle('refused');
    }
  }

  /** Message 3 arrived. */
  async accept(running: RunningNegotiation, { from, id, form }: NegotiationStep): Promise<void> {
    const { stage } = running;
    if (stage.kind !== 'answered') return;
    const { retained, random, modp, signingKey } = this.#parts;
    const working = running.work(stage);
    const outcome = await acceptCompletion({
      ...{ pending: stage.pending, form, ownKey: await signingKey(), keys: this.#knowledge(from) },
      ...{ retained: retained.candidates(from), random, modp },
    });
    if (outcome.kind === 'refused') {
      if (running.stage === working) this.refuse(running, working, id, outcome.error);
      return;
    }
    const last = outcome.form;
    await this.#establish(running, working, outcome.established, () => {
      if (last !== undefined) this.send(working, 'init', last);
    });
  }

  /** Message 4 arrived. */
  async finish(running: RunningNegotiation, { from, id, form }: NegotiationStep): Promise<void> {
    const { stage } = running;
    if (stage.kind !== 'completed') return;
    const working = running.work(stage);
    const outcome = finishNegotiation(stage.pending, form, this.#knowledge(from));
    if (outcome.kind === 'refused') this.refuse(running, working, id, outcome.error);
    else await this.#establish(running, working, outcome, () => undefined);
  }

  /** Says what is wrong, to someone who may know that we are here, and gives up. */
  refuse(running: RunningNegotiation, place: NegotiationPlace, id: string | undefined, error: NegotiationError): void {
    this.sendError(place, id, error);
    if (error.fields.some((field) => KEY_FIELDS.has(field))) this.#parts.trust.noteMissing(running.address);
    running.settle('refused');
  }

  sendError({ peer, thread }: NegotiationPlace, id: string | undefined, error: NegotiationFault): void {
    this.#send(buildNegotiationError(peer, id, thread, error));
  }

  send({ peer, thread }: NegotiationPlace, holder: FormHolder, form: Element, withAmp = false): void {
    const id = toHex(this.#parts.random.bytes(16));
    this.#send(buildNegotiation({ to: peer, id, thread, holder, form, withAmp }));
  }

  async #establish(
    running: RunningNegotiation,
    stage: WorkingStage,
    established: Established,
    sendLast: () => void,
  ): Promise<void> {
    const { retained, noteKey, clock, random, modp } = this.#parts;
    const { session, chosen, peerKey, sas } = established;
    if (peerKey !== undefined) await noteKey(running.address, peerKey);
    if (peerKey === undefined || running.stage !== stage || established.terminate) {
      wipeLiveSession(session);
      if (running.stage === stage) running.settle('refused');
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
    running.settle('established');
  }

  #knowledge(peer: FullJid): KeyKnowledge {
    const { trust } = this.#parts;
    const address = bareOf(peer);
    return { known: trust.acceptable(address), judge: (key) => trust.judge(address, key) };
  }

  #send(stanza: Element): void {
    // Whether it arrives is seen by the answer, or by the limit.
    this.#parts
      .link()
      ?.send(stanza)
      .catch(() => undefined);
  }
}
