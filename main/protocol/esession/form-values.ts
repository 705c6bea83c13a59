/** The values of session forms, each read in its one valid way (profile 2.1, 2.2, 2.8). */
import { fromBase64, toBase64 } from '../../base/bytes.ts';
import { COUNTER_OCTETS } from '../../crypto/ctr.ts';
import { HASH_OCTETS, MAC_LENGTHS } from '../../crypto/hash.ts';
import { fixedOctets, minimalOctets } from '../../crypto/mpi.ts';
import { field, fieldOf, valueOf } from '../../wire/xep0004-data-form.ts';
import type { DataForm, FormField } from '../../wire/xep0004-data-form.ts';
import { ESessionError } from './errors.ts';
import { readNonce } from './nonce.ts';
import { booleanOf } from './termination.ts';

/** Of group 18, and leading zeros enough for any sender. */
const MAX_PUBLIC_OCTETS = 2 * 1024;

/** The longest value that a hash makes. */
export const MAX_HASH_OCTETS = Math.max(...Object.values(HASH_OCTETS));

/** The fields that come last in a form, and are no part of its normalised content. */
export const IDENTITY_FIELDS: readonly string[] = ['identity', 'mac'];

/** @throws ESessionError `bad-form` if the field has not exactly one value, of 1 to `most` octets in Base64. */
export function octetsOf(form: DataForm, name: string, most: number): Uint8Array {
  const octets = fromBase64(valueOf(form, name) ?? '');
  if (octets === undefined || octets.length === 0 || octets.length > most) throw badForm(`${name} is missing or bad`);
  return octets;
}

/** A nonce of acceptable length. @throws ESessionError `bad-form` */
export function nonceOf(form: DataForm, name: string): Uint8Array {
  return readNonce(form, name) ?? refuseForm(`${name} is missing or bad`);
}

/** A public value, minimal octets: a repeated one is recognised however it is written. @throws ESessionError `bad-form` */
export function publicValueOf(form: DataForm): Uint8Array {
  return minimalOctets(octetsOf(form, 'dhkeys', MAX_PUBLIC_OCTETS));
}

/** C_A: 1 to 16 octets once leading zeros are gone, given as 16 (S-003). @throws ESessionError `bad-form` */
export function counterOf(form: DataForm): Uint8Array {
  const counter = minimalOctets(octetsOf(form, 'counter', MAX_PUBLIC_OCTETS));
  return counter.length > COUNTER_OCTETS ? refuseForm('a counter past 128 bits') : fixedOctets(counter, COUNTER_OCTETS);
}

/** ID_X and M_X as a form carries them. */
export interface HiddenProof {
  readonly hiddenIdentity: Uint8Array;
  readonly hiddenIdentityMac: Uint8Array;
}

/** @throws ESessionError `bad-form` if one of them is missing, or the MAC is as long as no hash makes it. */
export function hiddenProofOf(form: DataForm): HiddenProof {
  const hiddenIdentity = octetsOf(form, 'identity', MAX_IDENTITY_OCTETS);
  const hiddenIdentityMac = octetsOf(form, 'mac', MAX_HASH_OCTETS);
  if (!MAC_LENGTHS.has(hiddenIdentityMac.length)) throw badForm('a MAC of a length that no hash has');
  return { hiddenIdentity, hiddenIdentityMac };
}

/** The two fields that come last. */
export function proofFields({ hiddenIdentity, hiddenIdentityMac }: HiddenProof): readonly FormField[] {
  return [field('identity', toBase64(hiddenIdentity)), field('mac', toBase64(hiddenIdentityMac))];
}

/** A boolean field; false if there is none. @throws ESessionError `bad-form` for a word that is none. */
export function flagOf(form: DataForm, name: string): boolean {
  if (fieldOf(form, name) === undefined) return false;
  return booleanOf(valueOf(form, name) ?? '') ?? refuseForm(`${name} is no boolean`);
}

/** @throws ESessionError `bad-form` */
export function refuseForm(what: string): never {
  throw badForm(what);
}

const MAX_IDENTITY_OCTETS = 8 * 1024;

function badForm(what: string): ESessionError {
  return new ESessionError('bad-form', what);
}
