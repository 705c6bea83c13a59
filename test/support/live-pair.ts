/** Two sides of one live session over made-up keys, without the negotiation: what re-keying is tested on. */
import type { HashAlgorithm } from '../../main/crypto/hash.ts';
import type { ModpEngine, ModpGroup } from '../../main/crypto/modp.ts';
import { primeOf } from '../../main/crypto/modp.ts';
import { fromBigInt, toBigInt } from '../../main/crypto/mpi.ts';
import { liveSessionOf } from '../../main/protocol/esession/live-session.ts';
import type { LiveSession } from '../../main/protocol/esession/live-session.ts';

/** The real groups with exponents cut to 12 bits: as right as the real ones, and a hundred times as quick. */
export const shortExponents: ModpEngine = {
  power: (group, exponent, base) => {
    const short = (toBigInt(exponent) % 4093n) + 3n;
    return Promise.resolve(fromBigInt(power(base === undefined ? 2n : toBigInt(base), short, primeOf(group))));
  },
  close: () => undefined,
};

/** An initiator's and a responder's session that belong together. */
export async function livePair(o: {
  readonly rekeyFrequency: number;
  readonly modp?: ModpEngine;
  readonly group?: ModpGroup;
  readonly hash?: HashAlgorithm;
}): Promise<readonly [LiveSession, LiveSession]> {
  const { rekeyFrequency, modp = shortExponents, group = 14, hash = 'sha256' } = o;
  const octets = (fill: number, length = 32) => new Uint8Array(length).fill(fill);
  const [x, y] = [octets(0x91, 40), octets(0xb7, 40)];
  const [e, d] = [await modp.power(group, x), await modp.power(group, y)];
  const common = { modp: group, cipher: 'aes256-ctr', hash, rekeyFrequency, sendBlocks: 0 } as const;
  const fresh = { keysReceived: 0, sinceRekey: 0, oldMacKeys: [] } as const;
  const initiator: LiveSession = {
    ...{ ...common, ...fresh, role: 'initiator', peerPublic: d },
    ...{ sendCipherKey: octets(1), sendMacKey: octets(2), sendCounter: octets(0x15, 16) },
    receiveCounter: octets(0x95, 16),
    sets: [{ cipherKey: octets(3), macKey: octets(4), exponent: x, madeAtMs: 0 }],
  };
  const responder: LiveSession = {
    ...{ ...common, ...fresh, role: 'responder', peerPublic: e },
    ...{ sendCipherKey: octets(3), sendMacKey: octets(4), sendCounter: octets(0x95, 16) },
    receiveCounter: octets(0x15, 16),
    sets: [{ cipherKey: octets(1), macKey: octets(2), exponent: y, madeAtMs: 0 }],
  };
  return [liveSessionOf(initiator), liveSessionOf(responder)];
}

function power(base: bigint, exponent: bigint, prime: bigint): bigint {
  let result = 1n;
  for (let [square, left] = [base, exponent]; left > 0n; left >>= 1n, square = (square * square) % prime) {
    if ((left & 1n) === 1n) result = (result * square) % prime;
  }
  return result;
}
