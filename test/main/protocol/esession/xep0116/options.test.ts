import { describe, expect, it } from 'vitest';
import { isAccepted, offeredGroups, offeredValues } from '../../../../../main/protocol/esession/policy.ts';
import type { OptionField } from '../../../../../main/protocol/esession/policy.ts';
import {
  checkChoice,
  chooseOptions,
  readChosenValues,
  readOffer,
} from '../../../../../main/protocol/esession/xep0116/options.ts';
import type { ChosenValues, Offer } from '../../../../../main/protocol/esession/xep0116/options.ts';
import { field } from '../../../../../main/wire/xep0004-data-form.ts';
import type { DataForm, FormField } from '../../../../../main/wire/xep0004-data-form.ts';
import { lenient, strict } from '../../../../support/offline-exchange.ts';

const LISTS: Readonly<Record<OptionField, readonly string[]>> = {
  disclosure: ['never'],
  security: ['e2e'],
  modp: ['15', '14', '16'],
  crypt_algs: ['aes256-ctr', 'aes128-ctr'],
  hash_algs: ['sha256'],
  sign_algs: ['http://www.w3.org/2000/09/xmldsig#rsa-sha256', 'rsa'],
  compress: ['none'],
  stanzas: ['message'],
  ver: ['1.0'],
};

const list = (name: string, options: readonly string[]): FormField => ({ ...field(name), options });

function offerForm(
  changes: Readonly<Record<string, readonly string[]>> = {},
  more: readonly FormField[] = [],
): DataForm {
  const lists = { otr: ['false', 'true'], ...LISTS, ...changes };
  const fields = Object.entries(lists).filter(([, options]) => options.length > 0);
  return {
    type: 'form',
    fields: [...fields.map(([name, options]) => list(name, options)), field('rekey_freq', '1'), ...more],
  };
}

function offerOf(changes: Readonly<Record<string, readonly string[]>> = {}, more: readonly FormField[] = []): Offer {
  const offer = readOffer(offerForm(changes, more));
  if (offer === undefined) throw new TypeError('no offer');
  return offer;
}

function choiceForm(changes: Readonly<Record<string, readonly string[]>> = {}): DataForm {
  const first = Object.entries(LISTS).map(([name, [value = '']]) => [name, [value]] as const);
  const values = { otr: ['false'], ...Object.fromEntries(first), rekey_freq: ['1'], ...changes };
  const fields = Object.entries(values).map(([name, value]) => field(name, ...value));
  return { type: 'submit', fields: fields.filter(({ values: all }) => all.length > 0) };
}

function valuesOf(changes: Readonly<Record<string, readonly string[]>> = {}): ChosenValues {
  const values = readChosenValues(choiceForm(changes));
  if (values === undefined) throw new TypeError('no values');
  return values;
}

describe('the policy (profile 9)', () => {
  it('R-294 offers groups 15, 14, 16, and 5 as the last only with older encryption', () => {
    expect(offeredGroups(strict)).toEqual([15, 14, 16]);
    expect(offeredGroups(lenient)).toEqual([15, 14, 16, 5]);
  });

  it.each(['1', '2', '3', '4', '5', '0', '13', '19', '014', ' 14', '14 ', '', '0x0e'])(
    'R-294 S-012 never takes group %j',
    (group) => {
      expect(isAccepted('modp', group, strict)).toBe(false);
      expect(isAccepted('modp', group, lenient)).toBe(group === '5');
    },
  );

  it('takes groups 17 and 18 without offering them', () => {
    expect(['14', '15', '16', '17', '18'].every((group) => isAccepted('modp', group, strict))).toBe(true);
    expect(offeredValues('modp', strict, offeredGroups(strict))).toEqual(['15', '14', '16']);
  });

  it.each([
    ['crypt_algs', 'none'],
    ['crypt_algs', 'twofish256-ctr'],
    ['crypt_algs', 'AES256-CTR'],
    ['hash_algs', 'md5'],
    ['hash_algs', 'sha1'],
    ['hash_algs', 'WHIRLPOOL'],
    ['sign_algs', 'dsa'],
    ['sign_algs', 'http://www.w3.org/2000/09/xmldsig#rsa-sha1'],
    ['compress', 'lzw'],
    ['compress', 'zlib'],
    ['stanzas', 'iq'],
    ['stanzas', 'presence'],
    ['security', 'c2s'],
    ['security', 'none'],
    ['disclosure', 'disabled'],
    ['disclosure', 'enabled'],
    ['ver', '2.0'],
    ['ver', 'constructor'],
  ] as const)('S-012 refuses %s %s whatever is switched on', (name, value) => {
    expect(isAccepted(name, value, lenient)).toBe(false);
    expect(offeredValues(name, lenient, offeredGroups(lenient))).not.toContain(value);
  });

  it('R-143 R-144 R-147 R-150 R-142 supports every mandatory algorithm', () => {
    const mandatory = {
      crypt_algs: 'aes128-ctr',
      sign_algs: 'http://www.w3.org/2000/09/xmldsig#rsa-sha256',
      hash_algs: 'sha256',
      compress: 'none',
    };
    for (const [name, value] of Object.entries(mandatory)) {
      expect(offeredValues(name as OptionField, strict, [])).toContain(value);
      expect(isAccepted(name as OptionField, value, strict)).toBe(true);
    }
  });

  it('S-020 neither offers nor takes what the self test did not prove', () => {
    const policy = { olderEncryption: true, missing: ['modp15', 'modp5', 'aes256-ctr'] as const };
    expect(offeredGroups(policy)).toEqual([14, 16]);
    expect(isAccepted('modp', '15', policy)).toBe(false);
    expect(offeredValues('crypt_algs', policy, [])).toEqual(['aes128-ctr']);
    expect(chooseOptions(offerOf(), policy, false)).toMatchObject({ chosen: { modp: 14, cipher: 'aes128-ctr' } });
  });
});

describe('readOffer (profile 3.2)', () => {
  it.each(Object.keys(LISTS))('S-004 is no offer without options for %s', (name) => {
    expect(readOffer(offerForm({ [name]: [] }))).toBeUndefined();
  });

  it('S-004 is no offer without otr or logging', () => {
    expect(readOffer(offerForm({ otr: [] }))).toBeUndefined();
  });

  it.each(['0', '-1', '01', '1.5', 'x', '', '4294967296', '99999999999'])(
    'R-083 is no offer with rekey_freq %j',
    (text) => {
      const form = offerForm();
      const fields = form.fields.map((one) => (one.name === 'rekey_freq' ? field('rekey_freq', text) : one));
      expect(readOffer({ ...form, fields })).toBeUndefined();
    },
  );

  it('R-064 takes rekey_freq up to the last number below 2^32', () => {
    const form = offerForm();
    const fields = form.fields.map((one) => (one.name === 'rekey_freq' ? field('rekey_freq', '4294967295') : one));
    expect(readOffer({ ...form, fields })?.rekeyFrequency).toBe(4_294_967_295);
  });
});

describe('chooseOptions', () => {
  it('R-076 picks exactly one option per field, the first in the order offered', () => {
    const choice = chooseOptions(
      offerOf({ modp: ['16', '14', '15'], crypt_algs: ['aes128-ctr', 'aes256-ctr'] }),
      strict,
      false,
    );
    expect(choice).toMatchObject({ kind: 'chosen', chosen: { modp: 16, cipher: 'aes128-ctr', otr: false } });
    if (choice.kind !== 'chosen') return;
    expect(Object.keys(choice.values.options).sort()).toEqual(Object.keys(LISTS).sort());
    expect(choice.values.rekeyFrequency).toBe(1);
  });

  it('repeats the exact string it picked', () => {
    const choice = chooseOptions(offerOf({ sign_algs: ['dsa', 'rsa'], ver: ['1.3', '1.2'] }), strict, false);
    expect(choice).toMatchObject({ values: { options: { sign_algs: 'rsa', ver: '1.3' } } });
  });

  it.each(Object.keys(LISTS))('R-020 S-012 has no choice if %s offers nothing that is supported', (name) => {
    expect(chooseOptions(offerOf({ [name]: ['unheard-of', '2'] }), lenient, false)).toEqual({
      kind: 'no-common-option',
      field: name,
      fields: [name],
    });
  });

  it('S-012 R-009 has no choice if stanzas has iq, or with a resource anything but message', () => {
    const none = { kind: 'no-common-option', field: 'stanzas', fields: ['stanzas'] };
    const resource = [field('match_resource', 'pda')];
    expect(chooseOptions(offerOf({ stanzas: ['message', 'iq'] }), strict, false)).toEqual(none);
    expect(chooseOptions(offerOf({ stanzas: ['message', 'presence'] }, resource), strict, false)).toEqual(none);
    expect(chooseOptions(offerOf({ stanzas: ['presence', 'message'] }), strict, false)).toMatchObject({
      kind: 'chosen',
    });
    expect(chooseOptions(offerOf({}, resource), strict, false)).toMatchObject({ kind: 'chosen' });
  });
});

describe('otr and logging', () => {
  const choose = (changes: Readonly<Record<string, readonly string[]>>, preferUnstored: boolean) => {
    const choice = chooseOptions(offerOf(changes), strict, preferUnstored);
    return choice.kind === 'chosen' ? [choice.chosen.otr, Object.fromEntries(choice.values.storage)] : choice.field;
  };

  it.each([
    ['otr', ['false', 'true'], 'false', 'true'],
    ['logging', ['may', 'mustnot'], 'may', 'mustnot'],
    ['logging', ['true', 'false'], 'true', 'false'],
    ['logging', ['mustnot', 'may'], 'may', 'mustnot'],
  ])('R-265 %s with %j: may be stored is %s, nobody stores is %s', (name, options, stored, unstored) => {
    const changes = { otr: [], [name]: options };
    expect(choose(changes, false)).toEqual([false, { [name]: stored }]);
    expect(choose(changes, true)).toEqual([true, { [name]: unstored }]);
  });

  it('R-265 answers both fields where both are offered and agree', () => {
    expect(choose({ otr: ['true', 'false'], logging: ['may', 'mustnot'] }, true)).toEqual([
      true,
      { otr: 'true', logging: 'mustnot' },
    ]);
  });

  it('R-265 a form whose two fields contradict each other is refused', () => {
    expect(readOffer(offerForm({ otr: ['false', 'true'], logging: ['may'] }))).toBeUndefined();
    expect(readOffer(offerForm({ otr: ['true'], logging: ['may'] }))).toBeUndefined();
    expect(readOffer(offerForm({ otr: ['true'], logging: ['mustnot'] }))).toBeDefined();
    expect(readChosenValues(choiceForm({ otr: ['true'], logging: ['may'] }))).toBeUndefined();
    expect(readChosenValues(choiceForm({ otr: ['true'], logging: ['mustnot'] }))).toBeDefined();
  });

  it('takes nothing but what the user decided on', () => {
    expect(choose({ otr: ['true'] }, false)).toBe('otr');
    expect(choose({ otr: ['false'] }, true)).toBe('otr');
    expect(choose({ otr: [], logging: ['mustnot'] }, false)).toBe('logging');
  });

  it.each(['maybe', 'True', 'constructor', '__proto__', ''])('knows no word %j', (word) => {
    expect(readOffer(offerForm({ otr: [word, word] }))).toBeUndefined();
    expect(readChosenValues(choiceForm({ otr: [word] }))).toBeUndefined();
  });
});

describe('checkChoice (check 5)', () => {
  it('R-097 takes what was offered', () => {
    expect(checkChoice(valuesOf(), offerOf(), strict)).toEqual({
      modp: 15,
      cipher: 'aes256-ctr',
      hash: 'sha256',
      signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha256',
      otr: false,
    });
  });

  it.each([
    ['disclosure', 'disabled'],
    ['security', 'c2s'],
    ['modp', '17'],
    ['modp', '5'],
    ['crypt_algs', 'aes192-ctr'],
    ['crypt_algs', 'none'],
    ['hash_algs', 'sha1'],
    ['sign_algs', 'dsa'],
    ['compress', 'zlib'],
    ['stanzas', 'iq'],
    ['ver', '1.3'],
    ['ver', ' 1.0'],
  ])('R-097 S-011 refuses %s %s, which was not offered', (name, value) => {
    expect(checkChoice(valuesOf({ [name]: [value] }), offerOf(), lenient)).toBeUndefined();
  });

  it('S-011 refuses a storage that was not offered', () => {
    expect(checkChoice(valuesOf({ otr: ['true'] }), offerOf({ otr: ['false'] }), strict)).toBeUndefined();
    expect(checkChoice(valuesOf({ otr: ['true'] }), offerOf(), strict)).toMatchObject({ otr: true });
  });

  it.each([
    ['crypt_algs', 'none'],
    ['hash_algs', 'sha1'],
    ['modp', '2'],
    ['compress', 'zlib'],
    ['stanzas', 'iq'],
    ['security', 'c2s'],
    ['sign_algs', 'rsa-sha1'],
  ])('S-012 refuses %s %s even if our own form had offered it', (name, value) => {
    expect(checkChoice(valuesOf({ [name]: [value] }), offerOf({ [name]: [value] }), lenient)).toBeUndefined();
  });

  it('R-294 refuses group 5 once older encryption is switched off, though the form offered it', () => {
    const [values, offer] = [valuesOf({ modp: ['5'] }), offerOf({ modp: ['15', '5'] })];
    expect(checkChoice(values, offer, lenient)).toMatchObject({ modp: 5 });
    expect(checkChoice(values, offer, strict)).toBeUndefined();
  });

  it('R-083 S-011 takes rekey_freq from the publisher’s number up to below 2^32', () => {
    const form = offerForm();
    const fields = form.fields.map((one) => (one.name === 'rekey_freq' ? field('rekey_freq', '50') : one));
    const offer = readOffer({ ...form, fields });
    if (offer === undefined) throw new TypeError('no offer');
    const isTaken = (text: string): boolean =>
      checkChoice(valuesOf({ rekey_freq: [text] }), offer, strict) !== undefined;
    expect(['49', '50', '51', '4294967295', '4294967296', '9999999999'].map(isTaken)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
