import { describe, expect, it } from 'vitest';
import { toBase64, toHex } from '../../../../main/base/bytes.ts';
import { minimalOctets, toBigInt } from '../../../../main/crypto/mpi.ts';
import type { ModpEngine } from '../../../../main/crypto/modp.ts';
import { systemRandom } from '../../../../main/crypto/random.ts';
import type { RandomSource } from '../../../../main/crypto/random.ts';
import { verifySignature } from '../../../../main/crypto/signature.ts';
import { readOfflineOptions } from '../../../../main/protocol/esession/xep0187-options.ts';
import { readResponseForm } from '../../../../main/protocol/esession/xep0187-offline.ts';
import { element } from '../../../../main/wire/element.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { power } from '../../../reference/integers.ts';
import {
  EXPIRES,
  NOW,
  accepted,
  createOptions,
  lenient,
  modp,
  start,
  started,
  valuesOf,
  withValues,
} from '../../../support/offline-exchange.ts';
import { scriptedRandom, seededRandom } from '../../../support/seeded-random.ts';
import { publisherKey, senderKey } from '../../../support/test-keys.ts';
import { vectors } from '../../../vectors/esession-vectors.ts';

const DAY = 86_400_000;
const options = await createOptions({ matchResource: 'pda' });
const prime = BigInt(`0x${vectors.groups.find((group) => group.modp === 14)?.p ?? ''}`);

/** An engine that notes what it is asked, and what it answered with. */
function watched(): ModpEngine & { readonly answers: Uint8Array[]; readonly exponents: Uint8Array[] } {
  const answers: Uint8Array[] = [];
  const exponents: Uint8Array[] = [];
  return {
    answers,
    exponents,
    power: async (group, exponent, base) => {
      exponents.push(exponent);
      const answer = await modp.power(group, exponent, base);
      answers.push(answer);
      return answer;
    },
    close: () => undefined,
  };
}

describe('startOfflineSession (XEP-0187 §3.3)', () => {
  it('R-021 R-030 makes a session that the publisher accepts, negotiated at once', async () => {
    const { session, form, chosen } = await started(options.form);
    expect(chosen).toEqual({
      modp: 14,
      cipher: 'aes256-ctr',
      hash: 'sha256',
      signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha256',
      otr: false,
    });
    const { session: receiving, peerKey } = await accepted(options, form);
    expect(peerKey).toEqual(senderKey.publicKey);
    expect([receiving.cipherKey, receiving.macKey, receiving.counter].map(toHex)).toEqual(
      [session.cipherKey, session.macKey, session.counter].map(toHex),
    );
    expect(receiving.blocks).toBe(session.blocks);
  });

  it('R-079 S-015 has d = g^y mod p with a fresh y of the right length', async () => {
    const random = seededRandom('y');
    const engine = watched();
    let exponent = 0n;
    const spy: RandomSource = { bytes: (length) => random.bytes(length) };
    const { form } = await started(options.form, {
      random: spy,
      modp: {
        ...engine,
        power: (group, secret, base) => {
          exponent = toBigInt(secret);
          return engine.power(group, secret, base);
        },
      },
    });
    expect(exponent > 2n ** 319n && exponent < 2n ** 320n).toBe(true);
    expect(toBigInt(readResponseForm(form).d)).toBe(power(2n, exponent, prime));
  });

  it('R-131 R-078 takes N_B, y and C_A from the random source, in this order and nothing else', async () => {
    const [nonce, exponent, counter] = [systemRandom.bytes(16), systemRandom.bytes(40), systemRandom.bytes(16)];
    nonce[0] = counter[0] = 0x11;
    const { form } = await started(options.form, { random: scriptedRandom(nonce, exponent, counter) });
    const response = readResponseForm(form);
    expect(toHex(response.responderNonce)).toBe(toHex(nonce));
    expect(toHex(response.counter)).toBe(toHex(counter));
  });

  it('draws nonce and counter again whose first octet would be lost or doubtful', async () => {
    const good = (length: number): Uint8Array => new Uint8Array(length).fill(0x22);
    const bad = (length: number, first: number): Uint8Array =>
      good(length).map((octet, at) => (at === 0 ? first : octet));
    const random = scriptedRandom(bad(16, 0), good(16), good(40), bad(16, 0x80), bad(16, 0), good(16));
    const response = readResponseForm((await started(options.form, { random })).form);
    expect(toHex(response.responderNonce) + toHex(response.counter)).toBe('22'.repeat(32));
  });

  it('R-132 R-180 R-084 has another nonce, key and counter in every session', async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 20; i += 1) {
      const response = readResponseForm((await started(options.form, { random: systemRandom })).form);
      for (const value of [response.responderNonce, response.d, response.counter]) seen.add(toHex(value));
    }
    expect(seen.size).toBe(60);
    expect(seen.has(toHex(options.nonce))).toBe(false);
  });

  it('R-086 gives the response only with its identity made', async () => {
    const { form } = await started(options.form);
    expect(readResponseForm(form).hiddenIdentity.length).toBeGreaterThan(700);
  });

  it('S-058 wipes y and the shared power', async () => {
    const engine = watched();
    await started(options.form, { modp: engine });
    expect(engine.exponents.map((octets) => octets.every((octet) => octet === 0))).toEqual([true, true]);
    // The first answer is d, which is public; the second is g^xy.
    expect(engine.answers[1]?.every((octet) => octet === 0)).toBe(true);
  });

  it('S-058 wipes y even if the engine fails', async () => {
    const drawn: Uint8Array[] = [];
    const random = seededRandom('fails');
    const spy: RandomSource = {
      bytes: (length) => {
        const octets = random.bytes(length);
        drawn.push(octets);
        return octets;
      },
    };
    const failing: ModpEngine = { power: () => Promise.reject(new Error('gone')), close: () => undefined };
    await expect(started(options.form, { random: spy, modp: failing })).rejects.toThrow('gone');
    expect(drawn[1]?.every((octet) => octet === 0)).toBe(true);
  });

  it('answers in the words of a publisher who says logging', async () => {
    const form = withValues({ ...options.form }, 'otr', ['false', 'true']);
    const renamed = JSON.parse(
      JSON.stringify(form)
        .replace('"var":"otr"', '"var":"logging"')
        .replace('"false"', '"may"')
        .replace('"true"', '"mustnot"'),
    ) as typeof form;
    const stored = await started(renamed);
    expect(valuesOf(stored.form, 'logging')).toEqual(['may']);
    expect(valuesOf(stored.form, 'otr')).toEqual([]);
    const unstored = await started(renamed, { preferUnstored: true });
    expect(valuesOf(unstored.form, 'logging')).toEqual(['mustnot']);
    expect(unstored.chosen.otr).toBe(true);
  });
});

describe('what startOfflineSession refuses', () => {
  it.each([
    [-1000, 'started'],
    [0, 'expired'],
    [1000, 'expired'],
    [DAY, 'expired'],
  ])('R-020 S-008 %i ms after expires: %s', async (after, kind) => {
    const outcome = await start(options.form, { now: new Date(EXPIRES.getTime() + after) });
    expect(outcome.kind === 'refused' ? outcome.reason : outcome.kind).toBe(kind);
  });

  it.each([
    [31 * DAY - 1000, undefined],
    [31 * DAY, undefined],
    [31 * DAY + 1000, 'expires'],
    [400 * DAY, 'expires'],
  ])('S-008 options that end %i ms from now: %s', async (ahead, field) => {
    const outcome = await start(options.form, { now: new Date(EXPIRES.getTime() - ahead) });
    expect(outcome).toMatchObject(
      field === undefined ? { kind: 'started' } : { kind: 'refused', reason: 'unsupported', field },
    );
  });

  it('R-020 an unknown field that is required', async () => {
    const field = element('field', NS.form, { var: 'surprise' }, element('required', NS.form));
    const outcome = await start({ ...options.form, children: [...options.form.children, field] });
    expect(outcome).toEqual({ kind: 'refused', reason: 'unsupported', field: 'surprise' });
  });

  it.each([
    ['security', ['c2s', 'none']],
    ['disclosure', ['disabled']],
    ['modp', ['2']],
    ['crypt_algs', ['none', 'twofish256-ctr']],
    ['hash_algs', ['md5', 'sha1']],
    ['sign_algs', ['dsa', 'http://www.w3.org/2000/09/xmldsig#rsa-sha1']],
    ['compress', ['zlib', 'lzw']],
    ['stanzas', ['presence']],
    ['stanzas', ['message', 'iq']],
    ['stanzas', ['message', 'presence']],
    ['ver', ['2.0']],
  ])('R-020 S-012 options in which %s is %j', async (name, values) => {
    expect(await start(withValues(options.form, name, values), { policy: lenient })).toEqual({
      kind: 'refused',
      reason: 'unsupported',
      field: name,
    });
  });

  it.each([1, 2, 3, 4, 5])(
    'R-294 S-012 options that offer group %i alone, unless it is 5 and older encryption is on',
    async (group) => {
      const form = withValues(options.form, 'modp', [String(group)]);
      const valid = withValues(form, 'dhkeys', [toBase64(Uint8Array.of(4))]);
      expect(await start(valid)).toMatchObject({ kind: 'refused', reason: 'unsupported', field: 'modp' });
      const outcome = await start(valid, { policy: lenient });
      expect(outcome).toMatchObject(group === 5 ? { kind: 'started', chosen: { modp: 5 } } : { kind: 'refused' });
    },
  );

  it('takes otr only as the user decided', async () => {
    const stored = withValues(options.form, 'otr', ['false']);
    const unstored = withValues(options.form, 'otr', ['true']);
    expect(await start(stored, { preferUnstored: true })).toMatchObject({ reason: 'unsupported', field: 'otr' });
    expect(await start(unstored)).toMatchObject({ reason: 'unsupported', field: 'otr' });
    expect(await start(unstored, { preferUnstored: true })).toMatchObject({ kind: 'started', chosen: { otr: true } });
  });

  const [p, values] = [
    prime,
    (value: bigint): string => toBase64(Uint8Array.from(Buffer.from(value.toString(16).padStart(516, '0'), 'hex'))),
  ];
  it.each([
    ['0', 0n],
    ['1', 1n],
    ['p - 1', p - 1n],
    ['p', p],
    ['p + 1', p + 1n],
    ['2p + g', 2n * p + 2n],
    ['11, which is no square', 11n],
    ['p - 4', p - 4n],
  ])('R-022 R-295 S-013 e = %s, silently and before any power', async (_, value) => {
    const engine = watched();
    const outcome = await start(withValues(options.form, 'dhkeys', [values(value)]), { modp: engine });
    expect(outcome).toEqual({ kind: 'refused', reason: 'bad-public-value' });
    expect(engine.exponents).toEqual([]);
  });

  it('S-013 takes an e with leading zeros as the same number', async () => {
    const [e = ''] = valuesOf(options.form, 'dhkeys');
    const padded = withValues(options.form, 'dhkeys', [toBase64(new Uint8Array([0, 0, ...Buffer.from(e, 'base64')]))]);
    const { session, form } = await started(padded);
    const { session: receiving } = await accepted(options, form);
    expect(toHex(receiving.macKey)).toBe(toHex(session.macKey));
  });

  it('does not depend on the values of groups it does not choose', async () => {
    const two = await createOptions({ groups: [14, 5], policy: lenient });
    const [e = ''] = valuesOf(two.form, 'dhkeys');
    expect(await start(withValues(two.form, 'dhkeys', [e, 'AA=='])).then(({ kind }) => kind)).toBe('started');
  });
});

describe('domain separation (S-029)', () => {
  it('S-029 a signature over options is no identity, and one over an identity signs no options', async () => {
    const good = await started(options.form, { ownKey: publisherKey, seed: 'separate' });
    expect(await accepted(options, good.form)).toMatchObject({ kind: 'accepted' });
    const signed: Uint8Array[] = [];
    const listening = {
      publicKey: publisherKey.publicKey,
      sign: (message: Uint8Array): Uint8Array => {
        signed.push(message);
        return publisherKey.sign(message);
      },
    };
    await started(options.form, { ownKey: listening, seed: 'separate' });
    const [identityMac = new Uint8Array()] = signed;
    const overOptions = publisherKey.sign(options.formNormalized);
    const overIdentity = publisherKey.sign(identityMac);
    const isGood = (message: Uint8Array, signature: Uint8Array): boolean =>
      verifySignature(publisherKey.publicKey, message, signature);
    const table = [options.formNormalized, identityMac].map((message) =>
      [overOptions, overIdentity].map((one) => isGood(message, one)),
    );
    expect(table).toEqual([
      [true, false],
      [false, true],
    ]);
    // The same through the two readers.
    const replayed = { publicKey: publisherKey.publicKey, sign: () => overOptions };
    const forged = await started(options.form, { ownKey: replayed, seed: 'separate' });
    await expect(accepted(options, forged.form)).rejects.toThrow('bad-signature');
    const resigned = readOfflineOptions(withValues(options.form, 'signs', [toBase64(overIdentity)]));
    expect(resigned.signatures.some((signature) => isGood(resigned.normalized, signature))).toBe(false);
    expect(NOW < EXPIRES).toBe(true);
    expect(minimalOctets(identityMac).length).toBeLessThanOrEqual(32);
  });
});
