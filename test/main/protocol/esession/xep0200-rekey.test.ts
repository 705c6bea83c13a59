import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../../../main/base/bytes.ts';
import type { CipherName } from '../../../../main/crypto/ctr.ts';
import { fromBigInt } from '../../../../main/crypto/mpi.ts';
import type { ModpEngine } from '../../../../main/crypto/modp.ts';
import { applyRekey } from '../../../../main/protocol/esession/xep0200-rekey.ts';
import { decryptStanza, encryptOctets, parseEncrypted } from '../../../../main/protocol/esession/xep0200-stanza.ts';
import type { ReceivingSession } from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { parseElement } from '../../../../main/wire/xml-parser.ts';
import { counterOf, hmac, stanzaMac } from '../../../reference/session.ts';
import { body, establish, modp } from '../../../support/offline-exchange.ts';
import { vectors } from '../../../vectors/esession-vectors.ts';

/** An engine that has the vectors' shared value ready. */
const answering = (Z: string): ModpEngine => ({
  power: () => Promise.resolve(fromBigInt(BigInt(`0x${Z}`))),
  close: () => undefined,
});

const session = (cipher: CipherName): ReceivingSession => ({
  direction: 'receive',
  modp: 14,
  cipher,
  hash: 'sha256',
  cipherKey: new Uint8Array(32).fill(1),
  macKey: new Uint8Array(32).fill(2),
  counter: new Uint8Array(16).fill(3),
  blocks: 77,
});
const secret = { modp: 14, exponent: Uint8Array.of(5), publicValue: Uint8Array.of(32) } as const;

describe('applyRekey (XEP-0200 §9.3, profile 8.3, 8.4)', () => {
  it.each(vectors.rekeyDerivation)(
    'R-175 takes the initiator’s keys of the vector for $cipher; K is not hashed',
    async ({ cipher, Z, keys }) => {
      const next = await applyRekey(session(cipher as CipherName), Uint8Array.of(4), secret, answering(Z));
      expect([next?.cipherKey, next?.macKey].map((key) => toHex(key ?? new Uint8Array()))).toEqual([
        keys.KC_init,
        keys.KM_init,
      ]);
      expect(toHex(next?.counter ?? new Uint8Array())).toBe('03'.repeat(16));
      expect(next?.blocks).toBe(0);
    },
  );

  it('S-037 reads on after a sender’s re-key, with x as the exponent', async () => {
    const { options, sending, receiving } = await establish();
    const [own] = options.secrets;
    if (own === undefined) throw new TypeError('no secret');
    const exponent = new Uint8Array(40).fill(0xaa);
    const [publicValue, shared] = [await modp.power(14, exponent), await modp.power(14, exponent, own.publicValue)];
    const { c } = encryptOctets(sending, utf8('<body>old keys</body>'));
    const data = parseEncrypted(c).data ?? new Uint8Array();
    const content = `<data>${base64(data)}</data><key>${base64(publicValue)}</key>`;
    const mac = stanzaMac(sending.macKey, content, counterOf(sending.counter));
    const withKey = parseElement(
      `<c xmlns='http://www.xmpp.org/extensions/xep-0200.html#ns'>${content}<mac>${base64(mac)}</mac></c>`,
    );
    const encrypted = parseEncrypted(withKey);
    expect(encrypted.hasKey).toBe(true);
    const opened = decryptStanza(receiving, encrypted);
    if (opened.kind !== 'opened') throw new TypeError(opened.kind);
    expect(opened.content).toEqual([body('old keys')]);
    const next = await applyRekey(opened.session, encrypted.key ?? new Uint8Array(), own, modp);
    if (next === undefined) throw new TypeError('refused');
    const cipherKey = hmac(shared, utf8('Rekey Initiator Crypt'));
    const macKey = hmac(shared, utf8('Rekey Initiator MAC'));
    const after = encryptOctets({ ...next, direction: 'send', cipherKey, macKey }, utf8('<body>new keys</body>'));
    expect(decryptStanza(next, parseEncrypted(after.c))).toMatchObject({ kind: 'opened', content: [body('new keys')] });
    expect(decryptStanza(opened.session, parseEncrypted(after.c))).toEqual({ kind: 'mismatch' });
  });

  it.each(vectors.invalidPublicKeys)('R-174 S-037 S-013 refuses the value of the vector: $why', async ({ value }) => {
    const never: ModpEngine = { power: () => Promise.reject(new Error('asked')), close: () => undefined };
    expect(await applyRekey(session('aes256-ctr'), fromBigInt(BigInt(`0x${value}`)), secret, never)).toBeUndefined();
  });

  it('refuses an exponent of another group', async () => {
    await expect(applyRekey(session('aes256-ctr'), fromHex('04'), { ...secret, modp: 15 }, modp)).rejects.toThrow(
      RangeError,
    );
  });

  it('S-058 wipes the shared value', async () => {
    const shared = fromBigInt(12_345_678n);
    const engine: ModpEngine = { power: () => Promise.resolve(shared), close: () => undefined };
    await applyRekey(session('aes256-ctr'), Uint8Array.of(4), secret, engine);
    expect([...shared]).toEqual([0, 0, 0]);
  });
});

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64');
}
