/** The short authentication string two people read to each other: `sas28x5` (XEP-0116 §4.7.2 and §9, profile 7.4). */
import { utf8 } from '../../../base/bytes.ts';
import { digest } from '../../../crypto/hash.ts';
import type { HashAlgorithm } from '../../../crypto/hash.ts';

export const SAS28X5 = 'sas28x5';

/**
 * Five characters of an alphabet without what is easily misheard. They are the same on both sides only if nobody
 * stands between them, but for one chance in seventeen million.
 *
 * @param initiatorMac - M_A, whole.
 * @param responseForm - form_B, normalised without `identity` and `mac`.
 */
export function sas28x5(hash: HashAlgorithm, initiatorMac: Uint8Array, responseForm: Uint8Array): string {
  const [high = 0, middle = 0, low = 0] = digest(hash, initiatorMac, responseForm, LABEL).slice(-3);
  let value = (high * 256 + middle) * 256 + low;
  let text = '';
  for (let digits = 0; digits < 5; digits += 1) {
    text = (ALPHABET[value % ALPHABET.length] ?? '') + text;
    value = Math.floor(value / ALPHABET.length);
  }
  return text;
}

const LABEL = utf8('Short Authentication String');
const ALPHABET = 'acdefghikmopqruvwxy123456789';
