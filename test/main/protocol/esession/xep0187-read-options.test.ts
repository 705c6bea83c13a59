import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64, toHex } from '../../../../main/base/bytes.ts';
import { importSigningKey } from '../../../../main/crypto/signature.ts';
import { readOfflineOptions, signerOf } from '../../../../main/protocol/esession/xep0187-options.ts';
import { element, serialize } from '../../../../main/wire/element.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';
import { createOptions, lenient, valuesOf, withValues, withoutField } from '../../../support/offline-exchange.ts';
import { pkcs8Of, publisherKey, senderKey } from '../../../support/test-keys.ts';

const full = await createOptions({ groups: [15, 14, 16], matchResource: 'pda' });
const plain = await createOptions();

const badOptions = (form: Element): void => {
  expect(() => readOfflineOptions(form)).toThrow(expect.objectContaining({ code: 'bad-options' }));
};

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

  it('carries no title or label of the other side further', () => {
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
