import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../main/base/bytes.ts';
import { systemRandom } from '../../../../main/crypto/random.ts';
import { sessionOf } from '../../../../main/protocol/esession/session.ts';
import {
  decryptStanza,
  encryptOctets,
  encryptStanza,
  parseEncrypted,
  searchForward,
  wipeSession,
} from '../../../../main/protocol/esession/xep0200-stanza.ts';
import type { SendingSession } from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { serialize } from '../../../../main/wire/element.ts';
import { body, establish } from '../../../support/offline-exchange.ts';

describe('a sending session', () => {
  it('S-032 serves once: a second plaintext under its counter is refused', async () => {
    const { sending } = await establish();
    const { session } = encryptStanza(sending, [body('first')]);
    expect(() => encryptStanza(sending, [body('second')])).toThrow(expect.objectContaining({ code: 'spent' }));
    expect(() => encryptStanza(sending, [body('first')])).toThrow(expect.objectContaining({ code: 'spent' }));
    expect(encryptStanza(session, [body('second')]).session.blocks).toBeGreaterThan(session.blocks);
  });

  it('S-032 is not spent by content that it refused', async () => {
    const { sending } = await establish();
    expect(() => encryptStanza(sending, [{ ...body('x'), name: 'thread' }])).toThrow(TypeError);
    expect(() => encryptStanza(sending, [body('x')], 1)).toThrow(expect.objectContaining({ code: 'exhausted' }));
    expect(encryptStanza(sending, [body('x')]).session.direction).toBe('send');
  });

  it('S-032 no key and counter block covers two plaintexts in 100,000 random schedules of send, failure, retry and restart', () => {
    const covered = new Map<string, string>();
    let schedule = 0;
    const fresh = (): SendingSession =>
      sessionOf({
        direction: 'send',
        modp: 14,
        cipher: 'aes256-ctr',
        hash: 'sha256',
        cipherKey: systemRandom.bytes(32),
        macKey: systemRandom.bytes(32),
        counter: systemRandom.bytes(16),
        blocks: 0,
      });
    let [current, old] = [fresh(), fresh()];
    let refused = 0;
    let resent = '';
    for (; schedule < 100_000; schedule += 1) {
      const [step = 0, size = 0] = systemRandom.bytes(2);
      if (step < 8) {
        // A restart: nothing of the session is left, a new exchange gives new keys.
        wipeSession(current);
        [old, current] = [current, fresh()];
      } else if (step < 64) {
        // A retry by someone who kept the old value and has other content now.
        try {
          note(old, encryptOctets(old, new Uint8Array(size)).c.name);
        } catch (error) {
          expect(error).toMatchObject({ code: 'spent' });
          refused += 1;
        }
      } else {
        const plain = systemRandom.bytes(size % 40);
        const { c, session } = encryptOctets(current, plain);
        note(current, `${schedule}`, plain.length);
        // A failed send: the same octets again, whatever comes of it.
        resent = step < 96 ? serialize(c) : resent;
        [old, current] = [current, session];
      }
    }
    expect(resent).toContain('<c ');
    expect(refused).toBeGreaterThan(1000);
    expect(covered.size).toBeGreaterThan(50_000);

    function note(session: SendingSession, plaintext: string, length = 1): void {
      const start = BigInt(`0x${toHex(session.counter)}`);
      for (let block = 0n; block < BigInt(Math.max(1, Math.ceil(length / 16))); block += 1n) {
        const id = `${toHex(session.cipherKey)} ${(start + block) % 2n ** 128n}`;
        expect(covered.get(id) ?? plaintext).toBe(plaintext);
        covered.set(id, plaintext);
      }
    }
  }, 60_000);

  it('S-058 prints as its name, as JSON too: it is never written down', async () => {
    const { sending } = await establish();
    const { session } = encryptStanza(sending, [body('x')]);
    for (const value of [sending, session]) {
      // eslint-disable-next-line @typescript-eslint/no-base-to-string -- what a careless log line would do
      expect([String(value), inspect(value), JSON.stringify(value)]).toEqual([
        'SendingSession',
        'SendingSession',
        '"SendingSession"',
      ]);
    }
  });
});

describe('a receiving session', () => {
  it('S-058 prints as its name', async () => {
    const { receiving } = await establish();
    // eslint-disable-next-line @typescript-eslint/no-base-to-string -- what a careless log line would do
    expect([String(receiving), inspect(receiving)]).toEqual(['ReceivingSession', 'ReceivingSession']);
  });

  it('is plain data that a store can take apart and put together', async () => {
    const { sending, receiving } = await establish();
    const stored = Object.fromEntries(Object.entries(receiving)) as unknown as typeof receiving;
    const { c } = encryptStanza(sending, [body('after a restart')]);
    expect(decryptStanza(stored, parseEncrypted(c))).toMatchObject({
      kind: 'opened',
      content: [body('after a restart')],
    });
  });

  it('R-042 S-037 encrypts nothing: the publisher never sends in an offline session', async () => {
    const { receiving } = await establish();
    expect(() => encryptStanza(receiving as never, [body('x')])).toThrow(TypeError);
  });
});

describe('wipeSession', () => {
  it('R-169 S-058 overwrites every key, and the session and all its earlier values are of no use', async () => {
    const { sending, receiving } = await establish();
    const { c, session } = encryptStanza(sending, [body('x')]);
    const opened = decryptStanza(receiving, parseEncrypted(c));
    if (opened.kind === 'mismatch') throw new TypeError(opened.kind);
    wipeSession(session);
    wipeSession(opened.session);
    for (const { cipherKey, macKey } of [sending, session, receiving, opened.session]) {
      expect([...cipherKey, ...macKey].every((octet) => octet === 0)).toBe(true);
    }
    const spent = expect.objectContaining({ code: 'spent' });
    expect(() => encryptStanza(session, [body('y')])).toThrow(spent);
    expect(() => decryptStanza(opened.session, parseEncrypted(c))).toThrow(spent);
    expect(() => decryptStanza(receiving, parseEncrypted(c))).toThrow(spent);
    expect(() => searchForward(receiving, parseEncrypted(c))).toThrow(spent);
  });
});
