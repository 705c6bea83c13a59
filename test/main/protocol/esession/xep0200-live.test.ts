import { describe, expect, it } from 'vitest';
import { toBase64, toHex } from '../../../../main/base/bytes.ts';
import {
  acceptRekey,
  encryptLive,
  encryptLiveOctets,
  fitsRekey,
  mayRekey,
  mustRekey,
  openLive,
  prepareRekey,
  wipeLiveSession,
} from '../../../../main/protocol/esession/xep0200-live.ts';
import type { LiveSession } from '../../../../main/protocol/esession/xep0200-live.ts';
import {
  buildTerminationContent,
  isTermination,
  parseEncrypted,
} from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { buildUnsupportedAnswer, terminationType } from '../../../../main/protocol/esession/termination.ts';
import type { Element } from '../../../../main/wire/element.ts';
import { childText, childrenNamed, element, textOf } from '../../../../main/wire/element.ts';
import { NS } from '../../../../main/wire/namespaces.ts';
import { livePair, shortExponents } from '../../../support/live-pair.ts';
import { body } from '../../../support/offline-exchange.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const random = seededRandom('live');
const elapsedMs = 0;
const write = (session: LiveSession, text = 'text') => encryptLive(session, [body(text)], { elapsedMs });

async function rekey(session: LiveSession, at = 0) {
  const prepared = await prepareRekey(session, random, shortExponents);
  return encryptLive(session, [body('with a key')], { elapsedMs: at, rekey: prepared });
}

/** Takes a stanza that must open, its re-key included. */
async function take(session: LiveSession, c: Element, at = 0): Promise<LiveSession> {
  const outcome = openLive(session, parseEncrypted(c), at);
  if (outcome.kind !== 'opened') throw new TypeError(outcome.kind);
  const { session: next } = outcome;
  const done = next.pendingKey === undefined ? next : await acceptRekey(next, shortExponents);
  if (done === undefined) throw new TypeError('refused');
  return done;
}

describe('encryptLive (XEP-0200 §6 and §9.2, profile 8.2)', () => {
  it('R-170 refuses a re-key before its time, and one of a former state', async () => {
    const [one, other] = await livePair({ rekeyFrequency: 2 });
    expect(mayRekey(one)).toBe(false);
    await expect(rekey(one)).rejects.toThrow(RangeError);
    const heard = await take(one, write(other).c);
    const prepared = await prepareRekey(heard, random, shortExponents);
    expect(fitsRekey(heard, prepared)).toBe(true);
    const moved = { ...heard, sinceRekey: 2, peerPublic: Uint8Array.of(4) };
    expect(fitsRekey(moved, prepared)).toBe(false);
    expect(() => encryptLive(moved, undefined, { elapsedMs, rekey: prepared })).toThrow(RangeError);
  });

  it('R-172 R-169 the stanza with the key is under the old keys, later ones under the new, and old KC is erased', async () => {
    const [one, other] = await livePair({ rekeyFrequency: 1 });
    const first = write(one);
    const listening = await take(other, first.c);
    const oldKey = first.session.sendCipherKey;
    const { c, session } = await rekey(first.session);
    expect(openLive(listening, parseEncrypted(c), 0)).toMatchObject({ content: [body('with a key')] });
    expect(oldKey.every((octet) => octet === 0)).toBe(true);
    expect(session.sets).toHaveLength(2);
  });

  it('R-158 says once how many keys came since its last stanza', async () => {
    const [one, other] = await livePair({ rekeyFrequency: 1 });
    const first = write(one);
    const withKey = await rekey(first.session);
    const heard = await take(await take(other, first.c), withKey.c);
    const answer = write(heard);
    expect(childText(answer.c, 'new', NS.encrypted)).toBe('1');
    expect(childText(write(answer.session).c, 'new', NS.encrypted)).toBeUndefined();
  });

  it('R-177 S-037 publishes old MAC keys only once a stanza under the new ones came', async () => {
    const [one, other] = await livePair({ rekeyFrequency: 1 });
    const first = write(one);
    const used = [first.session.sendMacKey, first.session.sets[0]?.macKey].map((key) =>
      toBase64(key ?? new Uint8Array()),
    );
    const withKey = await rekey(first.session);
    const tooSoon = write(withKey.session);
    expect(childrenNamed(tooSoon.c, 'old', NS.encrypted)).toEqual([]);
    const heard = await take(await take(await take(other, first.c), withKey.c), tooSoon.c);
    const answer = write(heard);
    expect(childrenNamed(answer.c, 'old', NS.encrypted)).toEqual([]);
    const published = write(await take(tooSoon.session, answer.c));
    expect(childrenNamed(published.c, 'old', NS.encrypted).map(textOf)).toEqual(used);
  });

  it('R-181 R-168 stops before 2^32 blocks, asks for a re-key at half of them, and keeps room to end', async () => {
    const [one] = await livePair({ rekeyFrequency: 1 });
    expect(mustRekey({ ...one, sendBlocks: 2 ** 31 })).toBe(true);
    expect(mustRekey({ ...one, sendBlocks: 2 ** 31 - 1 })).toBe(false);
    const full = { ...one, sendBlocks: 2 ** 32 - 32 };
    expect(() => encryptLive(full, [body('x')], { elapsedMs })).toThrow(expect.objectContaining({ code: 'exhausted' }));
    expect(encryptLive(full, buildTerminationContent(), { elapsedMs }).session.sendBlocks).toBeLessThanOrEqual(2 ** 32);
  });

  it('S-032 R-280 refuses a value that was used or wiped', async () => {
    const [one, other] = await livePair({ rekeyFrequency: 1 });
    const { c } = write(one);
    expect(() => write(one)).toThrow(expect.objectContaining({ code: 'spent' }));
    expect(() => openLive(one, parseEncrypted(c), 0)).toThrow(expect.objectContaining({ code: 'spent' }));
    wipeLiveSession(other);
    expect(() => write(other)).toThrow(expect.objectContaining({ code: 'spent' }));
    expect(toHex(other.sendMacKey)).toBe('00'.repeat(32));
  });
});

describe('openLive (XEP-0200 §8 and §9.3, profile 8.3)', () => {
  it('R-163 R-164 S-031 a forged stanza destroys no set, whatever it says of new keys', async () => {
    const [one, other] = await livePair({ rekeyFrequency: 1 });
    const first = write(one);
    const { session } = await rekey(first.session);
    const heard = write(await take(other, first.c));
    const encrypted = parseEncrypted(heard.c);
    const forged = { ...encrypted, newKeys: 1 };
    expect(openLive(session, forged, 0)).toEqual({ kind: 'mismatch' });
    expect(openLive(session, { ...encrypted, newKeys: 2 }, 0)).toEqual({ kind: 'mismatch' });
    expect(openLive(session, encrypted, 0)).toMatchObject({ kind: 'opened' });
  });

  it('R-173 keeps old receiving keys for a minute, and then no longer', async () => {
    const [one, other] = await livePair({ rekeyFrequency: 1 });
    const first = write(one);
    const { session } = await rekey(first.session, 1_000);
    const late = parseEncrypted(write(await take(other, first.c)).c);
    const exponent = session.sets[0]?.exponent;
    expect(openLive(session, late, 61_000)).toEqual({ kind: 'mismatch' });
    expect(exponent?.every((octet) => octet === 0)).toBe(true);
  });

  it('R-173 reads what comes under the new keys however late it is', async () => {
    const [one, other] = await livePair({ rekeyFrequency: 1 });
    const first = write(one);
    const withKey = await rekey(first.session);
    const heard = await take(await take(other, first.c), withKey.c);
    await take(withKey.session, write(heard).c, 3_600_000);
  });

  it('R-175 R-176 both sides re-key at once and go on', async () => {
    const [one, other] = await livePair({ rekeyFrequency: 1 });
    const [a, b] = [write(one), write(other)];
    const [mine, theirs] = [await rekey(await take(a.session, b.c)), await rekey(await take(b.session, a.c))];
    let [left, right] = [await take(mine.session, theirs.c), await take(theirs.session, mine.c)];
    for (let round = 0; round < 3; round += 1) {
      const out = write(left);
      const back = write(await take(right, out.c));
      [left, right] = [await take(out.session, back.c), back.session];
    }
    expect([left.sets.length, right.sets.length]).toEqual([1, 1]);
  });

  it('tells content that is no XML from what it could not verify', async () => {
    const [one, other] = await livePair({ rekeyFrequency: 1 });
    const { c } = encryptLiveOctets(one, new TextEncoder().encode('<body>'), { elapsedMs });
    expect(openLive(other, parseEncrypted(c), 0)).toMatchObject({ kind: 'malformed-content' });
  });

  it('waits for a re-key to be accepted before anything else', async () => {
    const [one, other] = await livePair({ rekeyFrequency: 1 });
    const first = write(one);
    const withKey = await rekey(first.session);
    const outcome = openLive(await take(other, first.c), parseEncrypted(withKey.c), 0);
    if (outcome.kind !== 'opened') throw new TypeError(outcome.kind);
    expect(() => write(outcome.session)).toThrow(TypeError);
    expect(await acceptRekey(outcome.session, shortExponents)).toBeDefined();
  });
});

describe('forms inside a session (XEP-0155 §5 to §7)', () => {
  it('R-202 tells the end of a session from its acknowledgement', () => {
    expect(terminationType(buildTerminationContent())).toBe('submit');
    expect(terminationType(buildTerminationContent('result'))).toBe('result');
    expect(isTermination([body('x')])).toBe(false);
  });

  it.each(['renegotiate', 'continue'])('answers %s with the same field, set to 0', (name) => {
    const [asked] = buildTerminationContent();
    const renamed = JSON.parse(JSON.stringify(asked).replace('terminate', name)) as Element;
    const [answer] = buildUnsupportedAnswer([renamed]) ?? [];
    expect(JSON.stringify(answer)).toContain(`"var":"${name}"`);
    expect(JSON.stringify(answer)).toContain('"0"');
    expect(buildUnsupportedAnswer([body('x'), element('feature', NS.featureNeg)])).toBeUndefined();
  });
});
