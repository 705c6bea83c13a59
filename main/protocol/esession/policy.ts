/** What is offered, accepted and refused (profile 9, S-012): the floor that no peer can lower. */
import { DAY_MS } from '../../base/time.ts';
import type { ModpGroup } from '../../crypto/modp.ts';
import type { AlgorithmName } from '../../crypto/self-test.ts';

export interface Policy {
  /** Offer group 5 as the last, and take it. Off unless the user switched it on. */
  readonly olderEncryption: boolean;
  /** What the self test did not prove in this run: neither offered nor used (S-020). */
  readonly missing?: readonly AlgorithmName[];
}

/** The fields whose one value is picked from a list; storage (`otr`, `logging`) is the user's to decide. */
export type OptionField =
  'disclosure' | 'security' | 'modp' | 'crypt_algs' | 'hash_algs' | 'sign_algs' | 'compress' | 'stanzas' | 'ver';

/** In the order a form is written (profile 3.2). */
export const OPTION_FIELDS: readonly OptionField[] = [
  'disclosure',
  'security',
  'modp',
  'crypt_algs',
  'hash_algs',
  'sign_algs',
  'compress',
  'stanzas',
  'ver',
];

export const RSA_SHA256 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha256';

/** Octets of a nonce: ours, and what is accepted of others. */
export const NONCE_OCTETS = { own: 16, least: 8, most: 64 } as const;

/** One past the largest `rekey_freq` (XEP-0116 4.3, R-064, R-083). */
export const REKEY_FREQUENCY_END = 2 ** 32;

/** Options that claim a longer life are unusable (S-008). */
export const LONGEST_LIFE_MS = 31 * DAY_MS;

/** The groups we publish, in order of preference. */
export function offeredGroups(policy: Policy): readonly ModpGroup[] {
  const groups: readonly ModpGroup[] = policy.olderEncryption ? [15, 14, 16, 5] : [15, 14, 16];
  return groups.filter((group) => !isMissing(policy, `modp${group}`));
}

/** True for a value that may be offered or chosen. Which of them are offered, and in what order, is `offeredValues`. */
export function isAccepted(field: OptionField, value: string, policy: Policy): boolean {
  if (isMissing(policy, field === 'modp' ? `modp${value}` : value)) return false;
  return ACCEPTED[field].includes(value) || (field === 'modp' && value === '5' && policy.olderEncryption);
}

/** The values we write into a published form, in order of preference. */
export function offeredValues(field: OptionField, policy: Policy, groups: readonly ModpGroup[]): readonly string[] {
  if (field === 'modp') return groups.map(String);
  return OFFERED[field].filter((value) => isAccepted(field, value, policy));
}

/** Disclosure is `never` because no mechanism to disclose exists; stanzas are never `iq`. */
const OFFERED: Readonly<Record<Exclude<OptionField, 'modp'>, readonly string[]>> = {
  disclosure: ['never'],
  security: ['e2e'],
  crypt_algs: ['aes256-ctr', 'aes128-ctr'],
  hash_algs: ['sha256', 'whirlpool'],
  sign_algs: [RSA_SHA256, 'rsa'],
  compress: ['none'],
  stanzas: ['message'],
  ver: ['1.0'],
};

/** `ver` 1.2 and 1.3 stand in the XEPs' examples and name no other protocol (profile 3.2). */
const ACCEPTED: Readonly<Record<OptionField, readonly string[]>> = {
  ...OFFERED,
  modp: ['14', '15', '16', '17', '18'],
  crypt_algs: ['aes256-ctr', 'aes192-ctr', 'aes128-ctr'],
  ver: ['1.0', '1.2', '1.3'],
};

function isMissing(policy: Policy, name: string): boolean {
  return policy.missing?.some((missing) => missing === name) === true;
}
