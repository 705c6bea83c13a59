/** Known answers for modular powers (S-020), computed outside this program with another implementation. */
import { toHex } from '../base/bytes.ts';
import { sha256 } from './hash.ts';
import type { ModpGroup } from './modp-groups.ts';
import type { ModpPower } from './modp-power.ts';

/** True if that way of computing gives the known 2^x and (2^x)^y in that group; one that throws is not right. */
export function isPowerRight(power: ModpPower, group: ModpGroup): boolean {
  try {
    const publicValue = power(group, X);
    return toHex(sha256(publicValue, power(group, Y, publicValue))) === KNOWN[group];
  } catch {
    return false;
  }
}

/** 320 bits each, from 0x01 upwards and from 0xff downwards. */
const X = Uint8Array.from({ length: 40 }, (_, index) => index + 1);
const Y = Uint8Array.from({ length: 40 }, (_, index) => 0xff - index);

/** SHA-256 of both results, minimal octets, joined. */
const KNOWN: Readonly<Record<ModpGroup, string>> = {
  5: '443df06d92b0098c677ac5a7949f4790272301c6e6397d9f66a1368112b10838',
  14: '7c9576806f43a6f0bd72ff32b081683e3b52f1c003619bd52c0d1b2207a7b629',
  15: '180ddd1dbfe51a2e07a57ffaa3653dc75963a7098b9e49d5eb728ed75711de3a',
  16: '835acecdfe790cb8bc78802d6eeccd79aa3dc6f3467edf57e63cae08a408965a',
  17: '1a761b4933950e72fcda3e45ae95c208355a860d603b4b841a326e7c7f33f90a',
  18: '31182179931b99c040cbd2ffe5a8e6fabfcd71c8bd850d1ba4445c06342e05b5',
};
