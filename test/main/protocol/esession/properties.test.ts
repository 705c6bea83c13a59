import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64, toHex } from '../../../../main/base/bytes.ts';
import type { ModpGroup } from '../../../../main/crypto/modp.ts';
import { readOfflineOptions, signerOf } from '../../../../main/protocol/esession/xep0187-options.ts';
import { readResponseForm } from '../../../../main/protocol/esession/xep0187-offline.ts';
import { parseEncrypted } from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { ESessionError } from '../../../../main/protocol/esession/errors.ts';
import { element, serialize } from '../../../../main/wire/element.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';
import {
  EXPIRES,
  accept,
  createOptions,
  lenient,
  started,
  valuesOf,
  withValues,
} from '../../../support/offline-exchange.ts';
import { publisherKey } from '../../../support/test-keys.ts';

const SEED = 20_261_122;
const candidates = [publisherKey.publicKey];

const flipped = (base64: string, bit: number): string => {
  const octets = fromBase64(base64) ?? new Uint8Array();
  return toBase64(octets.map((octet, at) => (at === bit >> 3 ? octet ^ (1 << (bit & 7)) : octet)));
};

describe(`properties (seed ${SEED})`, () => {
  it('R-010 S-005 what is read of any options is what was written, and its signature holds', async () => {
    const groups = fc.subarray<ModpGroup>([5, 14], { minLength: 1 });
    const resource = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => !/[\p{C}\s]/u.test(text));
    const minutes = fc.integer({ min: 1, max: 30 * 24 * 60 });
    const property = fc.asyncProperty(
      groups,
      resource,
      minutes,
      fc.integer(),
      async (offered, matchResource, ahead, seed) => {
        const expires = new Date(EXPIRES.getTime() + ahead * 60_000);
        const options = await createOptions({
          groups: offered,
          matchResource,
          expires,
          policy: lenient,
          seed: String(seed),
        });
        const read = readOfflineOptions(parseElement(serialize(options.form)));
        expect(read).toMatchObject({
          nonce: options.nonce,
          expires,
          matchResource,
          normalized: options.formNormalized,
        });
        expect([...read.publicValues.values()].map(toHex)).toEqual(
          options.secrets.map((one) => toHex(one.publicValue)),
        );
        expect(signerOf(read, candidates)).toBe(publisherKey.publicKey);
      },
    );
    await fc.assert(property, { seed: SEED, numRuns: 40 });
  });

  it('R-019 S-007 any bit of a signature flipped: nobody signed the options', async () => {
    const { form } = await createOptions();
    const [signs = ''] = valuesOf(form, 'signs');
    for (let bit = 0; bit < 2048; bit += 3) {
      expect(
        signerOf(readOfflineOptions(withValues(form, 'signs', [flipped(signs, bit)])), candidates),
      ).toBeUndefined();
    }
  });

  it('R-041 S-021 any bit of identity or mac flipped: the session is refused', async () => {
    const options = await createOptions({ groups: [5], policy: lenient });
    const { form } = await started(options.form, { policy: lenient });
    for (const name of ['identity', 'mac']) {
      const [value = ''] = valuesOf(form, name);
      const bits = 8 * (fromBase64(value)?.length ?? 0);
      for (let bit = 0; bit < bits; bit += name === 'mac' ? 3 : 97) {
        const outcome = await accept(options, withValues(form, name, [flipped(value, bit)]), { policy: lenient });
        expect(outcome).toEqual({ kind: 'refused', reason: 'bad-mac' });
      }
    }
  });

  it('R-263 no element makes a reader throw anything but its own error', async () => {
    const { form } = await createOptions();
    const { form: response } = await started(form);
    const text = fc.oneof(
      fc.constantFrom('', 'AA==', '1', '14', 'urn:xmpp:ssn', 'constructor', '__proto__'),
      fc.string(),
    );
    const name = fc.oneof(
      fc.constantFrom('FORM_TYPE', 'modp', 'dhkeys', 'otr', 'logging', 'signs', 'mac', 'expires'),
      text,
    );
    const change = fc.record({ name, values: fc.array(text, { maxLength: 4 }) });
    const part = fc.record({ name: fc.constantFrom('data', 'mac', 'key', 'new', 'old', 'x'), text });
    const own = (read: () => unknown): void => {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(ESessionError);
      }
    };
    const property = fc.property(
      fc.array(change, { maxLength: 4 }),
      fc.array(part, { maxLength: 4 }),
      (changes, parts) => {
        const changed = (base: Element): Element =>
          changes.reduce((of, one) => withValues(of, one.name, one.values), base);
        const [options, answered, c] = [tryBuild(() => changed(form)), tryBuild(() => changed(response)), cOf(parts)];
        own(() => options && readOfflineOptions(options));
        own(() => answered && readResponseForm(answered));
        own(() => c && parseEncrypted(c));
      },
    );
    fc.assert(property, { seed: SEED, numRuns: 1000 });
  });
});

/** A text that XML cannot carry makes no element. */
function tryBuild(build: () => Element): Element | undefined {
  try {
    return build();
  } catch {
    return undefined;
  }
}

function cOf(parts: readonly { readonly name: string; readonly text: string }[]): Element | undefined {
  return tryBuild(() =>
    element('c', NS.encrypted, {}, ...parts.map(({ name, text }) => element(name, NS.encrypted, {}, text))),
  );
}
