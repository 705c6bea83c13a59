/**
 * Modular powers on the calling thread, in the two ways the platform offers: BigInt arithmetic, which is always there,
 * and a Diffie-Hellman object of the platform. The third way is node-forge's (`forge.ts`).
 */
import { DiffieHellman, createDiffieHellman, getDiffieHellman } from 'node:crypto';
import { GENERATOR, primeHex } from './modp-groups.ts';
import type { ModpGroup } from './modp-groups.ts';
import { baseOf, primeOf } from './modp.ts';
import { fromBigInt, minimalOctets, toBigInt } from './mpi.ts';
import { plainOctets } from './octets.ts';
import { systemRandom } from './random.ts';

/** base^exponent mod p as `ModpEngine.power` says it, but here and now. */
export type ModpPower = (group: ModpGroup, exponent: Uint8Array, base?: Uint8Array) => Uint8Array;

/**
 * By BigInt square-and-multiply. It does not take constant time, so the exponent is split at random into two summands
 * each time: what is multiplied depends on the split. The bigints cannot be wiped and stay inside this function
 * (S-058).
 */
export const bigIntPower: ModpPower = (group, exponent, base) => {
  const prime = primeOf(group);
  const whole = toBigInt(exponent);
  if (whole === 0n) throw new RangeError('an exponent of zero');
  const powers = powersOf(baseOf(group, base), prime);
  const part = toBigInt(systemRandom.bytes(exponent.length)) % whole;
  const [left, right] = [part.toString(16), (whole - part).toString(16)];
  const digits = Math.max(left.length, right.length);
  let result = 1n;
  for (let place = digits; place > 0; place -= 1) {
    for (let bit = 0; bit < WINDOW_BITS; bit += 1) result = (result * result) % prime;
    const digit = digitAt(left, place) + digitAt(right, place);
    result = (result * (powers[digit] ?? 1n)) % prime;
  }
  return fromBigInt(result);
};

/**
 * By Diffie-Hellman objects of the platform, one per group, made at first use and kept (ruling 15).
 *
 * Where the platform tests the prime when it makes an object, the first use of a group takes from half a second to
 * half a minute, so only a thread of its own may call this unless `isNativeQuick`.
 */
export function createNativePower(): ModpPower {
  const objects = new Map<ModpGroup, DhObject>();
  return (group, exponent, base) => {
    if (toBigInt(exponent) === 0n) throw new RangeError('an exponent of zero');
    const known = objects.get(group);
    const object = known ?? (isNativeQuick ? borrowObject(group) : makeObject(group));
    if (known === undefined) objects.set(group, object);
    return object.power(exponent, base === undefined ? undefined : fromBigInt(baseOf(group, base)));
  };
}

const WINDOW_BITS = 4;

/** The base's powers from 0 to 30, the largest sum of two digits. */
function powersOf(base: bigint, prime: bigint): readonly bigint[] {
  const powers = [1n];
  for (let i = 1; i <= 2 * (2 ** WINDOW_BITS - 1); i += 1) powers.push(((powers[i - 1] ?? 1n) * base) % prime);
  return powers;
}

/** The hexadecimal digit at that place, counted from the right and from 1. */
function digitAt(hex: string, place: number): number {
  return place > hex.length ? 0 : Number.parseInt(hex.charAt(hex.length - place), 16);
}

interface DhObject {
  power(exponent: Uint8Array, base: Uint8Array | undefined): Uint8Array;
}

/** The parts of the platform's object that both ways below have. */
type RawObject = Pick<DiffieHellman, 'computeSecret' | 'generateKeys' | 'getPublicKey' | 'getPrime'>;

function makeObject(group: ModpGroup): DhObject {
  const raw = createDiffieHellman(Buffer.from(primeHex(group), 'hex'), GENERATOR);
  return wrap(raw, (exponent) => {
    raw.setPrivateKey(exponent);
  });
}

/**
 * OpenSSL has these groups ready under a name, without a test of the prime, but such an object has no setter for the
 * private key in JavaScript; the one of the sibling class works on it. The prime is compared with ours.
 */
function borrowObject(group: ModpGroup): DhObject {
  const raw = getDiffieHellman(`modp${group}`);
  if (raw.getPrime('hex') !== primeHex(group)) throw new TypeError(`the platform's group ${group} is another one`);
  return wrap(raw, (exponent) => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- borrowing it is the point
    Reflect.apply(DiffieHellman.prototype.setPrivateKey, raw, [exponent]);
  });
}

function wrap(raw: RawObject, setPrivateKey: (exponent: Uint8Array) => void): DhObject {
  return {
    power: (exponent, base) => {
      setPrivateKey(exponent);
      try {
        if (base !== undefined) return minimalOctets(plainOctets(raw.computeSecret(base)));
        raw.generateKeys();
        return minimalOctets(plainOctets(raw.getPublicKey()));
      } finally {
        // The object keeps its last private key: it must not be a secret one.
        setPrivateKey(ONE);
      }
    },
  };
}

const ONE = new Uint8Array([1]);

/** True where the platform makes the objects at once: OpenSSL under a name. BoringSSL tests the prime either way. */
export const isNativeQuick: boolean = !isBoringSsl(process.features) && canBorrow();

function isBoringSsl(features: object): boolean {
  return 'openssl_is_boringssl' in features && features.openssl_is_boringssl === true;
}

function canBorrow(): boolean {
  try {
    return Buffer.from(borrowObject(5).power(new Uint8Array([3]), undefined)).equals(Uint8Array.of(8));
  } catch {
    return false;
  }
}
