/**
 * XEP-0116: Encrypted Session Negotiation, version 0.16 (2007-05-30).
 * https://xmpp.org/extensions/xep-0116.html
 *
 * Covers the responder's side of §4.4 and §4.5 (response) and §4.7 (acceptance), with 4 and with 3 messages. The
 * initiator's side is `initiator.ts`. Pure: who may be answered, and when, is for the services. Profile 7.2 to 7.5.
 */
import { equalBytes, wipe } from '../../../base/bytes.ts';
import { xorHalf } from '../../../crypto/ctr.ts';
import { digest, sha256 } from '../../../crypto/hash.ts';
import { isValidPublicValue } from '../../../crypto/modp.ts';
import type { ModpEngine } from '../../../crypto/modp.ts';
import { minimalOctets } from '../../../crypto/mpi.ts';
import type { RandomSource } from '../../../crypto/random.ts';
import type { SigningKey } from '../../../crypto/signature.ts';
import type { Element } from '../../../wire/element.ts';
import type { Policy } from '../policy.ts';
import { extended, unprovenForm, withProof } from '../session-form.ts';
import type { UnprovenForm } from '../session-form.ts';
import { drawFreshValues } from '../xep0187-exchange.ts';
import type { FreshValues } from '../xep0187-exchange.ts';
import { acceptanceFields, readCompletion, responseFields, responseValues } from './answer-forms.ts';
import type { ChosenModes, Completion } from './answer-forms.ts';
import { afterIdentity, cipherAt, retainedFrom, sessionFrom } from './established.ts';
import type { Established } from './established.ts';
import { verifyIdentity } from './identity-proof.ts';
import type { KeyKnowledge, ProofOutcome } from './identity-proof.ts';
import { hideIdentity } from './identity.ts';
import type { HiddenIdentity, IdentityContext, IdentityMode } from './identity.ts';
import { deriveDirectionKeys, deriveSessionKeys, finalSecret, wipeDirectionKeys } from './keys.ts';
import type { DirectionKeys, SessionKeys } from './keys.ts';
import { chooseOptions } from './options.ts';
import type { Chosen, ChosenValues } from './options.ts';
import { refusedBecause } from './refusals.ts';
import type { Refused } from './refusals.ts';
import type { LiveRequest } from './request-form.ts';
import { findOfferedSecret, sharedSecretHash } from './retained-secrets.ts';
import type { RetainedSecret } from './retained-secrets.ts';
import { SAS28X5, sas28x5 } from './sas.ts';

/** What is asked of the initiator and given by the responder, the preferred first (profile 7.2, "Default choice"). */
export interface ModePreference {
  readonly initiator: readonly IdentityMode[];
  readonly responder: readonly IdentityMode[];
}

/** What the responder settled on. */
export interface AnsweredRequest {
  readonly request: LiveRequest;
  readonly chosen: Chosen;
  readonly values: ChosenValues;
  readonly modes: ChosenModes;
}

/** Between messages 2 and 3; in memory only. `wipePendingResponse` erases it. */
export interface PendingCompletion {
  readonly answered: AnsweredRequest;
  readonly fresh: FreshValues;
  readonly responderPublic: Uint8Array;
  /** form_B */
  readonly responseForm: Uint8Array;
  /** 3-message: made before the response left. */
  readonly early?: { readonly keys: SessionKeys; readonly sent: HiddenIdentity };
}

export type AnswerOutcome =
  { readonly kind: 'answered'; readonly form: Element; readonly pending: PendingCompletion } | Refused;

/**
 * Answers a request with message 2.
 *
 * @param p.allowThree - Whether a 3-message request is answered: services' are, people's only by choice (profile 7.1).
 * @param p.preferUnstored - The user asked that nobody stores the messages.
 */
export async function answerRequest(p: {
  readonly request: LiveRequest;
  readonly allowThree: boolean;
  readonly modes: ModePreference;
  readonly ownKey: SigningKey;
  readonly policy: Policy;
  readonly preferUnstored?: boolean;
  readonly random: RandomSource;
  readonly modp: ModpEngine;
}): Promise<AnswerOutcome> {
  const { request } = p;
  if (request.flow === 3 && !p.allowThree) return refusedBecause('three-messages');
  const answered = choose(request, p.modes, p.policy, p.preferUnstored === true);
  if ('kind' in answered) return answered;
  const fresh = drawFreshValues(answered.chosen.modp, p.random);
  return request.flow === 4 ? answerWithFour(answered, fresh, p.modp) : answerWithThree(answered, fresh, p);
}

/** Message 2 of four from values that are there already: nothing of K is computed before message 3. */
export async function answerWithFour(
  answered: AnsweredRequest,
  fresh: FreshValues,
  modp: ModpEngine,
): Promise<Extract<AnswerOutcome, { kind: 'answered' }>> {
  const computing = modp.power(answered.chosen.modp, fresh.exponent);
  // Written while another thread computes.
  const begun = beginResponse(answered, fresh);
  const responderPublic = await computing;
  const { x: form, normalized: responseForm } = endResponse(begun, answered, fresh, responderPublic);
  return { kind: 'answered', form, pending: { answered, fresh, responderPublic, responseForm } };
}

/** Message 2 of three: the identity is made before the response is sent. */
export async function answerWithThree(
  answered: AnsweredRequest,
  fresh: FreshValues,
  { ownKey, modp }: { readonly ownKey: SigningKey; readonly modp: ModpEngine },
): Promise<AnswerOutcome> {
  const { chosen, request, modes } = answered;
  const e = initiatorValue(request, chosen);
  //
  if (e === undefined || !isValidPublicValue(chosen.modp, e)) return refusedBecause('bad-public-value');
  const [responderPublic, power] = await Promise.all([
    modp.power(chosen.modp, fresh.exponent),
    modp.power(chosen.modp, fresh.exponent, e),
  ]);
  const secret = digest(chosen.hash, minimalOctets(power));
  const keys = deriveSessionKeys(secret, chosen.hash, chosen.cipher);
  wipe(power, secret);
  const response = endResponse(beginResponse(answered, fresh), answered, fresh, responderPublic);
  const context = responderContext(request, fresh, responderPublic, [response.normalized]);
  const sent = hideIdentity(ownKey, context, cipherAt(chosen, keys.responder, xorHalf(fresh.counter)), modes.responder);
  const pending = { answered, fresh, responderPublic, responseForm: response.normalized, early: { keys, sent } };
  return { kind: 'answered', form: withProof(response, sent), pending };
}

/** Erases a negotiation that came to nothing. */
export function wipePendingResponse({ fresh, early }: PendingCompletion): void {
  wipe(fresh.exponent);
  if (early !== undefined) wipeKeys(early.keys);
}

export interface AcceptedCompletion {
  readonly established: Established;
  /** Message 4, for `<init/>`; absent in 3-message. */
  readonly form?: Element;
}

export type CompletionOutcome = ({ readonly kind: 'accepted' } & AcceptedCompletion) | Refused;

/**
 * Takes message 3: verifies the initiator, and in 4-message makes message 4. What was pending is used up.
 *
 * @param p.retained - Secrets of this contact, then of others; expired ones are not among them.
 * @throws ESessionError `bad-form` if the form is no completion; everything is erased then too.
 */
export async function acceptCompletion(p: {
  readonly pending: PendingCompletion;
  readonly form: Element;
  readonly ownKey: SigningKey;
  readonly keys: KeyKnowledge;
  readonly retained: readonly RetainedSecret[];
  readonly otherSecret?: Uint8Array;
  readonly random: RandomSource;
  readonly modp: ModpEngine;
}): Promise<CompletionOutcome> {
  const { pending } = p;
  let isAccepted = false;
  try {
    const completion = readCompletion(p.form);
    if (!equalBytes(completion.nonce, pending.fresh.nonce)) return refusedBecause('wrong-nonce');
    const outcome =
      pending.early === undefined
        ? await acceptFour(p, completion)
        : acceptThree(pending, pending.early, completion, p.keys);
    isAccepted = outcome.kind === 'accepted';
    return outcome;
  } finally {
    if (!isAccepted) wipePendingResponse(pending);
  }
}

async function acceptFour(
  p: Parameters<typeof acceptCompletion>[0],
  completion: Completion,
): Promise<CompletionOutcome> {
  const { pending, modp } = p;
  const { chosen, request } = pending.answered;
  const e = completion.initiatorPublic;
  const promised = request.commitments.get(String(chosen.modp));
  // what is opened must be what was promised, before anything is computed with it.
  if (e === undefined || promised === undefined || !equalBytes(sha256(e), promised)) {
    return refusedBecause('bad-commitment');
  }
  const isReflected = equalBytes(e, minimalOctets(pending.responderPublic));
  if (isReflected || !isValidPublicValue(chosen.modp, e)) return refusedBecause('bad-public-value');
  const computing = modp.power(chosen.modp, pending.fresh.exponent, e);
  // Found and written while another thread computes.
  const shared = findOfferedSecret(p.retained, request.nonce, completion.rshashes, chosen.hash);
  const acceptance = acceptanceOf(request, sharedSecretHash(shared, chosen.hash, p.random));
  const power = await computing;
  const provisory = digest(chosen.hash, minimalOctets(power));
  wipe(power);
  return acceptWithFour(pending, completion, e, provisory, { ...p, shared, acceptance });
}

/** Message 4 before its identity. */
export function acceptanceOf({ nonce }: LiveRequest, srshash: Uint8Array): UnprovenForm {
  return unprovenForm('result', acceptanceFields(nonce, srshash));
}

/** Messages 3 and 4 from values that are there already; `acceptCompletion` is the way to call it. */
export function acceptWithFour(
  pending: PendingCompletion,
  completion: Completion,
  initiatorPublic: Uint8Array,
  provisory: Uint8Array,
  p: {
    readonly ownKey: SigningKey;
    readonly keys: KeyKnowledge;
    readonly shared: RetainedSecret | undefined;
    readonly acceptance: UnprovenForm;
    readonly otherSecret?: Uint8Array;
  },
): CompletionOutcome {
  const { chosen, request, modes } = pending.answered;
  const theirs = deriveDirectionKeys(provisory, 'initiator', chosen.hash, chosen.cipher);
  const proven = verifyInitiator(pending, completion, initiatorPublic, theirs, p.keys);
  wipeDirectionKeys(theirs);
  if (proven.kind === 'refused') {
    wipe(provisory);
    return refusedBecause(proven.reason);
  }
  const sas = sas28x5(chosen.hash, completion.proof.hiddenIdentityMac, pending.responseForm);
  const secret = finalSecret(chosen.hash, provisory, p.shared?.secret, p.otherSecret);
  try {
    const keys = deriveSessionKeys(secret, chosen.hash, chosen.cipher);
    const forms = [pending.responseForm, p.acceptance.normalized];
    const context = responderContext(request, pending.fresh, pending.responderPublic, forms);
    const cipher = cipherAt(chosen, keys.responder, xorHalf(pending.fresh.counter));
    const sent = hideIdentity(p.ownKey, context, cipher, modes.responder);
    const session = responderSession(pending, keys, sent, completion, initiatorPublic);
    const established: Established = {
      ...{ kind: 'established', session, chosen, keyJudgement: proven.judgement, sas, terminate: completion.terminate },
      retained: retainedFrom(secret, chosen, p.shared),
      ...(proven.key === undefined ? {} : { peerKey: proven.key }),
    };
    return { kind: 'accepted', established, form: withProof(p.acceptance, sent) };
  } finally {
    wipe(provisory, secret);
  }
}

function acceptThree(
  pending: PendingCompletion,
  { keys, sent }: NonNullable<PendingCompletion['early']>,
  completion: Completion,
  knowledge: KeyKnowledge,
): CompletionOutcome {
  const { chosen, request } = pending.answered;
  const e = initiatorValue(request, chosen) ?? NOTHING;
  const proven = verifyInitiator(pending, completion, e, keys.initiator, knowledge);
  if (proven.kind === 'refused') return refusedBecause(proven.reason);
  const session = responderSession(pending, keys, sent, completion, e);
  const { terminate } = completion;
  const key = proven.key === undefined ? {} : { peerKey: proven.key };
  const keyJudgement = proven.judgement;
  return { kind: 'accepted', established: { kind: 'established', session, chosen, keyJudgement, terminate, ...key } };
}

const NOTHING = new Uint8Array();

function choose(
  request: LiveRequest,
  preference: ModePreference,
  policy: Policy,
  preferUnstored: boolean,
): AnsweredRequest | Refused {
  const choice = chooseOptions(request.offer, policy, preferUnstored);
  const initiator = preference.initiator.find((mode) => request.keyModes.initiator.includes(mode));
  const responder = preference.responder.find((mode) => request.keyModes.responder.includes(mode));
  const missing = [
    ...(choice.kind === 'no-common-option' ? choice.fields : []),
    ...(initiator === undefined ? ['init_pubkey'] : []),
    ...(responder === undefined ? ['resp_pubkey'] : []),
    ...(request.flow === 4 && !request.sasNames.includes(SAS28X5) ? ['sas_algs'] : []),
  ];
  if (missing.length > 0 || choice.kind !== 'chosen' || initiator === undefined || responder === undefined) {
    return refusedBecause('no-common-option', missing);
  }
  return { request, chosen: choice.chosen, values: choice.values, modes: { initiator, responder } };
}

/** Message 2 before d. */
function beginResponse({ request, values, modes }: AnsweredRequest, { nonce }: FreshValues): UnprovenForm {
  const content = { values, modes, hasSas: request.flow === 4, responderNonce: nonce };
  return unprovenForm('submit', responseFields(content));
}

/** Message 2 before its identity, which only three messages have. */
function endResponse(
  begun: UnprovenForm,
  { request }: AnsweredRequest,
  { counter }: FreshValues,
  responderPublic: Uint8Array,
): UnprovenForm {
  return extended(begun, responseValues(responderPublic, request.nonce, counter));
}

function verifyInitiator(
  { answered, fresh }: PendingCompletion,
  completion: Completion,
  initiatorPublic: Uint8Array,
  theirs: DirectionKeys,
  keys: KeyKnowledge,
): ProofOutcome {
  const { request, chosen, modes } = answered;
  return verifyIdentity({
    ...completion.proof,
    mode: modes.initiator,
    context: {
      verifierNonce: fresh.nonce,
      proverNonce: request.nonce,
      proverPublic: initiatorPublic,
      forms: [request.normalized, completion.normalized],
    },
    cipher: cipherAt(chosen, theirs, fresh.counter),
    keys,
  });
}

function responderContext(
  request: LiveRequest,
  fresh: FreshValues,
  responderPublic: Uint8Array,
  forms: readonly Uint8Array[],
): IdentityContext {
  const proverPublic = minimalOctets(responderPublic);
  return { verifierNonce: request.nonce, proverNonce: fresh.nonce, proverPublic, forms };
}

function responderSession(
  { answered, fresh }: PendingCompletion,
  keys: SessionKeys,
  sent: HiddenIdentity,
  { proof }: Completion,
  peerPublic: Uint8Array,
): Established['session'] {
  return sessionFrom({
    role: 'responder',
    chosen: answered.chosen,
    rekeyFrequency: answered.values.rekeyFrequency,
    keys,
    sendCounter: sent.counter,
    sendBlocks: sent.blocks,
    receiveCounter: afterIdentity(fresh.counter, proof.hiddenIdentity),
    exponent: fresh.exponent,
    peerPublic,
  });
}

/** e of a 3-message request, for the group that was chosen. */
function initiatorValue({ commitments }: LiveRequest, { modp }: Chosen): Uint8Array | undefined {
  return commitments.get(String(modp));
}

function wipeKeys({ initiator, responder }: SessionKeys): void {
  wipeDirectionKeys(initiator);
  wipeDirectionKeys(responder);
}
