import { describe, expect, it } from 'vitest';
import { toBase64, toHex } from '../../../../main/base/bytes.ts';
import { sha256 } from '../../../../main/crypto/hash.ts';
import { readResponseForm } from '../../../../main/protocol/esession/xep0187-offline.ts';
import { elements, serialize } from '../../../../main/wire/element.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';
import { createOptions, started, valuesOf, withValues, withoutField } from '../../../support/offline-exchange.ts';

const options = await createOptions();
const { form } = await started(options.form);
const names = (of: Element): readonly string[] => elements(of).map(({ attrs }) => attrs['var'] ?? '');

const badForm = (of: Element): void => {
  expect(() => readResponseForm(of)).toThrow(expect.objectContaining({ code: 'bad-form' }));
};

describe('the response form (XEP-0187 §3.3, profile 3.5)', () => {
  it('R-076 R-085 R-025 has one value per field, nonce and counter, and identity and mac at the end', () => {
    expect(names(form)).toEqual([
      ...['FORM_TYPE', 'otr', 'disclosure', 'security', 'modp', 'crypt_algs', 'hash_algs', 'sign_algs', 'compress'],
      ...['stanzas', 'ver', 'rekey_freq', 'my_nonce', 'dhkeys', 'nonce', 'counter', 'identity', 'mac'],
    ]);
    for (const name of names(form)) expect(valuesOf(form, name).length, name).toBe(1);
    expect(form.attrs['type']).toBe('submit');
    expect(valuesOf(form, 'nonce')).toEqual([toBase64(options.nonce)]);
  });

  it('R-024 R-081 has no field about keys, no accept, no dhhashes, and nothing that only an offer has', () => {
    const ruledOut = [
      'pubkey',
      'init_pubkey',
      'resp_pubkey',
      'accept',
      'dhhashes',
      'expires',
      'match_resource',
      'signs',
    ];
    expect(names(form).filter((name) => ruledOut.includes(name))).toEqual([]);
  });

  it('R-084 R-083 has a nonce and a key of its own, and the publisher’s rekey_freq', () => {
    expect(valuesOf(form, 'my_nonce')).not.toEqual(valuesOf(options.form, 'my_nonce'));
    expect(valuesOf(form, 'dhkeys')).not.toEqual(valuesOf(options.form, 'dhkeys'));
    expect(valuesOf(form, 'rekey_freq')).toEqual(['1']);
  });

  it('R-027 has terminate before the identity where the session is for one stanza', async () => {
    const single = await started(options.form, { terminate: true });
    expect(names(single.form).slice(-3)).toEqual(['terminate', 'identity', 'mac']);
    expect(readResponseForm(single.form).terminate).toBe(true);
    expect(readResponseForm(form).terminate).toBe(false);
  });
});

describe('readResponseForm (check 1)', () => {
  it('reads what was written, through XML, whatever the order', () => {
    const read = readResponseForm(parseElement(serialize(form)));
    const reversed = readResponseForm({ ...form, children: form.children.toReversed() });
    expect(read).toMatchObject({ modp: 14, nonce: options.nonce, terminate: false });
    expect(toHex(read.digest)).toBe(toHex(sha256(read.hiddenIdentity, read.hiddenIdentityMac)));
    expect({ ...reversed, normalized: read.normalized }).toEqual(read);
  });

  it('S-004 refuses a form in which any field is missing, empty or doubled', () => {
    for (const name of names(form)) {
      const [value = ''] = valuesOf(form, name);
      badForm(withoutField(form, name));
      badForm(withValues(form, name, []));
      badForm(withValues(form, name, [value, value]));
      badForm({
        ...form,
        children: [...form.children, ...elements(form).filter(({ attrs }) => attrs['var'] === name)],
      });
    }
  });

  it.each(['my_nonce', 'nonce', 'dhkeys', 'counter', 'identity', 'mac'])(
    'S-001 refuses %s that is no Base64, or empty',
    (name) => {
      for (const text of ['', '!', 'AAAA-', 'A', 'AA=']) badForm(withValues(form, name, [text]));
    },
  );

  it.each(['', 'x', '-1', '0', '014', '1e1', '14.0', ' 14', '0x0e', '99999'])('S-004 refuses %j for modp', (text) => {
    badForm(withValues(form, 'modp', [text]));
  });

  it.each(['', '0', 'x', '-1', '1.0', '00', '99999999999'])('R-083 S-004 refuses %j for rekey_freq', (text) => {
    badForm(withValues(form, 'rekey_freq', [text]));
  });

  it.each([
    ['1', true],
    ['true', true],
    ['0', false],
    ['false', false],
  ])('R-203 R-027 reads terminate %s as %s', (text, isTerminating) => {
    expect(readResponseForm(withValues(form, 'terminate', [text])).terminate).toBe(isTerminating);
  });

  it.each(['', 'yes', 'TRUE', '2'])('S-004 refuses terminate %j', (text) => {
    badForm(withValues(form, 'terminate', [text]));
  });

  it('S-003 S-002 takes counters of 1 to 16 octets once leading zeros are gone, and no longer ones', () => {
    const counterOf = (hex: string): string =>
      toHex(readResponseForm(withValues(form, 'counter', [Buffer.from(hex, 'hex').toString('base64')])).counter);
    expect(counterOf('05')).toBe('05'.padStart(32, '0'));
    expect(counterOf('11'.repeat(15))).toBe('11'.repeat(15).padStart(32, '0'));
    expect(counterOf('22'.repeat(16))).toBe('22'.repeat(16));
    expect(counterOf('00'.repeat(20) + '22'.repeat(16))).toBe('22'.repeat(16));
    badForm(withValues(form, 'counter', [toBase64(new Uint8Array(17).fill(1))]));
  });

  it('S-002 reads d as a number: leading zeros do not make it another one', () => {
    const [value = ''] = valuesOf(form, 'dhkeys');
    const padded = Buffer.concat([Buffer.alloc(3), Buffer.from(value, 'base64')]).toString('base64');
    expect(toHex(readResponseForm(withValues(form, 'dhkeys', [padded])).d)).toBe(toHex(readResponseForm(form).d));
  });

  it('R-263 refuses an identity past 8 KiB, a nonce past 64 octets, a MAC of another length and a huge d', () => {
    badForm(withValues(form, 'identity', [toBase64(new Uint8Array(8193))]));
    badForm(withValues(form, 'my_nonce', [toBase64(new Uint8Array(65))]));
    badForm(withValues(form, 'nonce', [toBase64(new Uint8Array(7))]));
    badForm(withValues(form, 'mac', [toBase64(new Uint8Array(31))]));
    badForm(withValues(form, 'mac', [toBase64(new Uint8Array(33))]));
    badForm(withValues(form, 'dhkeys', [toBase64(new Uint8Array(3000).fill(1))]));
    badForm(withValues(form, 'x', ['y'.repeat(65_536)]));
  });

  it('S-004 refuses another type and FORM_TYPE; fields it does not know change nothing', () => {
    badForm({ ...form, attrs: { type: 'form' } });
    badForm(withValues(form, 'FORM_TYPE', ['urn:xmpp:other']));
    const more = readResponseForm(withValues(form, 'surprise', ['1']));
    expect({ ...more, normalized: '' }).toEqual({ ...readResponseForm(form), normalized: '' });
  });
});
