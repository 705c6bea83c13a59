import { describe, expect, it } from 'vitest';
import { fromUtf8, toHex } from '../../../../main/base/bytes.ts';
import { toBigInt } from '../../../../main/crypto/mpi.ts';
import { systemRandom } from '../../../../main/crypto/random.ts';
import type { RandomSource } from '../../../../main/crypto/random.ts';
import {
  acceptOfflineSession,
  readResponseForm,
  startOfflineSession,
} from '../../../../main/protocol/esession/xep0187-offline.ts';
import { readOfflineOptions } from '../../../../main/protocol/esession/xep0187-options.ts';
import { decryptStanza, encryptStanza, parseEncrypted } from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { keyValueOf } from '../../../../main/protocol/esession/xep0116/key-value.ts';
import {
  advance,
  counterMode,
  counterOf,
  hiddenIdentityMac,
  keysOf,
  otherHalf,
  stanzaMac,
} from '../../../reference/session.ts';
import { octetsOf } from '../../../reference/integers.ts';
import { NOW, body, createOptions, lenient, modp, recordOf } from '../../../support/offline-exchange.ts';
import { senderKey } from '../../../support/test-keys.ts';
import { vectors } from '../../../vectors/esession-vectors.ts';

const ROUNDS = 1000;
const prime = BigInt(`0x${vectors.groups[0]?.p ?? ''}`);

describe('random handshakes against the reference', () => {
  it(`S-002 S-017 R-255 ${ROUNDS} sessions in group 5: every key, MAC and counter agrees`, async () => {
    let shortSecrets = 0;
    let options = await createOptions({ groups: [5], policy: lenient, random: systemRandom });
    for (let round = 0; round < ROUNDS; round += 1) {
      if (round % 50 === 0) options = await createOptions({ groups: [5], policy: lenient, random: systemRandom });
      const [secret] = options.secrets;
      if (secret === undefined) throw new TypeError('no secret');
      const drawn: Uint8Array[] = [];
      const random: RandomSource = {
        bytes: (length) => {
          const octets = systemRandom.bytes(length);
          drawn.push(octets.slice());
          return octets;
        },
      };
      const published = readOfflineOptions(options.form);
      const start = await startOfflineSession({
        options: published,
        ownKey: senderKey,
        now: NOW,
        policy: lenient,
        random,
        modp,
      });
      if (start.kind !== 'started') throw new TypeError(start.reason);
      const response = readResponseForm(start.form);

      const d = toBigInt(response.d);
      const keys = keysOf('Responder', toBigInt(secret.exponent), d, prime, 32);
      if (octetsOf(d).length < 192) shortSecrets += 1;
      const C_B = otherHalf(counterOf(response.counter));
      expect(toHex(response.hiddenIdentityMac)).toBe(toHex(hiddenIdentityMac(keys.KM, C_B, response.hiddenIdentity)));
      const identity = fromUtf8(counterMode(keys.KC, C_B, response.hiddenIdentity));
      expect(identity.startsWith(keyValueOf(senderKey.publicKey))).toBe(true);
      const afterIdentity = advance(C_B, response.hiddenIdentity.length);

      const accepted = await acceptOfflineSession({
        response,
        record: recordOf(options),
        isSeen: () => false,
        judgeKey: () => 'accepted',
        now: NOW,
        policy: lenient,
        modp,
      });
      if (accepted.kind !== 'accepted') throw new TypeError(accepted.reason);
      for (const session of [start.session, accepted.session]) {
        expect(toHex(session.cipherKey) + toHex(session.macKey)).toBe(toHex(keys.KC) + toHex(keys.KM));
        expect(counterOf(session.counter)).toBe(afterIdentity);
      }

      const { c } = encryptStanza(start.session, [body(`letter ${round}`)]);
      const encrypted = parseEncrypted(c);
      expect(toHex(encrypted.mac)).toBe(toHex(stanzaMac(keys.KM, fromUtf8(encrypted.content), afterIdentity)));
      expect(decryptStanza(accepted.session, encrypted)).toMatchObject({
        kind: 'opened',
        content: [body(`letter ${round}`)],
      });
    }
    // About one value in 256 is short: among a thousand there are some, or the draw is not random.
    expect(shortSecrets).toBeGreaterThan(0);
  }, 120_000);
});
