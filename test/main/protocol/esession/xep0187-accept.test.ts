import { describe, expect, it } from 'vitest';
import { toBase64, toHex } from '../../../../main/base/bytes.ts';
import type { ModpEngine } from '../../../../main/crypto/modp.ts';
import { xorHalf } from '../../../../main/crypto/ctr.ts';
import { acceptOfflineSession, readResponseForm } from '../../../../main/protocol/esession/xep0187-offline.ts';
import {
  NOW,
  accept,
  accepted,
  createOptions,
  lenient,
  modp,
  recordOf,
  started,
  strict,
  valuesOf,
  withValues,
} from '../../../support/offline-exchange.ts';
import { judged } from '../../../support/judged-response.ts';
import { senderKey } from '../../../support/test-keys.ts';

const options = await createOptions({ groups: [14, 5], policy: lenient });
const response = (await started(options.form)).form;

describe('acceptOfflineSession (XEP-0187 §3.4)', () => {
  it('R-036 R-040 accepts what a sender started, with its key and choices', async () => {
    const { outcome, steps } = await judged(options, response);
    expect(outcome).toMatchObject({
      kind: 'accepted',
      keyJudgement: 'accepted',
      terminate: false,
      peerKey: senderKey.publicKey,
      chosen: { modp: 14, otr: false },
      session: { direction: 'receive', modp: 14, cipher: 'aes256-ctr' },
    });
    expect(steps).toEqual({ seenAsked: 1, powers: 1, keysJudged: 1 });
  });

  it('R-078 starts at C_A XOR 2^127, after the identity’s blocks', async () => {
    const { session } = await accepted(options, response);
    const first = xorHalf(readResponseForm(response).counter);
    const distance = BigInt(`0x${toHex(session.counter)}`) - BigInt(`0x${toHex(first)}`);
    expect(distance).toBe(BigInt(Math.ceil(readResponseForm(response).hiddenIdentity.length / 16)));
    expect(session.blocks).toBe(Number(distance));
  });

  it('goes on with a key that contradicts one on file, and says so', async () => {
    const { outcome } = await judged(options, response, { judgeKey: () => 'changed' });
    expect(outcome).toMatchObject({ kind: 'accepted', keyJudgement: 'changed' });
  });

  it('R-027 says that the session ends with this stanza', async () => {
    const single = await started(options.form, { terminate: true });
    expect(await accept(options, single.form)).toMatchObject({ kind: 'accepted', terminate: true });
  });

  it('R-036 S-016 uses the x of the group that the response names, and no other', async () => {
    const inFive = (await started(options.form, { policy: { ...lenient, missing: ['modp14'] } })).form;
    expect(valuesOf(inFive, 'modp')).toEqual(['5']);
    const asked: number[] = [];
    const engine: ModpEngine = {
      power: (group, exponent, base) => {
        asked.push(group);
        expect(exponent).toBe(options.secrets.find((secret) => secret.modp === group)?.exponent);
        return modp.power(group, exponent, base);
      },
      close: () => undefined,
    };
    expect(await accept(options, inFive, { policy: lenient, modp: engine })).toMatchObject({
      kind: 'accepted',
      chosen: { modp: 5 },
    });
    expect(await accept(options, response, { policy: lenient, modp: engine })).toMatchObject({
      kind: 'accepted',
      chosen: { modp: 14 },
    });
    expect(asked).toEqual([5, 14]);
    // d of one group under the name of the other leads nowhere.
    expect(await accept(options, withValues(inFive, 'modp', ['14']), { policy: lenient })).toMatchObject({
      kind: 'refused',
    });
    expect(await accept(options, withValues(response, 'modp', ['5']), { policy: lenient })).toEqual({
      kind: 'refused',
      reason: 'bad-public-value',
    });
  });

  it('S-022 takes no record but the one that the nonce names', async () => {
    const other = await createOptions({ seed: 'other' });
    const call = acceptOfflineSession({
      response: readResponseForm(response),
      record: recordOf(other),
      isSeen: () => false,
      judgeKey: () => 'accepted',
      now: NOW,
      policy: strict,
      modp,
    });
    await expect(call).rejects.toThrow(RangeError);
  });
});

describe('after any outcome', () => {
  it('S-058 the shared power is wiped, and x is as it was', async () => {
    const before = options.secrets.map(({ exponent }) => toHex(exponent));
    const octets = Buffer.from(valuesOf(response, 'mac')[0] ?? '', 'base64').map((octet) => octet ^ 1);
    for (const form of [response, withValues(response, 'mac', [toBase64(new Uint8Array(octets))])]) {
      const { powers } = await judged(options, form);
      expect(powers.map((power) => power.every((octet) => octet === 0))).toEqual([true]);
    }
    expect(options.secrets.map(({ exponent }) => toHex(exponent))).toEqual(before);
  });

  it('S-021 there is nothing in it to send', async () => {
    const { outcome } = await judged(options, withValues(response, 'dhkeys', ['AQ==']));
    expect(Object.keys(outcome).sort()).toEqual(['kind', 'reason']);
    const good = await judged(options, response);
    expect(Object.keys(good.outcome).sort()).toEqual([
      'chosen',
      'keyJudgement',
      'kind',
      'peerKey',
      'session',
      'terminate',
    ]);
  });
});
