import { describe, expect, it } from 'vitest';
import { fromBase64, fromUtf8, toBase64, toHex } from '../../../../main/base/bytes.ts';
import { systemRandom } from '../../../../main/crypto/random.ts';
import type { RandomSource } from '../../../../main/crypto/random.ts';
import { toBigInt } from '../../../../main/crypto/mpi.ts';
import { importSigningKey } from '../../../../main/crypto/signature.ts';
import type { Policy } from '../../../../main/protocol/esession/policy.ts';
import {
  createOfflineOptions,
  readOfflineOptions,
  signerOf,
} from '../../../../main/protocol/esession/xep0187-options.ts';
import { normalizeForm } from '../../../../main/protocol/esession/xep0116/normalize.ts';
import { element, elements, serialize } from '../../../../main/wire/element.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';
import { power } from '../../../reference/integers.ts';
import {
  EXPIRES,
  createOptions,
  lenient,
  modp,
  strict,
  valuesOf,
  withValues,
  withoutField,
} from '../../../support/offline-exchange.ts';
import { pkcs8Of, publisherKey, senderKey } from '../../../support/test-keys.ts';
import { vectors } from '../../../vectors/esession-vectors.ts';

const names = (form: Element): readonly string[] => elements(form).map(({ attrs }) => attrs['var'] ?? '');
const full = await createOptions({ groups: [15, 14, 16], matchResource: 'pda' });
const plain = await createOptions();

/** Every field XEP-0116 4.3 has in a request, but for those that XEP-0187 3.1 rules out. */
const REQUEST_FIELDS = [
  ...['FORM_TYPE', 'otr', 'disclosure', 'security', 'modp', 'crypt_algs', 'hash_algs', 'sign_algs', 'compress'],
  ...['stanzas', 'ver', 'rekey_freq', 'expires', 'my_nonce', 'dhkeys', 'match_resource', 'signs'],
];

const badOptions = (form: Element): void => {
  expect(() => readOfflineOptions(form)).toThrow(expect.objectContaining({ code: 'bad-options' }));
};

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
      'sha256',
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

  it('R-049 R-132 S-015 has a fresh nonce and fresh keys in every group, each time', async () => {
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

describe('readOfflineOptions (XEP-0187 §3.2)', () => {
  it('reads back what was created, through XML', () => {
    const read = readOfflineOptions(parseElement(serialize(full.form)));
    expect(read).toMatchObject({
      nonce: full.nonce,
      expires: full.expires,
      matchResource: 'pda',
      normalized: full.formNormalized,
      unknownRequired: [],
    });
    expect([...read.publicValues].map(([group, value]) => [group, toHex(value)])).toEqual(
      full.secrets.map(({ modp, publicValue }) => [String(modp), toHex(publicValue)]),
    );
  });

  it.each([
    'FORM_TYPE',
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
    'rekey_freq',
    'expires',
    'my_nonce',
    'dhkeys',
  ])('S-004 refuses a form without %s', (name) => {
    badOptions(withoutField(full.form, name));
    badOptions(withValues(full.form, name, []));
  });

  it.each(['FORM_TYPE', 'rekey_freq', 'expires', 'my_nonce', 'match_resource'])(
    'S-004 refuses a form with two values of %s',
    (name) => {
      const [value = ''] = valuesOf(full.form, name);
      badOptions(withValues(full.form, name, [value, value]));
    },
  );

  it.each(['accept', 'dhhashes'])('R-004 refuses a form that has %s', (name) => {
    badOptions(withValues(full.form, name, ['1']));
  });

  it('ignores other fields that no offline form should have, and unknown ones', () => {
    let form = full.form;
    for (const name of ['pubkey', 'init_pubkey', 'resp_pubkey', 'sas_algs', 'surprise'])
      form = withValues(form, name, ['key']);
    expect(readOfflineOptions(form).unknownRequired).toEqual([]);
  });

  it('R-020 names unknown fields that are required', () => {
    const field = element('field', NS.form, { var: 'surprise' }, element('required', NS.form));
    expect(readOfflineOptions({ ...full.form, children: [...full.form.children, field] }).unknownRequired).toEqual([
      'surprise',
    ]);
    const known = serialize(full.form).replace(
      '<field type="list-single" var="ver">',
      '<field type="list-single" var="ver"><required/>',
    );
    expect(readOfflineOptions(parseElement(known)).unknownRequired).toEqual([]);
  });

  it('R-264 S-004 refuses counts of modp and dhkeys that differ, and a group named twice', () => {
    const keys = valuesOf(full.form, 'dhkeys');
    badOptions(withValues(full.form, 'dhkeys', keys.slice(1)));
    badOptions(withValues(full.form, 'dhkeys', [...keys, keys[0] ?? '']));
    badOptions(withValues(full.form, 'modp', ['15', '14']));
    badOptions(withValues(full.form, 'modp', ['15', '14', '15']));
  });

  it.each(['A', 'AA-A', '', ' ', 'AAA'])('S-001 refuses %j as a key', (text) => {
    badOptions(withValues(plain.form, 'dhkeys', [text]));
  });

  it('R-129 S-002 strips leading zeros of a received key', () => {
    const [value = ''] = valuesOf(plain.form, 'dhkeys');
    const padded = Buffer.concat([Buffer.alloc(5), Buffer.from(value, 'base64')]).toString('base64');
    const read = readOfflineOptions(withValues(plain.form, 'dhkeys', [padded]));
    expect(toHex(read.publicValues.get('14') ?? new Uint8Array())).toBe(
      toHex(plain.secrets[0]?.publicValue ?? new Uint8Array()),
    );
  });

  it.each([0, 1, 7, 65, 1000])('R-263 refuses a nonce of %i octets', (length) => {
    badOptions(withValues(full.form, 'my_nonce', [toBase64(new Uint8Array(length).fill(1))]));
  });

  it.each([8, 16, 64])('takes a nonce of %i octets, leading zeros kept', (length) => {
    const nonce = new Uint8Array(length);
    expect(readOfflineOptions(withValues(full.form, 'my_nonce', [toBase64(nonce)])).nonce).toEqual(nonce);
  });

  it.each([
    '2026-11-25',
    'tomorrow',
    '2026-11-25T08:00:00',
    '20261125T08:00:00',
    '2026-02-30T08:00:00Z',
    '',
    '2026-11-25 08:00:00Z',
  ])('S-008 refuses %j as expires', (text) => {
    badOptions(withValues(full.form, 'expires', [text]));
  });

  it('R-263 refuses a form past 64 KiB, and one with more than 64 fields or 32 values in one', () => {
    badOptions(withValues(full.form, 'long', ['x'.repeat(65_536)]));
    badOptions(withValues(full.form, 'many', Array.from({ length: 33 }, String)));
    badOptions(
      withValues(
        full.form,
        'signs',
        Array.from({ length: 33 }, () => 'AAAA'),
      ),
    );
    badOptions(
      withValues(
        full.form,
        'modp',
        Array.from({ length: 33 }, (_, group) => String(group + 14)),
      ),
    );
    let form = full.form;
    for (let i = 0; i < 60; i += 1) form = withValues(form, `f${i}`, ['1']);
    badOptions(form);
  });

  it('R-263 refuses a form that is past 64 KiB only when it is escaped', () => {
    badOptions(withValues(full.form, 'escaped', ['&'.repeat(14_000)]));
  });

  it('S-004 refuses another type of form and another FORM_TYPE', () => {
    badOptions({ ...full.form, attrs: { type: 'submit' } });
    badOptions({ ...full.form, attrs: { type: 'result' } });
    badOptions(withValues(full.form, 'FORM_TYPE', ['urn:xmpp:other']));
    badOptions({ ...full.form, ns: 'jabber:x:other' });
  });

  it('R-208 carries no title or label of the other side further', () => {
    const titled = { ...full.form, children: [element('title', NS.form, {}, 'Click here'), ...full.form.children] };
    expect(JSON.stringify({ ...readOfflineOptions(titled), normalized: '' })).not.toContain('Click here');
  });
});

describe('signerOf (profile 4.3)', () => {
  const signs = valuesOf(plain.form, 'signs')[0] ?? '';
  const read = (values: readonly string[]) => readOfflineOptions(withValues(plain.form, 'signs', values));
  const candidates = [publisherKey.publicKey];

  it('S-007 finds the key that signed, wherever the good value stands among bad ones', () => {
    const bad = [toBase64(senderKey.sign(plain.formNormalized)), 'AAAA', 'no Base64!', ''];
    expect(signerOf(read([signs]), candidates)).toBe(publisherKey.publicKey);
    expect(signerOf(read([...bad, signs]), candidates)).toBe(publisherKey.publicKey);
    expect(signerOf(read([signs]), [senderKey.publicKey, publisherKey.publicKey])).toBe(publisherKey.publicKey);
  });

  it.each([
    ['no value', []],
    ['a value by another key', [toBase64(senderKey.sign(plain.formNormalized))]],
    ['a value over another form', [toBase64(publisherKey.sign(full.formNormalized))]],
    ['a truncated value', [toBase64((fromBase64(signs) ?? new Uint8Array()).subarray(0, 200))]],
    ['a value with an octet more', [toBase64(new Uint8Array([...(fromBase64(signs) ?? []), 0]))]],
    ['a value that is no Base64', ['!']],
  ])('R-019 S-007 finds nobody with %s', (_, values) => {
    expect(signerOf(read(values), candidates)).toBeUndefined();
  });

  it('R-019 S-007 finds nobody among no keys, or among others', () => {
    expect(signerOf(read([signs]), [])).toBeUndefined();
    expect(signerOf(read([signs]), [senderKey.publicKey])).toBeUndefined();
  });

  it('S-006 flipping any one signed octet breaks verification', async () => {
    const xml = serialize((await createOptions({ groups: [5], policy: lenient })).form);
    const end = xml.indexOf('<field type="hidden" var="signs"');
    let read = 0;
    for (let at = 40; at < end; at += 3) {
      const other = xml[at] === 'A' ? 'B' : 'A';
      const changed = tryRead(xml.slice(0, at) + other + xml.slice(at + 1));
      if (changed === undefined) continue;
      read += 1;
      expect(signerOf(changed, candidates), `octet ${at}`).toBeUndefined();
    }
    expect(read).toBeGreaterThan(100);
  });

  it('R-296 S-012 takes no signature of a key that policy refuses', () => {
    const key = importSigningKey(pkcs8Of('alice@example.org')).publicKey;
    expect(signerOf(read([signs]), [{ ...key, exponent: Uint8Array.of(3) }])).toBeUndefined();
  });
});

function tryRead(xml: string): ReturnType<typeof readOfflineOptions> | undefined {
  try {
    return readOfflineOptions(parseElement(xml));
  } catch {
    return undefined;
  }
}
