import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64, utf8 } from '../../../../../main/base/bytes.ts';
import { finishNegotiation } from '../../../../../main/protocol/esession/xep0116/initiator.ts';
import { encryptLive, openLive } from '../../../../../main/protocol/esession/xep0200-live.ts';
import { parseEncrypted } from '../../../../../main/protocol/esession/xep0200-stanza.ts';
import type { Element } from '../../../../../main/wire/element.ts';
import { accepted, answered, completed, negotiate, request } from '../../../../support/live-negotiation.ts';
import { knowing } from '../../../../support/live-vectors.ts';
import { body, valuesOf, withValues } from '../../../../support/offline-exchange.ts';

const changed = (form: Element, name: string): Element => {
  const octets = fromBase64(valuesOf(form, name)[0] ?? '') ?? utf8('');
  return withValues(form, name, [toBase64(octets.map((octet, at) => (at === 3 ? octet ^ 1 : octet)))]);
};

describe('finishNegotiation (XEP-0116 §4.8)', () => {
  it('R-122 R-101 refuses a wrong nonce, MAC, key, and erases what was pending', async () => {
    const cases: readonly [string, (form: Element) => Element][] = [
      ['wrong-nonce', (form) => changed(form, 'nonce')],
      ['bad-mac', (form) => changed(form, 'mac')],
      ['bad-signature', (form) => ({ ...form, children: form.children.toReversed() })],
    ];
    for (const [reason, spoil] of cases) {
      const own = await request();
      const { form: response, pending } = await answered(own.form);
      const { form, pending: waiting } = await completed(own, response);
      const { form: last } = await accepted(pending, form);
      expect(finishNegotiation(waiting, spoil(last ?? own.form), knowing)).toMatchObject({ kind: 'refused', reason });
      expect(waiting.provisory.every((octet) => octet === 0)).toBe(true);
      expect(own.secrets.every(({ exponent }) => exponent.every((octet) => octet === 0))).toBe(true);
    }
  });

  it('R-119 R-120 R-089 keeps nothing of K, and both sides the same secret', async () => {
    const { initiator, responder, own } = await negotiate({ request: { groups: [15, 14] } });
    expect(initiator.retained).toEqual(responder.retained);
    // Only the exponent that re-keying needs is left.
    const left = own.secrets.filter(({ exponent }) => exponent.some((octet) => octet !== 0));
    expect(left.map(({ modp }) => modp)).toEqual([15]);
  });
});

describe('what people see of it', () => {
  it('R-151 both sides have the same spoken code, another one each time', async () => {
    const [one, other] = [await negotiate(), await negotiate({ request: { seed: 'again' } })];
    expect(one.initiator.sas).toBe(one.responder.sas);
    expect(one.initiator.sas).toMatch(/^[acdefghikmopqruvwxy1-9]{5}$/);
    expect(one.initiator.sas).not.toBe(other.initiator.sas);
  });

  it('R-107 someone in the middle, made of two of our own engines, is told by unequal codes', async () => {
    const codes = [];
    for (let run = 0; run < 20; run += 1) {
      const seeds = (name: string) => ({ seed: `${name} ${run}` });
      // Mallory answers Alice as Bob, and asks Bob as Alice; both accept a key that they see for the first time.
      const towardsBob = await negotiate({ request: seeds('mallory asks'), answer: seeds('bob') });
      const towardsAlice = await negotiate({ request: seeds('alice'), answer: seeds('mallory answers') });
      codes.push([towardsAlice.initiator.sas, towardsBob.responder.sas]);
    }
    expect(codes.filter(([alice, bob]) => alice === bob)).toEqual([]);
  });

  it('R-197 the session carries content both ways at once', async () => {
    const { initiator, responder, completion } = await negotiate();
    expect(completion.attrs['type']).toBe('result');
    const out = encryptLive(initiator.session, [body('to the responder')], { elapsedMs: 0 });
    const back = encryptLive(responder.session, [body('to the initiator')], { elapsedMs: 0 });
    expect(openLive(back.session, parseEncrypted(out.c), 0)).toMatchObject({ content: [body('to the responder')] });
    expect(openLive(out.session, parseEncrypted(back.c), 0)).toMatchObject({ content: [body('to the initiator')] });
  });

  it('S-058 a session serialises as its name', async () => {
    const { initiator } = await negotiate();
    expect(JSON.stringify(initiator.session)).toBe('"LiveSession"');
  });
});
