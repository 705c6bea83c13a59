/**
 * XEP-0116: Encrypted Session Negotiation, version 0.16 (2007-05-30).
 * https://xmpp.org/extensions/xep-0116.html
 *
 * Covers the initiator's side of §4.3 (request), §4.6 (completion) and §4.8 (acceptance), with 4 and with 3 messages.
 * The responder's side is `responder.ts`. Pure: what is drawn comes in; stanzas, time limits and who may be answered
 * are for the services. Profile 7.2 to 7.5.
 */
import { equalBytes, wipe } from '../../../base/bytes.ts';
import { xorHalf } from '../../../crypto/ctr.ts';
import { digest } from '../../../crypto/hash.ts';
import { drawExponent, isValidPublicValue } from '../../../crypto/modp.ts';
import type { ModpEngine, ModpGroup } from '../../../crypto/modp.ts';
import { minimalOctets } from '../../../crypto/mpi.ts';
import type { RandomSource } from '../../../crypto/random.ts';
import type { SigningKey } from '../../../crypto/signature.ts';
import type { Element } from '../../../wire/element.ts';
import type { FormField } from '../../../wire/xep0004-data-form.ts';
import { hiddenProofOf } from '../form-values.ts';
import { drawNonce } from '../nonce.ts';
import { offeredGroups } from '../policy.ts';
import type { Policy } from '../policy.ts';
import { extended, unprovenForm, withProof } from '../session-form.ts';
import type { UnprovenForm } from '../session-form.ts';
import type { OfflineSecret } from '../xep0187-options.ts';
import { completionFields, readAcceptance, readResponse } from './answer-forms.ts';
import type { ChosenModes, LiveResponse } from './answer-forms.ts';
import { afterIdentity, cipherAt, retainedFrom, sessionFrom } from './established.ts';
import type { Established } from './established.ts';
import { verifyIdentity } from './identity-proof.ts';
import type { KeyKnowledge } from './identity-proof.ts';
import { hideIdentity } from './identity.ts';
import type { HiddenIdentity, IdentityContext } from './identity.ts';
import { deriveDirectionKeys, deriveSessionKeys, finalSecret, wipeDirectionKeys } from './keys.ts';
import type { SessionKeys } from './keys.ts';
import { checkChoice, readOffer } from './options.ts';
import type { Chosen, Offer } from './options.ts';
import { refusedBecause } from './refusals.ts';
import type { RefusalReason, Refused } from './refusals.ts';
import { DEFAULT_KEY_MODES, commitmentField, requestFields } from './request-form.ts';
import type { Flow, KeyModes } from './request-form.ts';
import { findSharedSecret, retainedSecretHashes } from './retained-secrets.ts';
import type { RetainedSecret } from './retained-secrets.ts';
import { SAS28X5, sas28x5 } from './sas.ts';

/** A request of ours that waits for its response. In memory only, for one response. */
export interface OwnRequest {
  readonly flow: Flow;
  readonly form: Element;
  /** form_A */
  readonly normalized: Uint8Array;
  /** N_A */
  readonly nonce: Uint8Array;
  /** What `form` offers. */
  readonly offer: Offer;
  readonly secrets: readonly OfflineSecret[];
  readonly keyModes: KeyModes;
}

/**
 * Makes a request: a fresh nonce and a fresh exponent per group.
 *
 * @param p.groups - In order of preference; what policy offers, if absent.
 * @param p.rekeyFrequency - The least number of stanzas between two re-keys.
 */
export async function createRequest(p: {
  readonly flow?: Flow;
  readonly groups?: readonly ModpGroup[];
  readonly keyModes?: KeyModes;
  readonly rekeyFrequency: number;
  readonly policy: Policy;
  readonly random: RandomSource;
  readonly modp: ModpEngine;
}): Promise<OwnRequest> {
  const { flow = 4, keyModes = flow === 4 ? DEFAULT_KEY_MODES : KEY_ONLY, rekeyFrequency, policy, random } = p;
  const nonce = drawNonce(random);
  const groups = p.groups ?? offeredGroups(policy);
  const computing = Promise.all(
    groups.map(async (group): Promise<OfflineSecret> => {
      const exponent = drawExponent(group, random);
      return { modp: group, exponent, publicValue: await p.modp.power(group, exponent) };
    }),
  );
  // Written while another thread computes.
  const fields = requestFields({ flow, nonce, groups, keyModes, rekeyFrequency, policy });
  const [begun, offer] = [unprovenForm('form', fields), offerOf(fields)];
  const secrets = await computing;
  const { x: form, normalized } = extended(begun, [commitmentField(flow, secrets)]);
  return { flow, form, normalized, nonce, offer, secrets, keyModes };
}

/** Erases a request that came to nothing, or whose session kept what it needs. */
export function wipeRequest(request: OwnRequest, kept?: Uint8Array): void {
  for (const { exponent } of request.secrets) if (exponent !== kept) wipe(exponent);
}

export type ResponseOutcome =
  /** The other side said no: nothing is answered. */
  | { readonly kind: 'declined' }
  | Refused
  /** 4-message: `form` is message 3; `pending` waits for message 4. */
  | { readonly kind: 'completed'; readonly form: Element; readonly pending: PendingAcceptance; readonly sas: string }
  /** 3-message: `form` is message 3, and the session is there already. */
  | (Established & { readonly form: Element });

/** Between message 3 and message 4; in memory only. `wipePending` erases it. */
export interface PendingAcceptance {
  readonly exchange: Exchange;
  /** K1 */
  readonly provisory: Uint8Array;
  /** C_A, after ID_A. */
  readonly sendCounter: Uint8Array;
  readonly sendBlocks: number;
  readonly sas: string;
  readonly retained: readonly RetainedSecret[];
  readonly otherSecret?: Uint8Array;
}

/** What both steps of the initiator know of the exchange. */
export interface Exchange {
  readonly request: OwnRequest;
  readonly response: Extract<LiveResponse, { kind: 'accepted' }>;
  readonly chosen: Chosen;
  readonly secret: OfflineSecret;
  readonly modes: ChosenModes;
}

/** Erases what a negotiation holds between messages 3 and 4. */
export function wipePending(pending: PendingAcceptance): void {
  wipe(pending.provisory);
  wipeRequest(pending.exchange.request);
}

/**
 * Takes message 2 and makes message 3. The request is used up whatever comes of it.
 *
 * @param p.keys - Asked in 3-message only: in 4-message the responder proves its key in message 4.
 * @param p.retained - The contact's secrets, the likeliest first.
 * @throws ESessionError `bad-form` if the form is no response at all; the request is erased then too.
 */
export async function completeRequest(p: {
  readonly request: OwnRequest;
  readonly response: Element;
  readonly ownKey: SigningKey;
  readonly keys: KeyKnowledge;
  readonly retained: readonly RetainedSecret[];
  readonly otherSecret?: Uint8Array;
  readonly policy: Policy;
  readonly random: RandomSource;
  readonly modp: ModpEngine;
}): Promise<ResponseOutcome> {
  let kept: Uint8Array | undefined;
  try {
    const response = readResponse(p.response);
    if (response.kind === 'declined') return response;
    const exchange = checkResponse(p.request, response, p.policy);
    if (exchange.kind === 'refused') return exchange;
    const { request, secret, chosen } = exchange;
    const rshashes = retainedSecretHashes(p.retained, request.nonce, chosen.hash, p.random);
    const computing = p.modp.power(secret.modp, secret.exponent, response.d);
    // Written while another thread computes.
    const completion = completionOf(exchange, rshashes);
    const power = await computing;
    const provisory = digest(chosen.hash, minimalOctets(power));
    wipe(power);
    const outcome =
      request.flow === 4
        ? completeWithFour(exchange, provisory, completion, p)
        : completeWithThree(exchange, provisory, completion, p);
    if (outcome.kind !== 'refused') kept = exchange.secret.exponent;
    return outcome;
  } finally {
    wipeRequest(p.request, kept);
  }
}

/** Message 3 before its identity; what is said of retained secrets is for 4-message. */
export function completionOf({ request, response, secret }: Exchange, rshashes: readonly Uint8Array[]): UnprovenForm {
  const opened = request.flow === 4 ? { initiatorPublic: secret.publicValue, rshashes } : undefined;
  return unprovenForm('result', completionFields(response.responderNonce, opened));
}

/** Message 3 of four, from values that are there already; `completeRequest` is the way to call it. */
export function completeWithFour(
  exchange: Exchange,
  provisory: Uint8Array,
  completion: UnprovenForm,
  p: {
    readonly ownKey: SigningKey;
    readonly retained: readonly RetainedSecret[];
    readonly otherSecret?: Uint8Array;
  },
): Extract<ResponseOutcome, { kind: 'completed' }> {
  const { chosen, response } = exchange;
  const own = deriveDirectionKeys(provisory, 'initiator', chosen.hash, chosen.cipher);
  const context = initiatorContext(exchange, completion.normalized);
  const hidden = hideIdentity(p.ownKey, context, cipherAt(chosen, own, response.counter), exchange.modes.initiator);
  // The final keys take their place: only the counter runs on.
  wipeDirectionKeys(own);
  const sas = sas28x5(chosen.hash, hidden.hiddenIdentityMac, response.normalized);
  const { otherSecret } = p;
  const pending: PendingAcceptance = {
    ...{ exchange, provisory, sas, retained: p.retained, sendCounter: hidden.counter, sendBlocks: hidden.blocks },
    ...(otherSecret === undefined ? {} : { otherSecret }),
  };
  return { kind: 'completed', form: withProof(completion, hidden), pending, sas };
}

/** Message 3 of three: the responder's identity came with message 2. */
export function completeWithThree(
  exchange: Exchange,
  sharedSecret: Uint8Array,
  completion: UnprovenForm,
  { ownKey, keys: knowledge }: { readonly ownKey: SigningKey; readonly keys: KeyKnowledge },
): (Established & { readonly form: Element }) | Refused {
  const { chosen, response } = exchange;
  const keys = deriveSessionKeys(sharedSecret, chosen.hash, chosen.cipher);
  wipe(sharedSecret);
  const receiveCounter = xorHalf(response.counter);
  const proof = hiddenProofOf(response.form);
  const proven = verifyIdentity({
    ...proof,
    mode: exchange.modes.responder,
    context: responderContext(exchange, [response.normalized]),
    cipher: cipherAt(chosen, keys.responder, receiveCounter),
    keys: knowledge,
  });
  if (proven.kind === 'refused') return refuseKeys(keys, proven.reason);
  const context = initiatorContext(exchange, completion.normalized);
  const hidden = hideIdentity(
    ownKey,
    context,
    cipherAt(chosen, keys.initiator, response.counter),
    exchange.modes.initiator,
  );
  const session = initiatorSession(exchange, keys, hidden, afterIdentity(receiveCounter, proof.hiddenIdentity));
  return {
    ...{ kind: 'established', session, chosen, keyJudgement: proven.judgement, terminate: false },
    ...(proven.key === undefined ? {} : { peerKey: proven.key }),
    form: withProof(completion, hidden),
  };
}

/**
 * Takes message 4: the session is there, with its spoken code and a new retained secret.
 *
 * @throws ESessionError `bad-form` if the form is no completion; everything is erased then too.
 */
export function finishNegotiation(
  pending: PendingAcceptance,
  form: Element,
  knowledge: KeyKnowledge,
): Established | Refused {
  const { exchange } = pending;
  const { chosen, request, response } = exchange;
  let kept: Uint8Array | undefined;
  try {
    const acceptance = readAcceptance(form);
    if (!equalBytes(acceptance.nonce, request.nonce)) return refusedBecause('wrong-nonce');
    const shared = findSharedSecret(pending.retained, acceptance.srshash, chosen.hash);
    const secret = finalSecret(chosen.hash, pending.provisory, shared?.secret, pending.otherSecret);
    try {
      const keys = deriveSessionKeys(secret, chosen.hash, chosen.cipher);
      const receiveCounter = xorHalf(response.counter);
      const proven = verifyIdentity({
        ...acceptance.proof,
        mode: exchange.modes.responder,
        context: responderContext(exchange, [response.normalized, acceptance.normalized]),
        cipher: cipherAt(chosen, keys.responder, receiveCounter),
        keys: knowledge,
      });
      if (proven.kind === 'refused') return refuseKeys(keys, proven.reason);
      kept = exchange.secret.exponent;
      const at = { counter: pending.sendCounter, blocks: pending.sendBlocks };
      const received = afterIdentity(receiveCounter, acceptance.proof.hiddenIdentity);
      return {
        kind: 'established',
        session: initiatorSession(exchange, keys, at, received),
        ...{ chosen, keyJudgement: proven.judgement, sas: pending.sas, terminate: false },
        retained: retainedFrom(secret, chosen, shared),
        ...(proven.key === undefined ? {} : { peerKey: proven.key }),
      };
    } finally {
      wipe(secret);
    }
  } finally {
    wipe(pending.provisory);
    wipeRequest(request, kept);
  }
}

const KEY_ONLY: KeyModes = { initiator: ['key'], responder: ['key'] };

/** Everything about a response that needs no power. */
export function checkResponse(
  request: OwnRequest,
  response: Extract<LiveResponse, { kind: 'accepted' }>,
  policy: Policy,
): (Exchange & { readonly kind: 'exchange' }) | Refused {
  if (!equalBytes(response.nonce, request.nonce)) return refusedBecause('wrong-nonce');
  const chosen = checkChoice(response.values, request.offer, policy);
  const secret = request.secrets.find(({ modp }) => modp === chosen?.modp);
  if (chosen === undefined || secret === undefined) return refusedBecause('bad-choice');
  const { modes, sasName } = response;
  const { initiator, responder } = request.keyModes;
  const wrong = [
    ...(initiator.includes(modes.initiator) ? [] : ['init_pubkey']),
    ...(responder.includes(modes.responder) ? [] : ['resp_pubkey']),
  ];
  const isSasRight = sasName === (request.flow === 4 ? SAS28X5 : undefined);
  if (wrong.length > 0 || !isSasRight) return refusedBecause('bad-choice', wrong);
  if (equalBytes(response.responderNonce, request.nonce)) return refusedBecause('bad-choice');
  const isReflected = equalBytes(response.d, minimalOctets(secret.publicValue));
  if (isReflected || !isValidPublicValue(secret.modp, response.d)) return refusedBecause('bad-public-value', [], false);
  return { kind: 'exchange', request, response, chosen, secret, modes };
}

function offerOf(fields: readonly FormField[]): Offer {
  const offer = readOffer({ type: 'form', fields });
  if (offer === undefined) throw new TypeError('our own request is incomplete');
  return offer;
}

/** What mac_A covers. */
function initiatorContext({ request, response, secret }: Exchange, completion: Uint8Array): IdentityContext {
  return {
    verifierNonce: response.responderNonce,
    proverNonce: request.nonce,
    proverPublic: minimalOctets(secret.publicValue),
    forms: [request.normalized, completion],
  };
}

/** What mac_B covers. */
function responderContext({ request, response }: Exchange, forms: readonly Uint8Array[]): IdentityContext {
  return {
    verifierNonce: request.nonce,
    proverNonce: response.responderNonce,
    proverPublic: response.d,
    forms,
  };
}

function initiatorSession(
  { chosen, response, secret }: Exchange,
  keys: SessionKeys,
  sent: Pick<HiddenIdentity, 'counter' | 'blocks'>,
  receiveCounter: Uint8Array,
): Established['session'] {
  return sessionFrom({
    role: 'initiator',
    chosen,
    rekeyFrequency: response.values.rekeyFrequency,
    keys,
    sendCounter: sent.counter,
    sendBlocks: sent.blocks,
    receiveCounter,
    exponent: secret.exponent,
    peerPublic: response.d,
  });
}

function refuseKeys(keys: SessionKeys, reason: RefusalReason): Refused {
  wipeDirectionKeys(keys.initiator);
  wipeDirectionKeys(keys.responder);
  return refusedBecause(reason);
}
