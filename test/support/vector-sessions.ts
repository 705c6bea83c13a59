/** The offline sessions of the vectors, computed by either side from its private inputs. */
import { equalBytes, fromHex } from '../../main/base/bytes.ts';
import type { ModpGroup } from '../../main/crypto/modp.ts';
import { fromBigInt } from '../../main/crypto/mpi.ts';
import { acceptOfflineSession, readResponseForm } from '../../main/protocol/esession/xep0187-offline.ts';
import { answerOptions } from '../../main/protocol/esession/xep0187-exchange.ts';
import { readOfflineOptions } from '../../main/protocol/esession/xep0187-options.ts';
import type { OfflineSecret } from '../../main/protocol/esession/xep0187-options.ts';
import { parseEncrypted } from '../../main/protocol/esession/xep0200-stanza.ts';
import type { ReceivingSession, SendingSession } from '../../main/protocol/esession/xep0200-stanza.ts';
import { readChosenValues } from '../../main/protocol/esession/xep0116/options.ts';
import { child, elements } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { parseForm } from '../../main/wire/xep0004-data-form.ts';
import { parseElement } from '../../main/wire/xml-parser.ts';
import { lenient, modp } from './offline-exchange.ts';
import { senderKey } from './test-keys.ts';
import { vectors } from '../vectors/esession-vectors.ts';
import type { MessageVector, OfflineVector } from '../vectors/esession-vectors.ts';

export const number = (hex: string): Uint8Array => fromBigInt(BigInt(`0x${hex}`));

export function secretsOf({ publisher }: OfflineVector, groups: readonly string[]): readonly OfflineSecret[] {
  return groups.map((group) => ({
    modp: Number(group) as ModpGroup,
    exponent: fromHex(publisher.x[group] ?? ''),
    publicValue: number(publisher.e[group] ?? ''),
  }));
}

export function stanzaPart(message: MessageVector | undefined, name: string, ns: string): Element {
  const part = child(parseElement(`<w xmlns='jabber:client'>${message?.stanza ?? ''}</w>`), 'message', NS.client);
  const found = part === undefined ? undefined : child(part, name, ns);
  if (found === undefined) throw new TypeError(`no ${name}`);
  return found;
}

export const encryptedOf = (message: MessageVector | undefined) =>
  parseEncrypted(stanzaPart(message, 'c', NS.encrypted));

/** What the sender computes from its private inputs and the published form. */
export async function answer(vector: OfflineVector) {
  const options = readOfflineOptions(parseElement(vector.publisher.formXml));
  const values = readChosenValues(parseForm(parseElement(vector.responseFormXml)));
  if (values === undefined) throw new TypeError('no choice');
  const { sender, cipher } = vector;
  return answerOptions({
    options,
    initiatorPublic: options.publicValues.get(String(vector.modp)) ?? new Uint8Array(),
    chosen: {
      modp: vector.modp as ModpGroup,
      cipher: cipher as SendingSession['cipher'],
      hash: 'sha256',
      signature: values.options.sign_algs,
      otr: vector.chosen['otr'] === 'true',
    },
    values,
    fresh: { nonce: fromHex(sender.N_B), exponent: fromHex(sender.y), counter: fromHex(sender.C_A) },
    ownKey: senderKey,
    terminate: vector.responseFormXml.includes('terminate'),
    modp,
  });
}

/** What the publisher makes of the first stanza with its private inputs. */
export async function read(vector: OfflineVector, init = stanzaPart(vector.messages[0], 'init', NS.esessionInit)) {
  const form = parseElement(vector.publisher.formXml);
  return acceptOfflineSession({
    response: readResponseForm(elements(init)[0] ?? init),
    record: {
      nonce: fromHex(vector.publisher.N_A),
      expires: readOfflineOptions(form).expires,
      form,
      secrets: secretsOf(vector, Object.keys(vector.publisher.x)),
    },
    isSeen: () => false,
    judgeKey: (key) => (equalBytes(key.modulus, senderKey.publicKey.modulus) ? 'accepted' : 'refused'),
    now: new Date(vectors.clock),
    policy: lenient,
    modp,
  });
}

export async function opened(vector: OfflineVector): Promise<ReceivingSession> {
  const outcome = await read(vector);
  if (outcome.kind !== 'accepted') throw new TypeError(outcome.reason);
  return outcome.session;
}
