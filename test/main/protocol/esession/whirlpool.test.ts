import { beforeAll, describe, expect, it } from 'vitest';
import { toBase64, toHex, utf8 } from '../../../../main/base/bytes.ts';
import { primeOf } from '../../../../main/crypto/modp.ts';
import { toBigInt } from '../../../../main/crypto/mpi.ts';
import { loadWhirlpool } from '../../../../main/crypto/whirlpool.ts';
import { isAccepted, offeredValues } from '../../../../main/protocol/esession/policy.ts';
import {
  readAcceptance,
  readCompletion,
  readResponse,
} from '../../../../main/protocol/esession/xep0116/answer-forms.ts';
import type { HiddenProof } from '../../../../main/protocol/esession/form-values.ts';
import { keyValueOf } from '../../../../main/protocol/esession/xep0116/key-value.ts';
import { acceptRekey, encryptLive, openLive, prepareRekey } from '../../../../main/protocol/esession/xep0200-live.ts';
import {
  decryptStanza,
  encryptStanza,
  parseEncrypted,
  searchForward,
} from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { octetsOf, power } from '../../../reference/integers.ts';
import { counterMode, counterOf, hiddenIdentityMac, hmacWith, keysOf, otherHalf } from '../../../reference/session.ts';
import { whirlpool } from '../../../reference/whirlpool.ts';
import {
  accepted,
  answer,
  answered,
  complete,
  completed,
  negotiate,
  request,
} from '../../../support/live-negotiation.ts';
import { livePair, shortExponents } from '../../../support/live-pair.ts';
import {
  bare,
  body,
  createOptions,
  establish,
  start,
  started,
  strict,
  valuesOf,
  whirlpoolOnly,
} from '../../../support/offline-exchange.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import { senderKey } from '../../../support/test-keys.ts';

beforeAll(loadWhirlpool);

const prime = primeOf(14);
const both = {
  request: { policy: whirlpoolOnly },
  answer: { policy: whirlpoolOnly },
  complete: { policy: whirlpoolOnly },
};
const label = (text: string): Uint8Array => utf8(text);

describe('which hash is chosen (XEP-0116 §8.4, profile 9)', () => {
  it('R-148 offers whirlpool after sha256, and not at all where it is not proven', () => {
    expect(offeredValues('hash_algs', strict, [])).toEqual(['sha256', 'whirlpool']);
    expect(offeredValues('hash_algs', bare, [])).toEqual(['sha256']);
    expect([strict, bare].map((policy) => isAccepted('hash_algs', 'whirlpool', policy))).toEqual([true, false]);
  });

  it('R-148 R-003 does so in requests and in published keys alike', async () => {
    expect(valuesOf((await request()).form, 'hash_algs')).toEqual(['sha256', 'whirlpool']);
    expect(valuesOf((await createOptions()).form, 'hash_algs')).toEqual(['sha256', 'whirlpool']);
  });

  it('R-148 R-147 two that have both, or of whom one has it, come to sha256', async () => {
    for (const [one, other] of [
      [strict, strict],
      [bare, strict],
      [strict, bare],
    ] as const) {
      const { initiator } = await negotiate({
        request: { policy: one },
        answer: { policy: other },
        complete: { policy: one },
      });
      expect(initiator.chosen.hash).toBe('sha256');
      const options = await createOptions({ policy: one });
      expect((await started(options.form, { policy: other })).chosen.hash).toBe('sha256');
    }
  });

  it('R-148 takes whirlpool of one that offers nothing else', async () => {
    const { initiator, responder } = await negotiate({ ...both, answer: { policy: strict } });
    expect([initiator.chosen.hash, responder.chosen.hash]).toEqual(['whirlpool', 'whirlpool']);
    const options = await createOptions({ policy: whirlpoolOnly });
    expect((await started(options.form, { policy: strict })).chosen.hash).toBe('whirlpool');
  });

  it('R-148 R-073 R-020 refuses, naming the field, where it is not proven', async () => {
    const { form } = await request({ policy: whirlpoolOnly });
    expect(await answer(form, { policy: bare })).toMatchObject({
      reason: 'no-common-option',
      error: { fields: ['hash_algs'] },
    });
    const options = await createOptions({ policy: whirlpoolOnly });
    expect(await start(options.form, { policy: bare })).toMatchObject({ reason: 'unsupported', field: 'hash_algs' });
  });

  it('R-148 R-097 does not take a choice that was not offered', async () => {
    const own = await request({ policy: bare });
    const offered = await request({ policy: whirlpoolOnly });
    const { form: response } = await answered(offered.form, { policy: whirlpoolOnly });
    expect(await complete(own, response, { policy: strict })).toMatchObject({ kind: 'refused', reason: 'bad-choice' });
  });
});

describe('a negotiation by whirlpool (profile 1.3, 2.5, 7.2)', () => {
  it('R-148 R-087 R-096 R-114 makes every key, MAC and code of both sides with it, and the commitment with SHA-256', async () => {
    const own = await request({ policy: whirlpoolOnly });
    const [secret] = own.secrets;
    if (secret === undefined) throw new TypeError('no secret');
    const exponent = toBigInt(secret.exponent);
    const { form: response, pending } = await answered(own.form, { policy: whirlpoolOnly });
    const read = readResponse(response);
    if (read.kind === 'declined') throw new TypeError('declined');
    const { form: completion, sas } = await completed(own, response, { policy: whirlpoolOnly });
    const { established, form: last } = await accepted(pending, completion);
    const [proof, acceptance] = [readCompletion(completion).proof, readAcceptance(last ?? completion)];

    const provisory = keysOf('Initiator', exponent, toBigInt(read.d), prime, 32, whirlpool);
    const K = whirlpool(provisory.K);
    const C_A = counterOf(read.counter);
    expectMac(proof, provisory.KM, C_A);
    expectMac(acceptance.proof, hmacWith(whirlpool, K, label('Responder MAC Key')), otherHalf(C_A));
    expect(established.sas).toBe(sas);
    expect(sas).toBe(
      spokenCode(whirlpool(proof.hiddenIdentityMac, read.normalized, label('Short Authentication String'))),
    );
    expect(acceptance.srshash).toHaveLength(64);
    expect(toHex(established.retained?.secret ?? K)).toBe(toHex(hmacWith(whirlpool, K, label('New Retained Secret'))));
    expect(valuesOf(own.form, 'dhhashes')[0]).toHaveLength(44);
  });

  it('R-148 R-093 names a key by its whirlpool fingerprint, as long as the negotiated hash', async () => {
    const modes = { initiator: ['hash'], responder: ['hash'] } as const;
    const { response, acceptance, own } = await negotiate({ ...both, answer: { policy: whirlpoolOnly, modes } });
    const read = readResponse(response);
    const [secret] = own.secrets;
    if (read.kind === 'declined' || acceptance === undefined || secret === undefined) throw new TypeError('no proof');
    const Z = power(toBigInt(read.d), toBigInt(secret.exponent), prime);
    const K = whirlpool(whirlpool(octetsOf(Z)));
    const key = hmacWith(whirlpool, K, label('Responder Cipher Key')).slice(-32);
    const { hiddenIdentity } = readAcceptance(acceptance).proof;
    const identity = Buffer.from(counterMode(key, otherHalf(counterOf(read.counter)), hiddenIdentity)).toString();
    const fingerprint = toBase64(whirlpool(utf8(keyValueOf(senderKey.publicKey))));
    expect(identity.startsWith(`<fingerprint>${fingerprint}</fingerprint><SignatureValue>`)).toBe(true);
  });

  it('R-148 R-112 R-121 goes on with a secret that a session by sha256 left, and back', async () => {
    const first = await negotiate();
    const retained = [{ id: 'first', secret: first.initiator.retained?.secret ?? utf8('') }];
    const second = await negotiate({
      ...both,
      complete: { policy: whirlpoolOnly, retained },
      accept: { retained },
    });
    expect(second.initiator.retained?.former?.id).toBe('first');
    expect(second.responder.retained?.former?.id).toBe('first');
    const longer = [{ id: 'second', secret: second.initiator.retained?.secret ?? utf8('') }];
    expect(longer[0]?.secret).toHaveLength(64);
    const third = await negotiate({ complete: { retained: longer }, accept: { retained: longer } });
    expect(third.responder.retained?.former?.id).toBe('second');
  });

  it('R-148 a MAC as long as that of the other hash does not verify, in a form or a stanza', async () => {
    const { initiator, responder } = await negotiate();
    const { c } = encryptLive(initiator.session, [body('text')], { elapsedMs: 0 });
    const encrypted = parseEncrypted(c);
    const longer = { ...encrypted, mac: new Uint8Array([...encrypted.mac, ...encrypted.mac]) };
    expect(openLive(responder.session, longer, 0)).toEqual({ kind: 'mismatch' });
  });
});

describe('sessions by whirlpool', () => {
  it('R-148 R-170 R-172 exchanges keys anew with it', async () => {
    const [one, other] = await livePair({ rekeyFrequency: 1, hash: 'whirlpool' });
    const first = encryptLive(one, [body('first')], { elapsedMs: 0 });
    const heard = openLive(other, parseEncrypted(first.c), 0);
    if (heard.kind !== 'opened') throw new TypeError(heard.kind);
    const rekey = await prepareRekey(heard.session, seededRandom('whirlpool'), shortExponents);
    const shared = await shortExponents.power(14, rekey.exponent, heard.session.peerPublic);
    const { initiator, acceptor } = rekey.keys;
    const K = octetsOf(toBigInt(shared));
    expect(toHex(initiator.macKey)).toBe(toHex(hmacWith(whirlpool, K, label('Rekey Initiator MAC'))));
    const cipherKey = hmacWith(whirlpool, K, label('Rekey Acceptor Crypt')).slice(-32);
    expect(toHex(acceptor.cipherKey)).toBe(toHex(cipherKey));
    const second = encryptLive(heard.session, [body('second')], { elapsedMs: 0, rekey });
    const taken = openLive(first.session, parseEncrypted(second.c), 0);
    if (taken.kind !== 'opened') throw new TypeError(taken.kind);
    const renewed = await acceptRekey(taken.session, shortExponents);
    if (renewed === undefined) throw new TypeError('refused');
    const third = encryptLive(renewed, [body('third')], { elapsedMs: 0 });
    expect(openLive(second.session, parseEncrypted(third.c), 0)).toMatchObject({ content: [body('third')] });
  });

  it('R-148 R-287 opens a letter, and one after a loss by searching ahead', async () => {
    const { sending, receiving, response } = await establish({ policy: whirlpoolOnly });
    expect(valuesOf(response, 'mac')[0]).toHaveLength(88);
    const first = encryptStanza(sending, [body('first')]);
    const lost = encryptStanza(first.session, [body('lost')]);
    const third = parseEncrypted(encryptStanza(lost.session, [body('third')]).c);
    const opened = decryptStanza(receiving, parseEncrypted(first.c));
    if (opened.kind !== 'opened') throw new TypeError(opened.kind);
    expect(opened.content).toEqual([body('first')]);
    expect(decryptStanza(opened.session, third)).toEqual({ kind: 'mismatch' });
    const found = searchForward(opened.session, third);
    if (found === undefined) throw new TypeError('not found');
    expect(decryptStanza(found.session, third)).toMatchObject({ content: [body('third')] });
  });
});

function expectMac({ hiddenIdentity, hiddenIdentityMac: mac }: HiddenProof, KM: Uint8Array, counter: bigint): void {
  expect(toHex(mac)).toBe(toHex(hiddenIdentityMac(KM, counter, hiddenIdentity, whirlpool)));
}

/** sas28x5 of a digest (profile 7.4). */
function spokenCode(digest: Uint8Array): string {
  let value = Number(toBigInt(digest.slice(-3)));
  let code = '';
  for (let digits = 0; digits < 5; digits += 1, value = Math.floor(value / 28)) {
    code = `${'acdefghikmopqruvwxy123456789'[value % 28] ?? ''}${code}`;
  }
  return code;
}
