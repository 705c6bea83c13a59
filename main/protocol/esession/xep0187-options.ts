/**
 * XEP-0187: Offline Encrypted Sessions, version 0.5 (2007-05-30).
 * https://xmpp.org/extensions/xep-0187.html
 *
 * Covers §3.1 (the options form a publisher leaves behind) and of §3.2 reading it and finding its signer. What fetches
 * and publishes it is `xmpp/xep0163-pep.ts`; starting and accepting a session is `xep0187-offline.ts`.
 */
import { fromBase64, toBase64 } from '../../base/bytes.ts';
import { formatDateTime, parseDateTime } from '../../base/time.ts';
import { drawExponent } from '../../crypto/modp.ts';
import type { ModpEngine, ModpGroup } from '../../crypto/modp.ts';
import { minimalOctets } from '../../crypto/mpi.ts';
import type { RandomSource } from '../../crypto/random.ts';
import { verifySignature } from '../../crypto/signature.ts';
import type { PublicKey, SigningKey } from '../../crypto/signature.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { buildForm, extendForm, field, fieldOf, formTypeField, valueOf } from '../../wire/xep0004-data-form.ts';
import type { DataForm, FormField } from '../../wire/xep0004-data-form.ts';
import { ESessionError } from './errors.ts';
import { drawNonce, readNonce } from './nonce.ts';
import { OPTION_FIELDS, offeredGroups, offeredValues } from './policy.ts';
import type { OptionField, Policy } from './policy.ts';
import { readSessionForm } from './session-form.ts';
import { normalizeForm } from './xep0116/normalize.ts';
import { readOffer } from './xep0116/options.ts';
import type { Offer } from './xep0116/options.ts';

/** The node a set is published at: for those who see our presence, or the one of XEP-0116. */
export type OfflineNode = 'presence' | 'open';

/** One private exponent x of a published set, with its e. */
export interface OfflineSecret {
  readonly modp: ModpGroup;
  readonly exponent: Uint8Array;
  readonly publicValue: Uint8Array;
}

/** A set that was made and not published yet: its secrets must be durable before its form leaves. */
export interface OfflineOptions {
  /** The whole `<x/>`, `signs` included. */
  readonly form: Element;
  /** form_A, what was signed. */
  readonly formNormalized: Uint8Array;
  /** N_A */
  readonly nonce: Uint8Array;
  /** As the form says it: whole seconds. */
  readonly expires: Date;
  readonly secrets: readonly OfflineSecret[];
}

/**
 * Makes a new set: a fresh nonce, a fresh exponent per group, and the signed form (§3.1, profile 3.2).
 *
 * @param p.groups - In order of preference; what policy offers, if absent.
 * @param p.matchResource - The only resource that will be able to read: ours, since the keys are on this machine.
 * @param p.signingKeys - One value of `signs` each.
 * @throws TypeError if the resource holds a character that servers alter.
 */
export async function createOfflineOptions(p: {
  readonly groups?: readonly ModpGroup[];
  readonly expires: Date;
  readonly matchResource?: string;
  readonly signingKeys: readonly SigningKey[];
  readonly policy: Policy;
  readonly random: RandomSource;
  readonly modp: ModpEngine;
}): Promise<OfflineOptions> {
  const nonce = drawNonce(p.random);
  const secrets = await Promise.all(
    (p.groups ?? offeredGroups(p.policy)).map(async (group): Promise<OfflineSecret> => {
      const exponent = drawExponent(group, p.random);
      return { modp: group, exponent, publicValue: await p.modp.power(group, exponent) };
    }),
  );
  return signOptions({ ...p, nonce, secrets });
}

/** Writes and signs the form of a set whose values are there already; `createOfflineOptions` is the way to call it. */
export function signOptions(p: {
  readonly nonce: Uint8Array;
  readonly secrets: readonly OfflineSecret[];
  readonly expires: Date;
  readonly matchResource?: string;
  readonly signingKeys: readonly SigningKey[];
  readonly policy: Policy;
}): OfflineOptions {
  const fields = optionsFields(p);
  const unsigned = buildForm({ type: 'form', fields });
  const formNormalized = normalizeForm(unsigned, []);
  const signatures = p.signingKeys.map((key) => toBase64(key.sign(formNormalized)));
  return {
    form: extendForm(unsigned, [hiddenField('signs', signatures)]),
    formNormalized,
    nonce: p.nonce,
    expires: new Date(Math.floor(p.expires.getTime() / 1000) * 1000),
    secrets: p.secrets,
  };
}

/** A published form as its reader sees it. Who signed it is for `signerOf`, whether it can be used for the session. */
export interface PublishedOptions {
  /** N_A */
  readonly nonce: Uint8Array;
  readonly expires: Date;
  readonly matchResource?: string;
  /** form_A: everything below was read from the same parse (S-005). */
  readonly normalized: Uint8Array;
  readonly signatures: readonly Uint8Array[];
  readonly offer: Offer;
  /** e by the `modp` option it belongs to; groups we do not know included. */
  readonly publicValues: ReadonlyMap<string, Uint8Array>;
  /** Fields with `<required/>` that we do not know: the set cannot be used (profile 6.4). */
  readonly unknownRequired: readonly string[];
}

/**
 * Reads a published form (§3.2, profile 2.3, 2.8, 3.2).
 *
 * @throws ESessionError `bad-options` if it is invalid, incomplete, or has a field that XEP-0187 3.1 rules out.
 */
export function readOfflineOptions(x: Element): PublishedOptions {
  const { form, normalized } = readSessionForm(x, 'form', ['signs'], 'bad-options');
  if (form.fields.some(({ name }) => RULED_OUT.includes(name))) throw badOptions('a field that no offline set has');
  const offer = readOffer(form);
  const nonce = readNonce(form, 'my_nonce');
  const expires = parseDateTime(valueOf(form, 'expires') ?? '');
  if (offer === undefined || nonce === undefined || expires === undefined)
    throw badOptions('a field is missing or bad');
  return {
    nonce,
    expires,
    ...matchResourceOf(form),
    normalized,
    signatures: signaturesOf(form),
    offer,
    publicValues: publicValuesOf(form, offer),
    unknownRequired: form.fields.filter(({ required, name }) => required && !KNOWN.has(name)).map(({ name }) => name),
  };
}

/**
 * The first of the candidates that signed the form (profile 4.3).
 *
 * @returns undefined if no value verifies: nothing may be sent.
 */
export function signerOf(options: PublishedOptions, candidates: readonly PublicKey[]): PublicKey | undefined {
  const isSignedBy = (key: PublicKey): boolean =>
    options.signatures.some((signature) => verifySignature(key, options.normalized, signature));
  return candidates.find(isSignedBy);
}

/** A 4-message request, or a field only such a form has, is no offline set (profile 3.2). */
const RULED_OUT: readonly string[] = ['accept', 'dhhashes'];

const KNOWN: ReadonlySet<string> = new Set([
  ...['FORM_TYPE', 'otr', 'logging', 'rekey_freq', 'expires', 'my_nonce', 'dhkeys', 'match_resource', 'signs'],
  ...OPTION_FIELDS,
]);

function optionsFields(p: Parameters<typeof signOptions>[0]): readonly FormField[] {
  const groups = p.secrets.map(({ modp }) => modp);
  const publicValues = p.secrets.map(({ publicValue }) => toBase64(minimalOctets(publicValue)));
  return [
    formTypeField(NS.ssn),
    // every field that an online request has, but for what XEP-0187 3.1 rules out.
    listField('otr', ['false', 'true']),
    ...OPTION_FIELDS.map((name) => listField(name, offeredValues(name, p.policy, groups))),
    { ...field('rekey_freq', '1'), type: 'text-single' },
    hiddenField('expires', [formatDateTime(p.expires)]),
    hiddenField('my_nonce', [toBase64(p.nonce)]),
    hiddenField('dhkeys', publicValues),
    ...(p.matchResource === undefined ? [] : [{ ...field('match_resource', p.matchResource), type: 'text-single' }]),
  ];
}

function listField(name: OptionField | 'otr', options: readonly string[]): FormField {
  return { name, type: name === 'stanzas' ? 'list-multi' : 'list-single', values: [], options, required: false };
}

function hiddenField(name: string, values: readonly string[]): FormField {
  return { ...field(name, ...values), type: 'hidden' };
}

function matchResourceOf(form: DataForm): { readonly matchResource?: string } {
  if (fieldOf(form, 'match_resource') === undefined) return {};
  const matchResource = valueOf(form, 'match_resource') ?? '';
  if (matchResource === '') throw badOptions('an empty resource');
  return { matchResource };
}

/** Values that are no Base64 are none; the others may still hold a good one (S-007). */
function signaturesOf(form: DataForm): readonly Uint8Array[] {
  const values = fieldOf(form, 'signs')?.values ?? [];
  return values.map(fromBase64).filter((signature) => signature !== undefined && signature.length > 0) as Uint8Array[];
}

/** as many keys as groups, in the same order; and no group twice. */
function publicValuesOf(form: DataForm, offer: Offer): ReadonlyMap<string, Uint8Array> {
  const groups = offer.options.modp;
  const values = fieldOf(form, 'dhkeys')?.values ?? [];
  const isPaired = values.length === groups.length && new Set(groups).size === groups.length;
  if (!isPaired) throw badOptions('keys and groups do not match');
  return new Map(groups.map((group, index) => [group, integerOf(values[index] ?? '')]));
}

function integerOf(text: string): Uint8Array {
  const octets = fromBase64(text);
  if (octets === undefined || octets.length === 0) throw badOptions('a key is no Base64');
  return minimalOctets(octets);
}

function badOptions(what: string): ESessionError {
  return new ESessionError('bad-options', what);
}
