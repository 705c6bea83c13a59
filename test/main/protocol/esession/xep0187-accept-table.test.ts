import { describe, expect, it } from 'vitest';
import { toBase64, toHex } from '../../../../main/base/bytes.ts';
import { primeHex } from '../../../../main/crypto/modp-groups.ts';
import { fromBigInt } from '../../../../main/crypto/mpi.ts';
import type { PublicKey } from '../../../../main/crypto/signature.ts';
import { readResponseForm } from '../../../../main/protocol/esession/xep0187-offline.ts';
import {
  EXPIRES,
  accept,
  createOptions,
  lenient,
  started,
  strict,
  valuesOf,
  withValues,
} from '../../../support/offline-exchange.ts';
import { answered, judged, option } from '../../../support/judged-response.ts';
import type { Steps } from '../../../support/judged-response.ts';
import { publisherKey, senderKey } from '../../../support/test-keys.ts';

const options = await createOptions({ groups: [14, 5], policy: lenient });
const response = (await started(options.form)).form;

const NOTHING: Steps = { seenAsked: 1, powers: 0, keysJudged: 0 };

describe('the receiver’s table, check by check', () => {
  it.each([
    [-1, 'accepted'],
    [0, 'expired'],
    [1, 'expired'],
  ])('R-035 S-021 3: %i ms after expires: %s, and nothing else is looked at', async (after, reason) => {
    const { outcome, steps } = await judged(options, response, { now: new Date(EXPIRES.getTime() + after) });
    expect(outcome.kind === 'refused' ? outcome.reason : outcome.kind).toBe(reason);
    if (after >= 0) expect(steps).toEqual({ seenAsked: 0, powers: 0, keysJudged: 0 });
  });

  it('R-037 R-038 S-021 4: refuses a d or a nonce that was accepted before, without a power', async () => {
    const { d, responderNonce } = readResponseForm(response);
    for (const isSeen of [
      (other: Uint8Array) => toHex(other) === toHex(d),
      (_: Uint8Array, nonce: Uint8Array) => toHex(nonce) === toHex(responderNonce),
    ]) {
      const { outcome, steps } = await judged(options, response, { isSeen });
      expect(outcome).toEqual({ kind: 'refused', reason: 'replay' });
      expect(steps).toEqual(NOTHING);
    }
  });

  it('R-037 4: asks about d as a number, however it is written', async () => {
    const [d = ''] = valuesOf(response, 'dhkeys');
    const padded = withValues(response, 'dhkeys', [toBase64(new Uint8Array([0, ...Buffer.from(d, 'base64')]))]);
    const asked: string[] = [];
    await judged(options, padded, { isSeen: (one) => asked.push(toHex(one)) > 0 });
    expect(asked).toEqual([toHex(readResponseForm(response).d)]);
  });

  it.each([
    ['disclosure', 'disabled'],
    ['security', 'c2s'],
    ['modp', '15'],
    ['crypt_algs', 'aes192-ctr'],
    ['crypt_algs', 'none'],
    ['hash_algs', 'sha1'],
    ['sign_algs', 'dsa'],
    ['compress', 'zlib'],
    ['stanzas', 'iq'],
    ['ver', '1.3'],
  ])('R-039 R-097 S-011 S-012 S-021 5: %s %s was not offered', async (name, value) => {
    const { outcome, steps } = await judged(options, await answered(options, option(name, value)), { policy: lenient });
    expect(outcome).toEqual({ kind: 'refused', reason: 'unsupported-option' });
    expect(steps).toEqual(NOTHING);
  });

  it('R-083 S-011 5: rekey_freq below the publisher’s, or 2^32', async () => {
    const form = withValues(options.form, 'rekey_freq', ['50']);
    const judge = async (rekeyFrequency: number): Promise<string> => {
      const changed = await answered(options, (values) => ({ ...values, rekeyFrequency }));
      const outcome = await accept({ ...options, form }, changed);
      return outcome.kind === 'refused' ? outcome.reason : outcome.kind;
    };
    expect([await judge(49), await judge(50), await judge(4_294_967_295), await judge(4_294_967_296)]).toEqual([
      'unsupported-option',
      'accepted',
      'accepted',
      'unsupported-option',
    ]);
  });

  it('S-011 5: otr, held against the stored form and no echo of it', async () => {
    const unstored = await answered(options, (values) => ({ ...values, storage: new Map([['otr', 'true']]) }));
    expect(await accept(options, unstored)).toMatchObject({ kind: 'accepted', chosen: { otr: true } });
    const form = withValues(options.form, 'otr', ['false']);
    expect(await accept({ ...options, form }, unstored)).toEqual({ kind: 'refused', reason: 'unsupported-option' });
  });

  it('R-294 S-012 5: group 5 after older encryption was switched off', async () => {
    const inFive = (await started(options.form, { policy: { ...lenient, missing: ['modp14'] } })).form;
    const { outcome, steps } = await judged(options, inFive, { policy: strict });
    expect(outcome).toEqual({ kind: 'refused', reason: 'unsupported-option' });
    expect(steps).toEqual(NOTHING);
  });

  it('S-021 5: a group whose x is not there', async () => {
    const outcome = await accept({ ...options, secrets: options.secrets.slice(1) }, response);
    expect(outcome).toEqual({ kind: 'refused', reason: 'no-such-group' });
  });

  it('R-084 5: the publisher’s own nonce as the sender’s', async () => {
    const [nonce = ''] = valuesOf(response, 'nonce');
    const { outcome } = await judged(options, withValues(response, 'my_nonce', [nonce]));
    expect(outcome).toEqual({ kind: 'refused', reason: 'unsupported-option' });
  });

  const p = BigInt(`0x${primeHex(14)}`);
  const number = (value: bigint): string => toBase64(fromBigInt(value));
  it.each([
    ['0', number(0n)],
    ['1', number(1n)],
    ['p - 1', number(p - 1n)],
    ['p', number(p)],
    ['p + 1', number(p + 1n)],
    ['no square', number(11n)],
    ['the publisher’s own e', valuesOf(options.form, 'dhkeys')[0] ?? ''],
    ['longer than p', number(2n ** 2048n)],
  ])('R-039 R-295 S-013 S-021 6: d is %s: no power is computed', async (_, value) => {
    const { outcome, steps } = await judged(options, withValues(response, 'dhkeys', [value]));
    expect(outcome).toEqual({ kind: 'refused', reason: 'bad-public-value' });
    expect(steps).toEqual(NOTHING);
  });

  it.each([
    ['identity', 100],
    ['mac', 5],
    ['counter', 15],
  ])('R-041 S-021 8: %s was changed: no key is judged', async (name, at) => {
    const octets = Buffer.from(valuesOf(response, name)[0] ?? '', 'base64');
    octets[at] = (octets[at] ?? 0) ^ 1;
    const { outcome, steps } = await judged(options, withValues(response, name, [octets.toString('base64')]));
    expect(outcome).toEqual({ kind: 'refused', reason: 'bad-mac' });
    expect(steps).toEqual({ seenAsked: 1, powers: 1, keysJudged: 0 });
  });

  it('R-041 S-021 8: another d of the right kind', async () => {
    const other = (await started(options.form, { seed: 'another' })).form;
    const { outcome } = await judged(options, withValues(response, 'dhkeys', valuesOf(other, 'dhkeys')));
    expect(outcome).toEqual({ kind: 'refused', reason: 'bad-mac' });
  });

  it('R-296 S-021 9: the identity holds a key that policy refuses: no key is judged', async () => {
    const weak = {
      publicKey: { ...senderKey.publicKey, exponent: Uint8Array.of(3) },
      sign: senderKey.sign.bind(senderKey),
    };
    const { outcome, steps } = await judged(options, await answered(options, (values) => values, weak));
    expect(outcome).toEqual({ kind: 'refused', reason: 'bad-identity' });
    expect(steps).toEqual({ seenAsked: 1, powers: 1, keysJudged: 0 });
  });

  it('S-021 10: the key is judged as it came, and refused if trust says so', async () => {
    const asked: PublicKey[] = [];
    const { outcome } = await judged(options, response, {
      judgeKey: (key) => (asked.push(key) > 0 ? 'refused' : 'accepted'),
    });
    expect(outcome).toEqual({ kind: 'refused', reason: 'key-not-acceptable' });
    expect(asked).toEqual([senderKey.publicKey]);
  });

  it('R-041 R-090 S-021 11: another field was changed, which mac_B covers', async () => {
    const { outcome } = await judged(options, withValues(response, 'my_nonce', [toBase64(new Uint8Array(16).fill(7))]));
    expect(outcome).toEqual({ kind: 'refused', reason: 'bad-signature' });
  });

  it('R-041 S-021 11: someone else’s key over one’s own signature', async () => {
    const claiming = { publicKey: publisherKey.publicKey, sign: senderKey.sign.bind(senderKey) };
    const { outcome } = await judged(options, await answered(options, (values) => values, claiming));
    expect(outcome).toEqual({ kind: 'refused', reason: 'bad-signature' });
  });

  it('R-041 8: a response to other options of the same publisher', async () => {
    const other = await createOptions({ seed: 'other' });
    const relayed = withValues((await started(other.form)).form, 'nonce', valuesOf(response, 'nonce'));
    expect((await judged(options, relayed)).outcome).toEqual({ kind: 'refused', reason: 'bad-mac' });
  });
});
