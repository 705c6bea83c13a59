/** The live sessions of the vectors, computed by either side from its private inputs and the other's stanzas. */
import { fromHex } from '../../main/base/bytes.ts';
import { digest } from '../../main/crypto/hash.ts';
import type { ModpGroup } from '../../main/crypto/modp.ts';
import { readCompletion, readResponse } from '../../main/protocol/esession/xep0116/answer-forms.ts';
import type { Established } from '../../main/protocol/esession/xep0116/established.ts';
import type { KeyKnowledge } from '../../main/protocol/esession/xep0116/identity-proof.ts';
import {
  checkResponse,
  completeWithFour,
  completeWithThree,
  completionOf,
  finishNegotiation,
} from '../../main/protocol/esession/xep0116/initiator.ts';
import type { Exchange, OwnRequest } from '../../main/protocol/esession/xep0116/initiator.ts';
import { normalizeForm } from '../../main/protocol/esession/xep0116/normalize.ts';
import { checkChoice } from '../../main/protocol/esession/xep0116/options.ts';
import { readRequest } from '../../main/protocol/esession/xep0116/request-form.ts';
import {
  acceptCompletion,
  acceptWithFour,
  acceptanceOf,
  answerWithFour,
  answerWithThree,
} from '../../main/protocol/esession/xep0116/responder.ts';
import type { AnsweredRequest } from '../../main/protocol/esession/xep0116/responder.ts';
import type { RetainedSecret } from '../../main/protocol/esession/xep0116/retained-secrets.ts';
import { acceptRekey, encryptLiveOctets, openLive } from '../../main/protocol/esession/xep0200-live.ts';
import type { LiveSession, PreparedRekey } from '../../main/protocol/esession/xep0200-live.ts';
import { parseEncrypted } from '../../main/protocol/esession/xep0200-stanza.ts';
import { child, serialize } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { parseElement } from '../../main/wire/xml-parser.ts';
import { vectors } from '../vectors/esession-vectors.ts';
import type { LiveMessageVector, Online3Vector, Online4Vector } from '../vectors/esession-vectors.ts';
import { modp, strict } from './offline-exchange.ts';
import { seededRandom } from './seeded-random.ts';
import { publisherKey, senderKey } from './test-keys.ts';
import { number } from './vector-sessions.ts';

type AnyVector = Online3Vector | Online4Vector;

/** Both test keys are on file and good. */
export const knowing: KeyKnowledge = {
  known: [publisherKey.publicKey, senderKey.publicKey],
  judge: () => 'accepted',
};

/** The form of a negotiation stanza, wherever it stands. */
export function formOf(stanza: string | undefined): Element {
  const message = child(parseElement(`<w xmlns='jabber:client'>${stanza ?? ''}</w>`), 'message', NS.client);
  const holder = message && (child(message, 'feature', NS.featureNeg) ?? child(message, 'init', NS.esessionInit));
  const form = holder && child(holder, 'x', NS.form);
  if (form === undefined) throw new TypeError('no form');
  return form;
}

/** The initiator's request as it was sent, with its private values. */
export function ownRequestOf(vector: AnyVector): OwnRequest {
  const form = formOf(vector.negotiation[0]);
  const { flow, keyModes, offer } = readRequest(form);
  return {
    ...{ flow, form, keyModes, offer, normalized: normalizeForm(form, []), nonce: fromHex(vector.N_A) },
    secrets: offer.options.modp.map((group) => ({
      modp: Number(group) as ModpGroup,
      exponent: number(vector.x[group] ?? ''),
      publicValue: number(vector.e[group] ?? ''),
    })),
  };
}

function exchangeOf(vector: AnyVector): Exchange {
  const response = readResponse(formOf(vector.negotiation[1]));
  if (response.kind === 'declined') throw new TypeError('declined');
  const exchange = checkResponse(ownRequestOf(vector), response, strict);
  if (exchange.kind === 'refused') throw new TypeError(exchange.reason);
  return exchange;
}

function provisoryOf(vector: AnyVector): Uint8Array {
  return digest('sha256', number(vector.sharedSecretZ));
}

const secretsOf = ({ SRS }: Online4Vector): readonly RetainedSecret[] => [
  { id: 'another', secret: new Uint8Array(32).fill(7) },
  ...(SRS === null ? [] : [{ id: 'shared', secret: fromHex(SRS) }]),
];

const otherSecretOf = ({ OSS }: Online4Vector) => (OSS === null ? {} : { otherSecret: fromHex(OSS) });

/** Messages 3 and the session after 4, as the initiator makes them. */
export function initiateFour(vector: Online4Vector) {
  const retained = secretsOf(vector);
  const exchange = exchangeOf(vector);
  const completion = completionOf(exchange, vector.rshashes.map(fromHex));
  const own = { ownKey: publisherKey, retained, ...otherSecretOf(vector) };
  const completed = completeWithFour(exchange, provisoryOf(vector), completion, own);
  return { ...completed, established: finishNegotiation(completed.pending, formOf(vector.negotiation[3]), knowing) };
}

function answeredFrom(vector: AnyVector): AnsweredRequest {
  const request = readRequest(formOf(vector.negotiation[0]));
  const response = readResponse(formOf(vector.negotiation[1]));
  if (response.kind === 'declined') throw new TypeError('declined');
  const chosen = checkChoice(response.values, request.offer, strict);
  if (chosen === undefined) throw new TypeError('not offered');
  return { request, chosen, values: response.values, modes: response.modes };
}

const freshOf = (vector: AnyVector) => ({
  nonce: fromHex(vector.N_B),
  exponent: number(vector.y),
  counter: fromHex(vector.C_A),
});

/** Messages 2 and 4 and the session, as the responder makes them. */
export async function respondFour(vector: Online4Vector) {
  const answered = answeredFrom(vector);
  const { form: response, pending } = await answerWithFour(answered, freshOf(vector), modp);
  const completion = readCompletion(formOf(vector.negotiation[2]));
  const e = completion.initiatorPublic ?? new Uint8Array();
  const accepted = acceptWithFour(pending, completion, e, provisoryOf(vector), {
    ...{ ownKey: senderKey, keys: knowing, acceptance: acceptanceOf(answered.request, fromHex(vector.srshash)) },
    shared: secretsOf(vector).find(({ id }) => id === 'shared'),
    ...otherSecretOf(vector),
  });
  return { response, accepted };
}

/** The same through the function that decides: with the secrets on file, from the stanzas. */
export async function respondFourWhole(vector: Online4Vector) {
  const { pending } = await answerWithFour(answeredFrom(vector), freshOf(vector), modp);
  return acceptCompletion({
    ...{ pending, form: formOf(vector.negotiation[2]), ownKey: senderKey, keys: knowing, modp },
    ...{ retained: secretsOf(vector), random: seededRandom(vector.name), ...otherSecretOf(vector) },
  });
}

/** Message 3 and the session, as the initiator of three messages makes them. */
export function initiateThree(vector: Online3Vector) {
  const exchange = exchangeOf(vector);
  const own = { ownKey: publisherKey, keys: knowing };
  return completeWithThree(exchange, provisoryOf(vector), completionOf(exchange, []), own);
}

/** Message 2 and the session, as the responder of three messages makes them. */
export async function respondThree(vector: Online3Vector) {
  const answer = await answerWithThree(answeredFrom(vector), freshOf(vector), { ownKey: senderKey, modp });
  if (answer.kind === 'refused') throw new TypeError(answer.reason);
  const accepted = await acceptCompletion({
    ...{ pending: answer.pending, form: formOf(vector.messages[0]?.stanza), ownKey: senderKey, keys: knowing },
    ...{ retained: [], random: seededRandom(vector.name), modp },
  });
  return { response: answer.form, accepted };
}

export function sessionIn(
  established: Established | { readonly kind: 'refused'; readonly reason: string },
): LiveSession {
  if (established.kind === 'refused') throw new TypeError(established.reason);
  return established.session;
}

/** What one side makes of a whole conversation: every stanza it sends, and every plain text it reads. */
export async function converse(session: LiveSession, vector: AnyVector): Promise<readonly string[]> {
  const own = session.role === 'initiator' ? 'A' : 'B';
  const made: string[] = [];
  let state = session;
  let rekeys = 0;
  for (const message of vector.messages) {
    const withKey = message.mContent.includes('<key>');
    const rekey = withKey && 'rekey' in vector ? vector.rekey[rekeys] : undefined;
    if (withKey) rekeys += 1;
    if (message.from === own) {
      const plain = message.plaintext === null ? undefined : fromHex(message.plaintextHex ?? '');
      const prepared = rekey && preparedOf(state, rekey);
      const { c, session: next } = encryptLiveOctets(state, plain, {
        elapsedMs: 0,
        keepOldKeys: !message.mContent.includes('<old>'),
        ...(prepared === undefined ? {} : { rekey: prepared }),
      });
      made.push(serialize(c).replaceAll('"', "'"));
      state = next;
    } else {
      const outcome = openLive(state, encryptedIn(message), 0);
      if (outcome.kind !== 'opened') throw new TypeError(outcome.kind);
      made.push(outcome.content.map((el) => serialize(el, NS.client)).join(''));
      const next =
        outcome.session.pendingKey === undefined ? outcome.session : await acceptRekey(outcome.session, modp);
      if (next === undefined) throw new TypeError('a bad re-key');
      state = next;
    }
  }
  return made;
}

function preparedOf(session: LiveSession, rekey: Online3Vector['rekey'][number]): PreparedRekey {
  const { KC_init, KM_init, KC_acc, KM_acc } = rekey.keys;
  return {
    ...{ peerPublic: session.peerPublic, exponent: number(rekey.x), publicValue: number(rekey.e) },
    keys: {
      initiator: { cipherKey: fromHex(KC_init), macKey: fromHex(KM_init) },
      acceptor: { cipherKey: fromHex(KC_acc), macKey: fromHex(KM_acc) },
    },
  };
}

export function encryptedIn(message: LiveMessageVector) {
  return parseEncrypted(parseElement(message.cElement));
}

export const [online3] = vectors.online3;
