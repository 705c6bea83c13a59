/**
 * What one side offers and the other picks (XEP-0116 4.3 and 4.5, profile 3.2 and 9): reading an offer, choosing from
 * it, and holding a choice against it.
 */
import type { CipherName } from '../../../crypto/ctr.ts';
import type { HashAlgorithm } from '../../../crypto/hash.ts';
import type { ModpGroup } from '../../../crypto/modp.ts';
import { fieldOf, valueOf } from '../../../wire/xep0004-data-form.ts';
import type { DataForm } from '../../../wire/xep0004-data-form.ts';
import { OPTION_FIELDS, REKEY_FREQUENCY_END, isAccepted } from '../policy.ts';
import type { OptionField, Policy } from '../policy.ts';
import { isUnstored, offersStorage, pickStorage, readStorageOffer, readStorageWords } from './storage.ts';
import type { StorageOffer, StorageWords } from './storage.ts';

/** What an offer says besides keys: for each field its options in the offerer's order. */
export interface Offer {
  readonly options: Readonly<Record<OptionField, readonly string[]>>;
  readonly storage: StorageOffer;
  readonly rekeyFrequency: number;
  readonly hasMatchResource: boolean;
}

/** What a session uses. `otr`: nobody stores its messages. */
export interface Chosen {
  readonly modp: ModpGroup;
  readonly cipher: CipherName;
  readonly hash: HashAlgorithm;
  readonly signature: string;
  readonly otr: boolean;
}

/** One value per field, as a response form writes them. */
export interface ChosenValues {
  readonly options: Readonly<Record<OptionField, string>>;
  readonly storage: StorageWords;
  readonly rekeyFrequency: number;
}

export type Choice =
  | { readonly kind: 'chosen'; readonly chosen: Chosen; readonly values: ChosenValues }
  /** `field` is the first of `fields`, all of which an online refusal names. */
  | { readonly kind: 'no-common-option'; readonly field: string; readonly fields: readonly string[] };

/**
 * Reads the list fields of a published form.
 *
 * @returns undefined if one is missing or empty, `rekey_freq` is no number in range, or storage contradicts itself.
 */
export function readOffer(form: DataForm): Offer | undefined {
  const options = mapFields((name) => fieldOf(form, name)?.options ?? []);
  const storage = readStorageOffer(form);
  const rekeyFrequency = readRekeyFrequency(form);
  if (storage === undefined || rekeyFrequency === undefined || rekeyFrequency >= REKEY_FREQUENCY_END) return undefined;
  if (OPTION_FIELDS.some((name) => options[name].length === 0)) return undefined;
  return { options, storage, rekeyFrequency, hasMatchResource: fieldOf(form, 'match_resource') !== undefined };
}

/**
 * Picks one option per field: the first in the offerer's order that policy accepts (profile 9). Storage is the
 * chooser's user's to decide: `preferUnstored` takes nothing but "nobody stores", its absence nothing but the rest.
 */
export function chooseOptions(offer: Offer, policy: Policy, preferUnstored: boolean): Choice {
  const storage = pickStorage(offer.storage, preferUnstored);
  const picked = mapFields((name) => offer.options[name].find((value) => isAccepted(name, value, policy)));
  const [field, ...more] = [
    ...(storage === undefined ? [[...offer.storage.keys()][0] ?? 'otr'] : []),
    ...(isStanzasOfferSound(offer) ? [] : ['stanzas']),
    ...OPTION_FIELDS.filter((name) => picked[name] === undefined),
  ];
  if (field !== undefined || storage === undefined) return noCommonOption(field ?? 'otr', more);
  const options = mapFields((name) => picked[name] ?? '');
  const values = { options, storage, rekeyFrequency: offer.rekeyFrequency };
  return { kind: 'chosen', chosen: chosenOf(options, preferUnstored), values };
}

/**
 * Holds a response's values against the offer that was really published (S-011) and against policy (S-012).
 *
 * @returns undefined if any value was not offered character for character, is not accepted, or is out of range.
 */
export function checkChoice(values: ChosenValues, offer: Offer, policy: Policy): Chosen | undefined {
  const { options, storage, rekeyFrequency } = values;
  const isOffered = OPTION_FIELDS.every(
    (name) => offer.options[name].includes(options[name]) && isAccepted(name, options[name], policy),
  );
  const otr = isUnstored(storage);
  if (!isOffered || otr === undefined || !offersStorage(offer.storage, otr)) return undefined;
  const isInRange = rekeyFrequency >= offer.rekeyFrequency && rekeyFrequency < REKEY_FREQUENCY_END;
  return isInRange ? chosenOf(options, otr) : undefined;
}

/**
 * Reads the values of a response form.
 *
 * @returns undefined if a field is missing or has not exactly one value, or storage contradicts itself.
 */
export function readChosenValues(form: DataForm): ChosenValues | undefined {
  const options = mapFields((name) => valueOf(form, name));
  const storage = readStorageWords(form);
  const rekeyFrequency = readRekeyFrequency(form);
  if (storage === undefined || rekeyFrequency === undefined) return undefined;
  if (OPTION_FIELDS.some((name) => options[name] === undefined)) return undefined;
  return { options: mapFields((name) => options[name] ?? ''), storage, rekeyFrequency };
}

function mapFields<Value>(read: (name: OptionField) => Value): Readonly<Record<OptionField, Value>> {
  return Object.fromEntries(OPTION_FIELDS.map((name) => [name, read(name)])) as Record<OptionField, Value>;
}

/** Every name here was found in the lists of `policy.ts`, which hold nothing else. */
function chosenOf(options: ChosenValues['options'], otr: boolean): Chosen {
  return {
    modp: Number(options.modp) as ModpGroup,
    cipher: options.crypt_algs as CipherName,
    hash: options.hash_algs as HashAlgorithm,
    signature: options.sign_algs,
    otr,
  };
}

/** A number from 1; its upper end is policy. */
function readRekeyFrequency(form: DataForm): number | undefined {
  const text = valueOf(form, 'rekey_freq');
  return text !== undefined && /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}

/** S-012: never `iq`; with `match_resource` nothing but `message`. */
function isStanzasOfferSound({ options: { stanzas }, hasMatchResource }: Offer): boolean {
  return !stanzas.includes('iq') && (!hasMatchResource || stanzas.every((value) => value === 'message'));
}

function noCommonOption(field: string, more: readonly string[]): Choice {
  return { kind: 'no-common-option', field, fields: [...new Set([field, ...more])] };
}
