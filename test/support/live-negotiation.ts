/** An online negotiation between the two test keys, step by step, with every default that a test does not name. */
import type { KeyKnowledge } from '../../main/protocol/esession/xep0116/identity-proof.ts';
import { completeRequest, createRequest, finishNegotiation } from '../../main/protocol/esession/xep0116/initiator.ts';
import type { OwnRequest, PendingAcceptance } from '../../main/protocol/esession/xep0116/initiator.ts';
import { readRequest } from '../../main/protocol/esession/xep0116/request-form.ts';
import { acceptCompletion, answerRequest } from '../../main/protocol/esession/xep0116/responder.ts';
import type { PendingCompletion } from '../../main/protocol/esession/xep0116/responder.ts';
import type { Element } from '../../main/wire/element.ts';
import { knowing } from './live-vectors.ts';
import { modp, strict } from './offline-exchange.ts';
import { seededRandom } from './seeded-random.ts';
import { publisherKey, senderKey } from './test-keys.ts';

/** A request of group 14 alone, which is quick. */
export function request(o: Partial<Parameters<typeof createRequest>[0]> & { readonly seed?: string } = {}) {
  const { seed = 'initiator', ...given } = o;
  return createRequest({
    groups: [14],
    rekeyFrequency: 10,
    policy: strict,
    random: seededRandom(seed),
    modp,
    ...given,
  });
}

/** The responder's answer to a request form. */
export function answer(
  form: Element,
  o: Partial<Omit<Parameters<typeof answerRequest>[0], 'request'>> & { readonly seed?: string } = {},
) {
  const { seed = 'responder', ...given } = o;
  return answerRequest({
    request: readRequest(form),
    ...{ allowThree: true, ownKey: senderKey, policy: strict, random: seededRandom(seed), modp },
    modes: { initiator: ['key'], responder: ['key'] },
    ...given,
  });
}

export async function answered(...args: Parameters<typeof answer>) {
  const outcome = await answer(...args);
  if (outcome.kind !== 'answered') throw new TypeError(outcome.reason);
  return outcome;
}

/** The initiator's completion of a response. */
export function complete(
  own: OwnRequest,
  response: Element,
  o: Partial<Omit<Parameters<typeof completeRequest>[0], 'request' | 'response'>> = {},
) {
  const fixed = {
    ownKey: publisherKey,
    keys: knowing,
    retained: [],
    policy: strict,
    random: seededRandom('completion'),
  };
  return completeRequest({ request: own, response, modp, ...fixed, ...o });
}

export async function completed(...args: Parameters<typeof complete>) {
  const outcome = await complete(...args);
  if (outcome.kind !== 'completed') throw new TypeError(outcome.kind);
  return outcome;
}

/** The responder's acceptance of message 3. */
export function acceptThird(
  pending: PendingCompletion,
  form: Element,
  o: Partial<Omit<Parameters<typeof acceptCompletion>[0], 'pending' | 'form'>> = {},
) {
  const fixed = { ownKey: senderKey, keys: knowing, retained: [], random: seededRandom('acceptance') };
  return acceptCompletion({ pending, form, modp, ...fixed, ...o });
}

export async function accepted(...args: Parameters<typeof acceptThird>) {
  const outcome = await acceptThird(...args);
  if (outcome.kind !== 'accepted') throw new TypeError(outcome.reason);
  return outcome;
}

export function finish(pending: PendingAcceptance, form: Element | undefined, keys: KeyKnowledge = knowing) {
  if (form === undefined) throw new TypeError('no message 4');
  return finishNegotiation(pending, form, keys);
}

/** Four messages that come to a session on both sides. */
export async function negotiate(
  o: {
    readonly request?: Parameters<typeof request>[0];
    readonly answer?: Parameters<typeof answer>[1];
    readonly complete?: Parameters<typeof complete>[2];
    readonly accept?: Parameters<typeof acceptThird>[2];
  } = {},
) {
  const own = await request(o.request);
  const { form: response, pending } = await answered(own.form, o.answer);
  const { form: completion, pending: waiting } = await completed(own, response, o.complete);
  const { form, established: responder } = await accepted(pending, completion, o.accept);
  const initiator = finish(waiting, form, o.complete?.keys);
  if (initiator.kind === 'refused') throw new TypeError(initiator.reason);
  return { own, response, completion, acceptance: form, initiator, responder };
}
