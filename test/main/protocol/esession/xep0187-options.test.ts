import { describe, expect, it } from 'vitest';
import { fromUtf8, toBase64, toHex } from '../../../../main/base/bytes.ts';
import { systemRandom } from '../../../../main/crypto/random.ts';
import type { RandomSource } from '../../../../main/crypto/random.ts';
import { toBigInt } from '../../../../main/crypto/mpi.ts';
import type { Policy } from '../../../../main/protocol/esession/policy.ts';
import {
  createOfflineOptions,
  readOfflineOptions,
  signerOf,
} from '../../../../main/protocol/esession/xep0187-options.ts';
import { normalizeForm } from '../../../../main/protocol/esession/xep0116/normalize.ts';
import { elements } from '../../../../main/wire/element.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { power } from '../../../reference/integers.ts';
import {
  EXPIRES,
  createOptions,
  lenient,
  modp,
  strict,
  valuesOf,
  withoutField,
} from '../../../support/offline-exchange.ts';
import { publisherKey, senderKey } from '../../../support/test-keys.ts';
import { vectors } from '../../../vectors/esession-vectors.ts';

const names = (form: Element): readonly string[] => elements(form).map(({ attrs }) => attrs['var'] ?? '');
const full = await createOptions({ groups: [15, 14, 16], matchResource: 'pda' });
const plain = await createOptions();

/** Every field XEP-0116 4.3 has in a request, but for those that XEP-0187 3.1 rules out. */
const REQUEST_FIELDS = [
  ...['FORM_TYPE', 'otr', 'disclosure', 'security', 'modp', 'crypt_algs', 'hash_algs', 'sign_algs', 'compress'],
  ...['stanzas', 'ver', 'rekey_freq', 'expires', 'my_nonce', 'dhkeys', 'match_resource', 'signs'],
];

describe('createOfflineOptions (XEP-0187 §3.1)', () => {
  it('R-003 has every field, with every option this client is willing to use, in order', () => {
    expect(names(full.form)).toEqual(REQUEST_FIELDS);
    const offered = [
      'otr',
      'disclosure',
      'security',
      'modp',
      'crypt_algs',
      'hash_algs',
      'sign_algs',
      'compress',
      'stanzas',
      'ver',
    ];
    expect(offered.map((name) => valuesOf(full.form, name).join())).toEqual([
      'false,true',
      'never',
      'e2e',
      '15,14,16',
      'aes256-ctr,aes128-ctr',
      'sha256,whirlpool',
      'http://www.w3.org/2000/09/xmldsig#rsa-sha256,rsa',
      'none',
      'message',
      '1.0',
    ]);
    expect(full.form.attrs['type']).toBe('form');
  });

  it('R-294 offers group 5 as the last with older encryption, and not without', async () => {
    const offered = async (policy: Policy): Promise<readonly string[]> => {
      const signed = { expires: EXPIRES, signingKeys: [publisherKey], random: systemRandom, modp, policy };
      return valuesOf((await createOfflineOptions(signed)).form, 'modp');
    };
    expect(await offered(lenient)).toEqual(['15', '14', '16', '5']);
    expect(await offered(strict)).toEqual(['15', '14', '16']);
  });

  it('R-004 has no accept, no key field of any kind, no sas_algs and no dhhashes', () => {
    const ruledOut = ['accept', 'pubkey', 'init_pubkey', 'resp_pubkey', 'sas_algs', 'dhhashes'];
    expect(names(full.form).filter((name) => ruledOut.includes(name))).toEqual([]);
  });

  it('R-005 R-009 offers the stanza type message and no other, with a resource and without', () => {
    expect(valuesOf(full.form, 'stanzas')).toEqual(['message']);
    expect(valuesOf(plain.form, 'stanzas')).toEqual(['message']);
  });

  it('R-006 writes expires as UTC in whole seconds, and says it back so', async () => {
    expect(valuesOf(full.form, 'expires')).toEqual(['2026-11-25T08:00:00Z']);
    const odd = await createOptions({ expires: new Date('2026-11-25T08:00:00.987Z') });
    expect(valuesOf(odd.form, 'expires')).toEqual(['2026-11-25T08:00:00Z']);
    expect(odd.expires).toEqual(EXPIRES);
  });

  it('R-008 names the resource where there is one, and has no such field otherwise', () => {
    expect(valuesOf(full.form, 'match_resource')).toEqual(['pda']);
    expect(names(plain.form)).not.toContain('match_resource');
  });

  it('R-010 R-130 signs the normalised content without signs, which comes last', () => {
    expect(names(full.form).at(-1)).toBe('signs');
    expect(fromUtf8(full.formNormalized)).toBe(fromUtf8(normalizeForm(withoutField(full.form, 'signs'), [])));
    expect(fromUtf8(full.formNormalized)).not.toContain('signs');
    expect(valuesOf(full.form, 'signs')).toEqual([toBase64(publisherKey.sign(full.formNormalized))]);
  });

  it('R-011 has one value of signs per signing key', async () => {
    const { form } = await createOptions({ signingKeys: [publisherKey, senderKey] });
    expect(valuesOf(form, 'signs').length).toBe(2);
    const options = readOfflineOptions(form);
    expect(signerOf(options, [senderKey.publicKey])).toBe(senderKey.publicKey);
    expect(signerOf(options, [publisherKey.publicKey])).toBe(publisherKey.publicKey);
  });

  it('R-067 R-068 has e = g^x mod p of each group, in the order of modp', () => {
    expect(full.secrets.map(({ modp }) => String(modp))).toEqual(valuesOf(full.form, 'modp'));
    for (const [index, { modp, exponent, publicValue }] of full.secrets.entries()) {
      const p = BigInt(`0x${vectors.groups.find((group) => group.modp === modp)?.p ?? ''}`);
      expect(toBigInt(publicValue)).toBe(power(2n, toBigInt(exponent), p));
      expect(valuesOf(full.form, 'dhkeys')[index]).toBe(toBase64(publicValue));
    }
  });

  it('R-131 S-015 takes nonce and every exponent from the random source, and nothing else', async () => {
    const asked: Uint8Array[] = [];
    const random: RandomSource = {
      bytes: (length) => {
        const octets = systemRandom.bytes(length);
        asked.push(octets.slice());
        return octets;
      },
    };
    const options = await createOptions({ groups: [15, 14], random });
    expect(asked.map(({ length }) => length)).toEqual([16, 53, 40]);
    expect(toHex(options.nonce)).toBe(toHex(asked[0] ?? new Uint8Array()));
    expect(options.secrets.map(({ exponent }) => toHex(exponent.subarray(1)))).toEqual(
      asked.slice(1).map((octets) => toHex(octets.subarray(1))),
    );
  });

  it('R-132 S-015 has a fresh nonce and fresh keys in every group, each time', async () => {
    const sets = await Promise.all(
      Array.from({ length: 8 }, () => createOptions({ groups: [14, 5], random: systemRandom })),
    );
    const seen = sets.flatMap(({ nonce, secrets }) => [
      nonce,
      ...secrets.flatMap((one) => [one.exponent, one.publicValue]),
    ]);
    expect(new Set(seen.map(toHex)).size).toBe(sets.length * 5);
  });

  it('R-141 offers disclosure never and nothing else', () => {
    expect(valuesOf(full.form, 'disclosure')).toEqual(['never']);
  });

  it('writes no character into the form that servers alter', async () => {
    for (const matchResource of ['a\tb', 'a\nb', 'a\rb']) {
      await expect(createOptions({ matchResource })).rejects.toThrow(TypeError);
    }
  });
});
