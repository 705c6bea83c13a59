import { describe, expect, it } from 'vitest';
import { fromHex, fromUtf8, toBase64, toHex, utf8 } from '../../../../main/base/bytes.ts';
import { sha256 } from '../../../../main/crypto/hash.ts';
import { readResponseForm } from '../../../../main/protocol/esession/xep0187-offline.ts';
import { readOfflineOptions, signOptions, signerOf } from '../../../../main/protocol/esession/xep0187-options.ts';
import { IDENTITY_FIELDS } from '../../../../main/protocol/esession/form-values.ts';
import { decryptStanza, encryptOctets, isTermination } from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { normalizeForm } from '../../../../main/protocol/esession/xep0116/normalize.ts';
import { chooseOptions } from '../../../../main/protocol/esession/xep0116/options.ts';
import { elements, serialize } from '../../../../main/wire/element.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { parseContent, parseElement } from '../../../../main/wire/xml-parser.ts';
import { bare, strict } from '../../../support/offline-exchange.ts';
import { publisherKey, senderKey } from '../../../support/test-keys.ts';
import { answer, encryptedOf, number, opened, read, secretsOf } from '../../../support/vector-sessions.ts';
import { vectors } from '../../../vectors/esession-vectors.ts';

const [main] = vectors.offline;
if (main === undefined) throw new TypeError('no vectors');

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
    expect(fromUtf8(normalizeForm(response, IDENTITY_FIELDS))).toBe(vector.formBNormalized);
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
        policy: bare,
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
    expect(chooseOptions(offer, bare, true)).toMatchObject({
      kind: 'chosen',
      chosen: { modp: 5, cipher: 'aes256-ctr', hash: 'sha256', signature: 'rsa', otr: true },
    });
    expect(chooseOptions(offer, strict, true)).toMatchObject({ kind: 'chosen', chosen: { modp: 14 } });
    expect(await read(listing)).toMatchObject({ kind: 'accepted', chosen: { modp: 5, otr: true } });
  });
});

function findForm(el: Element): Element {
  if (el.name === 'x') return el;
  const found = elements(el)
    .map((part) => findForm(part))
    .find(({ name }) => name === 'x');
  return found ?? el;
}
