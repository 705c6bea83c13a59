/**
 * XEP-0187: Offline Encrypted Sessions, version 0.5 (2007-05-30).
 * https://xmpp.org/extensions/xep-0187.html
 *
 * Covers §3.3 (start a session from published options) and the checks of §3.4 (accept one). The sender is the
 * cryptographic *responder* and continues as if the publisher, the *initiator*, had asked. Making and reading the
 * options is `xep0187-options.ts`; fetching, publishing, terminating and every order of stanzas is for the services.
 */
import { equalBytes, wipe } from '../../base/bytes.ts';
import { advanceCounter, blocksFor } from '../../crypto/ctr.ts';
import { isValidPublicValue } from '../../crypto/modp.ts';
import type { ModpEngine } from '../../crypto/modp.ts';
import type { RandomSource } from '../../crypto/random.ts';
import type { PublicKey, SigningKey } from '../../crypto/signature.ts';
import type { Element } from '../../wire/element.ts';
import { parseForm } from '../../wire/xep0004-data-form.ts';
import { ESessionError } from './errors.ts';
import { LONGEST_LIFE_MS } from './policy.ts';
import type { Policy } from './policy.ts';
import { sessionOf } from './session.ts';
import type { ReceivingSession, SendingSession } from './session.ts';
import { isIdentityIntact, isIdentitySigned, revealIdentity } from './xep0116/identity.ts';
import type { KeyJudgement } from './xep0116/identity-proof.ts';
import type { IdentityCipher, RevealedIdentity } from './xep0116/identity.ts';
import { checkChoice, chooseOptions, readOffer } from './xep0116/options.ts';
import type { Chosen, Offer } from './xep0116/options.ts';
import { answerOptions, drawFreshValues, responderCipher, sessionKeysOf } from './xep0187-exchange.ts';
import type { OfflineSecret, PublishedOptions } from './xep0187-options.ts';
import type { ResponseForm } from './xep0187-response.ts';

export type { KeyJudgement } from './xep0116/identity-proof.ts';
export type { Chosen } from './xep0116/options.ts';
export { readResponseForm } from './xep0187-response.ts';
export type { ResponseForm } from './xep0187-response.ts';

export type StartOutcome =
  | {
      readonly kind: 'started';
      readonly session: SendingSession;
      /** For `<init/>` of the session's first stanza. */
      readonly form: Element;
      readonly chosen: Chosen;
    }
  /** `field` names what the two sides have no common option for, or the required field we do not know. */
  | {
      readonly kind: 'refused';
      readonly reason: 'expired' | 'unsupported' | 'bad-public-value';
      readonly field?: string;
    };

/**
 * Starts a session towards a publisher who is offline (§3.3). The session counts as negotiated at once.
 *
 * @param p.options - Read from the form that `signerOf` found signed by a key of the contact: not checked again here.
 * @param p.now - Corrected by the difference to the server's clock (H-21).
 * @param p.preferUnstored - The user asked that nobody stores the messages.
 * @param p.terminate - The session is for its first stanza alone.
 * @returns on refusal nothing may be sent, and no error either.
 */
export async function startOfflineSession(p: {
  readonly options: PublishedOptions;
  readonly ownKey: SigningKey;
  readonly now: Date;
  readonly policy: Policy;
  readonly preferUnstored?: boolean;
  readonly terminate?: boolean;
  readonly random: RandomSource;
  readonly modp: ModpEngine;
}): Promise<StartOutcome> {
  const { options, policy, random } = p;
  const life = options.expires.getTime() - p.now.getTime();
  if (life <= 0) return { kind: 'refused', reason: 'expired' };
  if (life > LONGEST_LIFE_MS) return unsupported('expires');
  const [unknown] = options.unknownRequired;
  if (unknown !== undefined) return unsupported(unknown);
  const choice = chooseOptions(options.offer, policy, p.preferUnstored === true);
  if (choice.kind === 'no-common-option') return unsupported(choice.field);
  const { chosen, values } = choice;
  const initiatorPublic = options.publicValues.get(values.options.modp);
  if (initiatorPublic === undefined || !isValidPublicValue(chosen.modp, initiatorPublic)) {
    return { kind: 'refused', reason: 'bad-public-value' };
  }
  const fresh = drawFreshValues(chosen.modp, random);
  return { kind: 'started', chosen, ...(await answerOptions({ ...p, chosen, values, fresh, initiatorPublic })) };
}

/**
 * What a session on these options would use, known before anything is written (S-197).
 *
 * @returns undefined if none can be started: nothing in common, or a required field that we do not know.
 */
export function foreseeSession(options: PublishedOptions, policy: Policy): Chosen | undefined {
  const choice = chooseOptions(options.offer, policy, false);
  return choice.kind === 'chosen' && options.unknownRequired.length === 0 ? choice.chosen : undefined;
}

/** A published set as its publisher kept it. */
export interface AcceptingRecord {
  /** N_A */
  readonly nonce: Uint8Array;
  readonly expires: Date;
  /** The `<x/>` as it was published, never an echo (S-011). Read once per value. */
  readonly form: Element;
  readonly secrets: readonly OfflineSecret[];
}

export type AcceptOutcome =
  | {
      readonly kind: 'accepted';
      readonly session: ReceivingSession;
      readonly peerKey: PublicKey;
      /** `changed`: the text is decrypted and held aside. */
      readonly keyJudgement: Exclude<KeyJudgement, 'refused'>;
      readonly chosen: Chosen;
      /** The session ends with the content of this stanza (check 13). */
      readonly terminate: boolean;
    }
  /** The first check that failed. Everything derived is erased, nothing is sent, x stays (profile 6.3). */
  | { readonly kind: 'refused'; readonly reason: AcceptRefusal };

export type AcceptRefusal =
  | 'expired' // 3
  | 'replay' // 4
  | 'unsupported-option' // 5
  | 'no-such-group' // 5
  | 'bad-public-value' // 6
  | 'bad-mac' // 8
  | 'bad-identity' // 9
  | 'key-not-acceptable' // 10
  | 'bad-signature'; // 11

/**
 * Accepts a session that a sender started: checks 3 to 11 of profile 6.3, in order; after the first failure no later
 * step runs (S-021). Check 1 is `readResponseForm`, check 2 finding the record by `response.nonce`; the session and
 * its `seen` entry become durable with the first text (check 12).
 *
 * @param p.isSeen - True if this d or this N_B was accepted under the set before.
 * @param p.judgeKey - Asked about a key that is canonical and allowed, before its signature is checked: it must not
 * store anything.
 * @throws RangeError if the record is not the one that the response names
 */
export async function acceptOfflineSession(p: {
  readonly response: ResponseForm;
  readonly record: AcceptingRecord;
  readonly isSeen: (d: Uint8Array, responderNonce: Uint8Array) => boolean;
  readonly judgeKey: (key: PublicKey) => KeyJudgement;
  readonly now: Date;
  readonly policy: Policy;
  readonly modp: ModpEngine;
}): Promise<AcceptOutcome> {
  const { response, record, policy } = p;
  if (!equalBytes(record.nonce, response.nonce)) throw new RangeError('the record of another set');
  if (p.now >= record.expires) return refused('expired');
  if (p.isSeen(response.d, response.responderNonce)) return refused('replay');
  // what the publisher sent comes back as nobody's own value.
  if (equalBytes(response.responderNonce, record.nonce)) return refused('unsupported-option');
  const secret = record.secrets.find(({ modp }) => modp === response.modp);
  const chosen = checkChoice(response.values, offerOf(record.form), policy);
  if (secret === undefined && chosen !== undefined) return refused('no-such-group');
  if (secret === undefined || chosen === undefined) return refused('unsupported-option');
  const isReflected = equalBytes(response.d, secret.publicValue);
  if (isReflected || !isValidPublicValue(secret.modp, response.d)) return refused('bad-public-value');
  const power = await p.modp.power(secret.modp, secret.exponent, response.d);
  return verifyResponder(p, chosen, responderCipher(power, chosen, response.counter));
}

/** Checks 8 to 11. Keys that lead to nothing are erased. */
function verifyResponder(
  { response, judgeKey }: Pick<Parameters<typeof acceptOfflineSession>[0], 'response' | 'judgeKey'>,
  chosen: Chosen,
  cipher: IdentityCipher,
): AcceptOutcome {
  let isAccepted = false;
  try {
    const { hiddenIdentity, hiddenIdentityMac, nonce, responderNonce, d, normalized, terminate } = response;
    if (!isIdentityIntact(hiddenIdentity, hiddenIdentityMac, cipher)) return refused('bad-mac');
    const identity = tryReveal(hiddenIdentity, cipher);
    if (identity === undefined) return refused('bad-identity');
    const keyJudgement = judgeKey(identity.key);
    if (keyJudgement === 'refused') return refused('key-not-acceptable');
    const context = { verifierNonce: nonce, proverNonce: responderNonce, proverPublic: d, forms: [normalized] };
    if (!isIdentitySigned(identity, context, cipher)) return refused('bad-signature');
    isAccepted = true;
    const blocks = blocksFor(hiddenIdentity.length);
    const counter = advanceCounter(cipher.counter, blocks);
    const session = sessionOf({ direction: 'receive', ...sessionKeysOf(chosen, cipher), counter, blocks });
    return { kind: 'accepted', session, peerKey: identity.key, keyJudgement, chosen, terminate };
  } finally {
    wipe(cipher.keys.sigmaKey);
    if (!isAccepted) wipe(cipher.keys.cipherKey, cipher.keys.macKey);
  }
}

function tryReveal(hiddenIdentity: Uint8Array, cipher: IdentityCipher): RevealedIdentity | undefined {
  try {
    return revealIdentity(hiddenIdentity, cipher);
  } catch (error) {
    if (error instanceof ESessionError) return undefined;
    throw error;
  }
}

/** Each published form is read once, however many sessions are started on it. */
const offers = new WeakMap<Element, Offer>();

function offerOf(form: Element): Offer {
  const known = offers.get(form);
  if (known !== undefined) return known;
  const offer = readOffer(parseForm(form));
  if (offer === undefined) throw new TypeError('the stored form is not one that was published');
  offers.set(form, offer);
  return offer;
}

function unsupported(field: string): StartOutcome {
  return { kind: 'refused', reason: 'unsupported', field };
}

function refused(reason: AcceptRefusal): AcceptOutcome {
  return { kind: 'refused', reason };
}
