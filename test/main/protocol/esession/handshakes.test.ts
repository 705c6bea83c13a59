import { describe, expect, it } from 'vitest';
import { fromUtf8, toHex } from '../../../../main/base/bytes.ts';
import { toBigInt } from '../../../../main/crypto/mpi.ts';
import { systemRandom } from '../../../../main/crypto/random.ts';
import { loadWhirlpool } from '../../../../main/crypto/whirlpool.ts';
import type { KeyJudgement } from '../../../../main/protocol/esession/xep0116/identity-proof.ts';
import type { Policy } from '../../../../main/protocol/esession/policy.ts';
import {
  acceptOfflineSession,
  readResponseForm,
  startOfflineSession,
} from '../../../../main/protocol/esession/xep0187-offline.ts';
import { readOfflineOptions } from '../../../../main/protocol/esession/xep0187-options.ts';
import { decryptStanza, encryptStanza, parseEncrypted } from '../../../../main/protocol/esession/xep0200-stanza.ts';
import { keyValueOf } from '../../../../main/protocol/esession/xep0116/key-value.ts';
import { octetsOf } from '../../../reference/integers.ts';
import {
  advance,
  counterMode,
  counterOf,
  hiddenIdentityMac,
  keysOf,
  otherHalf,
  sha256,
  stanzaMac,
} from '../../../reference/session.ts';
import type { ReferenceHash } from '../../../reference/session.ts';
import { whirlpool } from '../../../reference/whirlpool.ts';
import { NOW, body, createOptions, lenient, modp, recordOf, whirlpoolOnly } from '../../../support/offline-exchange.ts';
import { senderKey } from '../../../support/test-keys.ts';
import { vectors } from '../../../vectors/esession-vectors.ts';

const ROUNDS = 1000;
const prime = BigInt(`0x${vectors.groups[0]?.p ?? ''}`);

describe('random handshakes against the reference', () => {
  it(`S-002 S-017 R-255 ${ROUNDS} sessions in group 5: every key, MAC and counter agrees`, async () => {
    const shortSecrets = await handshakes(ROUNDS, lenient, sha256);
    // About one value in 256 is short: among a thousand there are some, or the draw is not random.
    expect(shortSecrets).toBeGreaterThan(0);
  }, 120_000);

  it('R-148 and so they do by whirlpool', async () => {
    await loadWhirlpool();
    await handshakes(20, whirlpoolOnly, whirlpool);
  }, 60_000);
});

/** @returns how many public values were shorter than the prime */
async function handshakes(rounds: number, policy: Policy, hash: ReferenceHash): Promise<number> {
  let shortSecrets = 0;
  let options = await createOptions({ groups: [5], policy, random: systemRandom });
  for (let round = 0; round < rounds; round += 1) {
    if (round % 50 === 0) options = await createOptions({ groups: [5], policy, random: systemRandom });
    const [secret] = options.secrets;
    if (secret === undefined) throw new TypeError('no secret');
    const published = readOfflineOptions(options.form);
    const how = { now: NOW, policy, modp };
    const start = await startOfflineSession({ ...how, options: published, ownKey: senderKey, random: systemRandom });
    if (start.kind !== 'started') throw new TypeError(start.reason);
    const response = readResponseForm(start.form);

    const d = toBigInt(response.d);
    const keys = keysOf('Responder', toBigInt(secret.exponent), d, prime, 32, hash);
    if (octetsOf(d).length < 192) shortSecrets += 1;
    const C_B = otherHalf(counterOf(response.counter));
    const { hiddenIdentity } = response;
    expect(toHex(response.hiddenIdentityMac)).toBe(toHex(hiddenIdentityMac(keys.KM, C_B, hiddenIdentity, hash)));
    const identity = fromUtf8(counterMode(keys.KC, C_B, hiddenIdentity));
    expect(identity.startsWith(keyValueOf(senderKey.publicKey))).toBe(true);
    const afterIdentity = advance(C_B, hiddenIdentity.length);

    const judged = { isSeen: () => false, judgeKey: (): KeyJudgement => 'accepted' };
    const accepted = await acceptOfflineSession({ ...how, ...judged, response, record: recordOf(options) });
    if (accepted.kind !== 'accepted') throw new TypeError(accepted.reason);
    for (const session of [start.session, accepted.session]) {
      expect(toHex(session.cipherKey) + toHex(session.macKey)).toBe(toHex(keys.KC) + toHex(keys.KM));
      expect(counterOf(session.counter)).toBe(afterIdentity);
    }

    const { c } = encryptStanza(start.session, [body(`letter ${round}`)]);
    const encrypted = parseEncrypted(c);
    expect(toHex(encrypted.mac)).toBe(toHex(stanzaMac(keys.KM, fromUtf8(encrypted.content), afterIdentity, hash)));
    expect(decryptStanza(accepted.session, encrypted)).toMatchObject({ content: [body(`letter ${round}`)] });
  }
  return shortSecrets;
}
