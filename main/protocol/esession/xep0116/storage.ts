/**
 * Whether messages may be kept: XEP-0187 says `otr` for what XEP-0116 and XEP-0155 call `logging`. Both names and both
 * vocabularies are understood; a form that carries both must not contradict itself (profile 3.2, R-265).
 */
import { fieldOf } from '../../../wire/xep0004-data-form.ts';
import type { DataForm } from '../../../wire/xep0004-data-form.ts';

export type StorageField = 'otr' | 'logging';

/** The options of the storage fields an offer has, in their own words. */
export type StorageOffer = ReadonlyMap<StorageField, readonly string[]>;

/** One word per storage field, as in a response. */
export type StorageWords = ReadonlyMap<StorageField, string>;

/** @returns undefined if there is no such field, or two that offer different things. */
export function readStorageOffer(form: DataForm): StorageOffer | undefined {
  const offer = new Map<StorageField, readonly string[]>();
  for (const name of STORAGE_FIELDS) {
    const found = fieldOf(form, name);
    if (found !== undefined) offer.set(name, found.options);
  }
  const [first, ...others] = [...offer].map(([name, words]) => meaningsOf(name, words));
  if (first === undefined || first.size === 0) return undefined;
  const isSame = others.every((other) => other.size === first.size && [...other].every((one) => first.has(one)));
  return isSame ? offer : undefined;
}

/** @returns undefined if there is no such field, one without exactly one known word, or two that differ. */
export function readStorageWords(form: DataForm): StorageWords | undefined {
  const words = new Map<StorageField, string>();
  for (const name of STORAGE_FIELDS) {
    const found = fieldOf(form, name);
    if (found === undefined) continue;
    const [word] = found.values;
    if (word === undefined || found.values.length > 1) return undefined;
    words.set(name, word);
  }
  return isUnstored(words) === undefined ? undefined : words;
}

/** What a response's words mean: true if nobody stores. Undefined if they are unknown or differ. */
export function isUnstored(words: StorageWords): boolean | undefined {
  const [first, ...others] = [...words].map(([name, word]) => VOCABULARY[name].get(word));
  return others.every((other) => other === first) ? first : undefined;
}

/** True if the offer has that, in whichever words. */
export function offersStorage(offer: StorageOffer, unstored: boolean): boolean {
  return pickStorage(offer, unstored) !== undefined;
}

/** For each field of the offer its own word for what is wanted; undefined if it is not offered. */
export function pickStorage(offer: StorageOffer, unstored: boolean): StorageWords | undefined {
  const picked = new Map<StorageField, string>();
  for (const [name, words] of offer) {
    const word = words.find((candidate) => VOCABULARY[name].get(candidate) === unstored);
    if (word === undefined) return undefined;
    picked.set(name, word);
  }
  return picked;
}

const STORAGE_FIELDS: readonly StorageField[] = ['otr', 'logging'];

/** `logging` has words of its own and, read the other way round, those of `otr`. */
const VOCABULARY: Readonly<Record<StorageField, ReadonlyMap<string, boolean>>> = {
  otr: new Map([
    ['true', true],
    ['false', false],
  ]),
  logging: new Map([
    ['mustnot', true],
    ['false', true],
    ['may', false],
    ['true', false],
  ]),
};

function meaningsOf(name: StorageField, words: readonly string[]): ReadonlySet<boolean> {
  return new Set(words.map((word) => VOCABULARY[name].get(word)).filter((meaning) => meaning !== undefined));
}
