import { describe, expect, it } from 'vitest';
import { fromUtf8, toHex, utf8 } from '../../../../main/base/bytes.ts';
import {
  readAcceptance,
  readCompletion,
  readResponse,
} from '../../../../main/protocol/esession/xep0116/answer-forms.ts';
import { normalizeForm } from '../../../../main/protocol/esession/xep0116/normalize.ts';
import { extended, unprovenForm } from '../../../../main/protocol/esession/session-form.ts';
import {
  commitmentField,
  readRequest,
  requestFields,
} from '../../../../main/protocol/esession/xep0116/request-form.ts';
import { sas28x5 } from '../../../../main/protocol/esession/xep0116/sas.ts';
import { fromHex } from '../../../../main/base/bytes.ts';
import { prepareRekey, acceptRekey, openLive } from '../../../../main/protocol/esession/xep0200-live.ts';
import { serialize } from '../../../../main/wire/element.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { parseContent } from '../../../../main/wire/xml-parser.ts';
import {
  converse,
  encryptedIn,
  formOf,
  initiateFour,
  initiateThree,
  ownRequestOf,
  respondFour,
  respondFourWhole,
  respondThree,
  sessionIn,
} from '../../../support/live-vectors.ts';
import { answeringEngine } from '../../../support/answering-engine.ts';
import { bare } from '../../../support/offline-exchange.ts';
import { scriptedRandom } from '../../../support/seeded-random.ts';
import { publisherKey, senderKey } from '../../../support/test-keys.ts';
import { number } from '../../../support/vector-sessions.ts';
import { vectors } from '../../../vectors/esession-vectors.ts';
import type { Online3Vector, Online4Vector } from '../../../vectors/esession-vectors.ts';

/** What the messages of a vector are on either side. */
function expected(vector: Online3Vector | Online4Vector, own: 'A' | 'B'): readonly string[] {
  return vector.messages.map(({ from, cElement, plaintext }) =>
    from === own
      ? cElement
      : parseContent(plaintext ?? '')
          .map((el) => serialize(el, NS.client))
          .join(''),
  );
}

describe('sas28x5 (XEP-0116 §9, profile 7.4)', () => {
  it.each(vectors.sas)('R-149 R-151 gives $sas, leading zero digits kept', ({ M_A, formB, sas }) => {
    expect(sas28x5('sha256', fromHex(M_A), utf8(formB))).toBe(sas);
  });
});

describe.each(vectors.online4)('the vector $name', (vector) => {
  const { identityA, identityB, keys_final: keys } = vector;

  it('R-067 R-068 reads the request: He of each group, in the order of the groups', () => {
    const request = readRequest(formOf(vector.negotiation[0]));
    expect(fromUtf8(request.normalized)).toBe(vector.formANormalized);
    expect(request.flow).toBe(4);
    expect([...request.commitments].map(([group, value]) => [group, toHex(value)])).toEqual(
      request.offer.options.modp.map((group) => [group, vector.He[group]]),
    );
  });

  it('R-067 R-069 writes a request of the same form', () => {
    const { flow, nonce, secrets, keyModes } = ownRequestOf(vector);
    const groups = secrets.map(({ modp }) => modp);
    const fields = requestFields({ flow, nonce, groups, keyModes, rekeyFrequency: 50, policy: bare });
    const begun = unprovenForm('form', fields);
    const { x: form, normalized } = extended(begun, [commitmentField(flow, secrets)]);
    expect(normalized).toEqual(normalizeForm(form, []));
    // The vector offers one name of the signature, we both.
    const written = fromUtf8(normalizeForm(form, [])).replace('<option><value>rsa</value></option>', '');
    expect(written).toBe(vector.formANormalized);
  });

  it('R-080 R-081 R-082 R-085 R-114 R-115 R-116 R-118 R-120 the responder produces every value', async () => {
    const { response, accepted } = await respondFour(vector);
    const read = readResponse(response);
    expect(read.kind === 'accepted' && fromUtf8(read.normalized)).toBe(vector.formBNormalized);
    if (accepted.kind === 'refused' || accepted.form === undefined) throw new TypeError('refused');
    const acceptance = readAcceptance(accepted.form);
    expect(fromUtf8(acceptance.normalized)).toBe(vector.formB2Normalized);
    expect(toHex(acceptance.proof.hiddenIdentity)).toBe(identityB.identityHex);
    expect(toHex(acceptance.proof.hiddenIdentityMac)).toBe(identityB.MHex);
    const { session, sas, retained, peerKey } = accepted.established;
    expect(sas).toBe(vector.sas);
    expect(toHex(retained?.secret ?? utf8(''))).toBe(vector.newRetainedSecret);
    expect(retained?.former?.id).toBe(vector.SRS === null ? undefined : 'shared');
    expect(peerKey).toEqual(vector.init_pubkey === 'none' ? undefined : publisherKey.publicKey);
    expect([session.sendCipherKey, session.sendMacKey].map(toHex)).toEqual([keys.KC_B, keys.KM_B]);
    expect([session.sets[0]?.cipherKey, session.sets[0]?.macKey].map((key) => toHex(key ?? utf8('')))).toEqual([
      keys.KC_A,
      keys.KM_A,
    ]);
    expect(toHex(session.sendCounter)).toBe(identityB.counterAfterHex);
    expect(toHex(session.receiveCounter)).toBe(identityA.counterAfterHex);
  });

  it('R-093 R-094 R-102 R-103 R-104 R-121 R-122 R-149 the initiator produces every value', () => {
    const { form, sas, established } = initiateFour(vector);
    const completion = readCompletion(form);
    expect(fromUtf8(completion.normalized)).toBe(vector.formA2Normalized);
    expect(toHex(completion.proof.hiddenIdentity)).toBe(identityA.identityHex);
    expect(toHex(completion.proof.hiddenIdentityMac)).toBe(identityA.MHex);
    expect(sas).toBe(vector.sas);
    const session = sessionIn(established);
    if (established.kind === 'refused') throw new TypeError(established.reason);
    expect(established).toMatchObject({ sas: vector.sas, keyJudgement: 'accepted' });
    expect(toHex(established.retained?.secret ?? utf8(''))).toBe(vector.newRetainedSecret);
    expect(established.peerKey).toEqual(vector.resp_pubkey === 'none' ? undefined : senderKey.publicKey);
    expect([session.sendCipherKey, session.sendMacKey].map(toHex)).toEqual([keys.KC_A, keys.KM_A]);
    expect(toHex(session.sendCounter)).toBe(identityA.counterAfterHex);
    expect(toHex(session.receiveCounter)).toBe(identityB.counterAfterHex);
  });

  it('R-112 finds the shared secret among the hashes and computes the same session from the stanzas alone', async () => {
    const outcome = await respondFourWhole(vector);
    if (outcome.kind === 'refused') throw new TypeError(outcome.reason);
    expect(outcome.established.sas).toBe(vector.sas);
    expect(toHex(outcome.established.session.sendMacKey)).toBe(keys.KM_B);
    expect(toHex(outcome.established.retained?.secret ?? utf8(''))).toBe(vector.newRetainedSecret);
  });

  it('both sides write and read every message', async () => {
    expect(await converse(sessionIn(initiateFour(vector).established), vector)).toEqual(expected(vector, 'A'));
    const { accepted } = await respondFour(vector);
    if (accepted.kind === 'refused') throw new TypeError(accepted.reason);
    expect(await converse(accepted.established.session, vector)).toEqual(expected(vector, 'B'));
  });
});

describe.each(vectors.online3)('the vector $name', (vector) => {
  it('R-070 R-077 R-086 R-106 the responder produces message 2, and opens message 3 with its content', async () => {
    const { response, accepted } = await respondThree(vector);
    const read = readResponse(response);
    if (read.kind === 'declined' || accepted.kind === 'refused') throw new TypeError('refused');
    expect(fromUtf8(read.normalized)).toBe(vector.formBNormalized);
    expect(serialize(response)).toContain(`<value>${vector.identityB.identityBase64}</value>`);
    expect(serialize(response)).toContain(`<value>${vector.identityB.MBase64}</value>`);
    expect(accepted.form).toBeUndefined();
    expect(accepted.established.sas).toBeUndefined();
    expect(await converse(accepted.established.session, vector)).toEqual(expected(vector, 'B'));
  });

  it('R-102 R-103 R-158 R-172 R-176 R-177 the initiator produces message 3 and every stanza, re-keys included', async () => {
    const outcome = initiateThree(vector);
    if (outcome.kind === 'refused') throw new TypeError(outcome.reason);
    const completion = readCompletion(outcome.form);
    expect(fromUtf8(completion.normalized)).toBe(vector.formA2Normalized);
    expect(toHex(completion.proof.hiddenIdentity)).toBe(vector.identityA.identityHex);
    expect(toHex(completion.proof.hiddenIdentityMac)).toBe(vector.identityA.MHex);
    expect(await converse(outcome.session, vector)).toEqual(expected(vector, 'A'));
  });

  it('R-171 R-175 prepares a re-key whose keys are those of the vector; K is not hashed', async () => {
    const outcome = initiateThree(vector);
    const [rekey] = vector.rekey;
    if (outcome.kind === 'refused' || rekey === undefined) throw new TypeError('refused');
    const engine = answeringEngine([number(rekey.e), number(rekey.Z)]);
    const exponent = new Uint8Array(40).fill(0xaa);
    const prepared = await prepareRekey(outcome.session, scriptedRandom(exponent), engine);
    expect(prepared.exponent.length * 8).toBeGreaterThan(256);
    const { initiator, acceptor } = prepared.keys;
    expect([initiator.cipherKey, initiator.macKey, acceptor.cipherKey, acceptor.macKey].map(toHex)).toEqual([
      rekey.keys.KC_init,
      rekey.keys.KM_init,
      rekey.keys.KC_acc,
      rekey.keys.KM_acc,
    ]);
  });

  it.each(vectors.invalidPublicKeys.filter(({ modp }) => modp === 14))(
    'R-174 ends at a re-key with an invalid value: $why',
    async ({ value }) => {
      const { accepted } = await respondThree(vector);
      if (accepted.kind === 'refused') throw new TypeError(accepted.reason);
      const [first] = vector.messages;
      if (first === undefined) throw new TypeError('no message');
      const opened = openLive(accepted.established.session, encryptedIn(first), 0);
      if (opened.kind !== 'opened') throw new TypeError(opened.kind);
      const asked = { ...opened.session, pendingKey: number(value) };
      expect(await acceptRekey(asked, answeringEngine([]))).toBeUndefined();
    },
  );
});
