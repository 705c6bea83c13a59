import { describe, expect, it } from 'vitest';
import { equalBytes, fromHex, fromUtf8, toBase64, toHex, utf8 } from '../../../../main/base/bytes.ts';
import { sha256 } from '../../../../main/crypto/hash.ts';
import type { ModpGroup } from '../../../../main/crypto/modp.ts';
import { fromBigInt } from '../../../../main/crypto/mpi.ts';
import { acceptOfflineSession, readResponseForm } from '../../../../main/protocol/esession/xep0187-offline.ts';
import { answerOptions } from '../../../../main/protocol/esession/xep0187-exchange.ts';
import { readOfflineOptions, signOptions, signerOf } from '../../../../main/protocol/esession/xep0187-options.ts';
import type { OfflineSecret } from '../../../../main/protocol/esession/xep0187-options.ts';
import { normalizeResponse } from '../../../../main/protocol/esession/xep0187-response.ts';
import {
  decryptStanza,
  encryptOctets,
  isTermination,
  parseEncrypted,
  searchForward,
} from '../../../../main/protocol/esession/xep0200-stanza.ts';
import type { ReceivingSession, SendingSession } from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { normalizeForm } from '../../../../main/protocol/esession/xep0116/normalize.ts';
import { chooseOptions, readChosenValues } from '../../../../main/protocol/esession/xep0116/options.ts';
import { child, elements, serialize } from '../../../../main/wire/element.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { parseForm } from '../../../../main/wire/xep0004-data-form.ts';
import { parseContent, parseElement } from '../../../../main/wire/xml-parser.ts';
import { lenient, modp, strict } from '../../../support/offline-exchange.ts';
import { publisherKey, senderKey } from '../../../support/test-keys.ts';
import { vectors } from '../../../vectors/esession-vectors.ts';
import type { MessageVector, OfflineVector } from '../../../vectors/esession-vectors.ts';

const CLOCK = new Date(vectors.clock);
const [main] = vectors.offline;
if (main === undefined) throw new TypeError('no vectors');

const number = (hex: string): Uint8Array => fromBigInt(BigInt(`0x${hex}`));

function secretsOf({ publisher }: OfflineVector, groups: readonly string[]): readonly OfflineSecret[] {
  return groups.map((group) => ({
    modp: Number(group) as ModpGroup,
    exponent: fromHex(publisher.x[group] ?? ''),
    publicValue: number(publisher.e[group] ?? ''),
  }));
}

function stanzaPart(message: MessageVector | undefined, name: string, ns: string): Element {
  const part = child(parseElement(`<w xmlns='jabber:client'>${message?.stanza ?? ''}</w>`), 'message', NS.client);
  const found = part === undefined ? undefined : child(part, name, ns);
  if (found === undefined) throw new TypeError(`no ${name}`);
  return found;
}

const encryptedOf = (message: MessageVector | undefined) => parseEncrypted(stanzaPart(message, 'c', NS.encrypted));

/** What the sender computes from its private inputs and the published form. */
async function answer(vector: OfflineVector) {
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
async function read(vector: OfflineVector, init = stanzaPart(vector.messages[0], 'init', NS.esessionInit)) {
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
    now: CLOCK,
    policy: lenient,
    modp,
  });
}

async function opened(vector: OfflineVector): Promise<ReceivingSession> {
  const outcome = await read(vector);
  if (outcome.kind !== 'accepted') throw new TypeError(outcome.reason);
  return outcome.session;
}

describe.each(vectors.offline)('the vector $name', (vector) => {
  const { publisher, sender, keys, identityB, messages } = vector;
  const form = parseElement(publisher.formXml);

  it('R-010 R-130 form_A is normalised and signed as written', () => {
    const normalized = normalizeForm(form, ['signs']);
    expect(fromUtf8(normalized)).toBe(publisher.formANormalized);
    expect(toHex(sha256(normalized))).toBe(publisher.formASha256);
    expect(toBase64(publisherKey.sign(normalized))).toBe(publisher.signatureBase64);
    expect(signerOf(readOfflineOptions(form), [senderKey.publicKey, publisherKey.publicKey])).toBe(
      publisherKey.publicKey,
    );
  });

  it('reads the form as it comes from the server', () => {
    const iq = parseElement(`<w xmlns='jabber:client'>${publisher.publishIq}</w>`);
    const published = findForm(iq);
    expect(fromUtf8(readOfflineOptions(published).normalized)).toBe(publisher.formANormalized);
    expect(toHex(readOfflineOptions(published).nonce)).toBe(publisher.N_A);
  });

  it('R-021 R-025 R-079 R-087 R-090 R-091 R-092 R-096 the sender produces every value', async () => {
    const { session, form: response } = await answer(vector);
    expect(fromUtf8(normalizeResponse(response))).toBe(vector.formBNormalized);
    const read = readResponseForm(response);
    expect(toHex(read.d)).toBe(toHex(number(sender.d)));
    expect(toHex(read.hiddenIdentity)).toBe(identityB.identityHex);
    expect(toHex(read.hiddenIdentityMac)).toBe(identityB.MHex);
    expect(serialize(response)).toContain(`<value>${identityB.identityBase64}</value>`);
    expect(serialize(response)).toContain(`<value>${identityB.MBase64}</value>`);
    expect([session.cipherKey, session.macKey].map(toHex)).toEqual([keys.KC_B, keys.KM_B]);
    expect(toHex(session.counter)).toBe(identityB.counterAfterHex);
  });

  it('R-095 R-156 R-157 R-160 R-162 the sender produces every stanza', async () => {
    let { session } = await answer(vector);
    for (const message of messages) {
      expect(toHex(session.counter)).toBe(message.counterBeforeHex);
      const { blocks } = session;
      const { c, session: next } = encryptOctets(session, fromHex(message.plaintextHex));
      expect(serialize(c).replaceAll('"', "'")).toBe(message.cElement);
      expect(toHex(next.counter)).toBe(message.counterAfterHex);
      expect(next.blocks - blocks).toBe(message.blocks);
      session = next;
    }
  });

  it('R-036 R-040 R-155 R-164 the publisher reads every message from the stanzas', async () => {
    let session = await opened(vector);
    expect([session.cipherKey, session.macKey].map(toHex)).toEqual([keys.KC_B, keys.KM_B]);
    for (const message of messages) {
      const encrypted = encryptedOf(message);
      expect(fromUtf8(encrypted.content)).toBe(message.mContent);
      expect(toHex(encrypted.data ?? utf8(''))).toBe(message.mFinalHex);
      expect(toHex(encrypted.mac)).toBe(message.macHex);
      const outcome = decryptStanza(session, encrypted);
      if (outcome.kind !== 'opened') throw new TypeError(outcome.kind);
      expect(outcome.content).toEqual(parseContent(message.plaintext));
      expect(toHex(outcome.session.counter)).toBe(message.counterAfterHex);
      session = outcome.session;
    }
  });

  it('R-027 ends with its first stanza where the form says so, and by a termination elsewhere', async () => {
    const outcome = await read(vector);
    const isSingle = messages.length === 1;
    expect(outcome).toMatchObject({ kind: 'accepted', terminate: isSingle });
    const last = messages.at(-1)?.plaintext ?? '';
    expect(isTermination(parseContent(last))).toBe(!isSingle);
  });
});

describe('what differs between the vectors', () => {
  it.each([vectors.offline[0], vectors.offline[2]])(
    'R-003 R-068 the publisher writes form_A of $name itself',
    (vector) => {
      if (vector === undefined) throw new TypeError('no vector');
      const { publisher } = vector;
      const read = readOfflineOptions(parseElement(publisher.formXml));
      const options = signOptions({
        nonce: fromHex(publisher.N_A),
        secrets: secretsOf(vector, ['15', '14', '16', '5']),
        expires: read.expires,
        ...(read.matchResource === undefined ? {} : { matchResource: read.matchResource }),
        signingKeys: [publisherKey],
        policy: lenient,
      });
      expect(fromUtf8(options.formNormalized)).toBe(publisher.formANormalized);
      expect(serialize(options.form)).toContain(`<value>${publisher.signatureBase64}</value></field></x>`);
      expect(normalizeForm(options.form, [])).toEqual(normalizeForm(parseElement(publisher.formXml), []));
    },
  );

  it('R-076 chooses what the first vector chose', () => {
    const choice = chooseOptions(readOfflineOptions(parseElement(main.publisher.formXml)).offer, strict, false);
    if (choice.kind !== 'chosen') throw new TypeError(choice.field);
    expect({ ...choice.values.options, ...Object.fromEntries(choice.values.storage), rekey_freq: '1' }).toEqual({
      ...main.chosen,
      modp: String(main.chosen['modp']),
    });
  });

  it("reads the values of XEP-0187's listings: rsa, 1.3, group 5 chosen, group 2 and unknown algorithms passed over", async () => {
    const listing = vectors.offline[1];
    if (listing === undefined) throw new TypeError('no vector');
    const { offer } = readOfflineOptions(parseElement(listing.publisher.formXml));
    expect(chooseOptions(offer, lenient, true)).toMatchObject({
      kind: 'chosen',
      chosen: { modp: 5, cipher: 'aes256-ctr', hash: 'sha256', signature: 'rsa', otr: true },
    });
    expect(chooseOptions(offer, strict, true)).toMatchObject({ kind: 'chosen', chosen: { modp: 14 } });
    expect(await read(listing)).toMatchObject({ kind: 'accepted', chosen: { modp: 5, otr: true } });
  });
});

describe('the mutations that concern offline sessions', () => {
  const response = parseElement(main.responseFormXml);
  const changed = (name: string, change: (value: string) => string): Element => {
    const text = serialize(response).replace(
      new RegExp(`(<field var="${name}"><value>)([^<]*)`),
      (_, start: string, value: string) => start + change(value),
    );
    return { name: 'init', ns: NS.esessionInit, attrs: {}, children: [parseElement(text)] };
  };
  const flip = (base64: string, at: number): string => {
    const octets = Buffer.from(base64, 'base64');
    octets[at] = (octets[at] ?? 0) ^ 1;
    return octets.toString('base64');
  };

  it('S-021 R-041 any octet of the identity changed: M_B does not match', async () => {
    for (let at = 0; at < fromHex(main.identityB.identityHex).length; at += 61) {
      const outcome = await read(
        main,
        changed('identity', (value) => flip(value, at)),
      );
      expect(outcome).toEqual({ kind: 'refused', reason: 'bad-mac' });
    }
  });

  it('R-090 any other field changed: the signature does not cover it', async () => {
    expect(
      await read(
        main,
        changed('otr', () => 'true'),
      ),
    ).toEqual({ kind: 'refused', reason: 'bad-signature' });
    expect(
      await read(
        main,
        changed('crypt_algs', () => 'aes128-ctr'),
      ),
    ).toMatchObject({ kind: 'refused' });
    expect(
      await read(
        main,
        changed('sign_algs', () => 'rsa'),
      ),
    ).toEqual({ kind: 'refused', reason: 'bad-signature' });
    expect(
      await read(
        main,
        changed('rekey_freq', () => '2'),
      ),
    ).toEqual({ kind: 'refused', reason: 'bad-signature' });
    expect(
      await read(
        main,
        changed('my_nonce', (value) => flip(value, 3)),
      ),
    ).toEqual({
      kind: 'refused',
      reason: 'bad-signature',
    });
    expect(
      await read(
        main,
        changed('counter', (value) => flip(value, 15)),
      ),
    ).toMatchObject({ kind: 'refused' });
  });

  it('the first stanza delivered twice has the same digest, a changed one has not', () => {
    const digest = (init: Element): string => toHex(readResponseForm(elements(init)[0] ?? init).digest);
    const init = stanzaPart(main.messages[0], 'init', NS.esessionInit);
    expect(digest(changed('otr', (value) => value))).toBe(digest(init));
    expect(digest(changed('mac', (value) => flip(value, 0)))).not.toBe(digest(init));
  });

  it('the third before the second: a mismatch, then both in order', async () => {
    const [first, second, third] = main.messages.map(encryptedOf);
    if (first === undefined || second === undefined || third === undefined) throw new TypeError('no messages');
    const one = decryptStanza(await opened(main), first);
    if (one.kind !== 'opened') throw new TypeError(one.kind);
    expect(decryptStanza(one.session, third)).toEqual({ kind: 'mismatch' });
    const two = decryptStanza(one.session, second);
    if (two.kind !== 'opened') throw new TypeError(two.kind);
    expect(decryptStanza(two.session, third)).toMatchObject({ kind: 'opened' });
  });

  it('S-034 the second left out: the third is found 25 blocks on, and the second is never read again', async () => {
    const [first, second, third] = main.messages.map(encryptedOf);
    if (first === undefined || second === undefined || third === undefined) throw new TypeError('no messages');
    const one = decryptStanza(await opened(main), first);
    if (one.kind !== 'opened') throw new TypeError(one.kind);
    const found = searchForward(one.session, third);
    expect(found?.skippedBlocks).toBe(25);
    const two = decryptStanza(found?.session ?? one.session, third);
    if (two.kind !== 'opened') throw new TypeError(two.kind);
    expect(isTermination(two.content)).toBe(true);
    expect(decryptStanza(two.session, second)).toEqual({ kind: 'mismatch' });
    expect(searchForward(two.session, second)).toBeUndefined();
  });

  it('S-006 R-019 one character of the published form changed: no signature verifies', () => {
    const xml = main.publisher.formXml;
    const candidates = [publisherKey.publicKey];
    expect(signerOf(readOfflineOptions(parseElement(xml)), candidates)).toBe(publisherKey.publicKey);
    for (const [from, to] of [
      ['pda', 'pdb'],
      ['2026-11-29', '2026-11-28'],
      ['aes128-ctr', 'aes192-ctr'],
      ["type='hidden' var='expires'", "type='hidde' var='expires'"],
    ] as const) {
      expect(xml).toContain(from);
      expect(signerOf(readOfflineOptions(parseElement(xml.replace(from, to))), candidates)).toBeUndefined();
    }
  });
});

function findForm(el: Element): Element {
  if (el.name === 'x') return el;
  const found = elements(el)
    .map((part) => findForm(part))
    .find(({ name }) => name === 'x');
  return found ?? el;
}
