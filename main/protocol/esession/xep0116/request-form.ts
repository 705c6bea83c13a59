/** The first form of an online negotiation: what the initiator is willing to do (XEP-0116 §4.3, profile 7.2 and 7.5). */
import { fromBase64, toBase64 } from '../../../base/bytes.ts';
import { HASH_OCTETS, sha256 } from '../../../crypto/hash.ts';
import type { ModpGroup } from '../../../crypto/modp.ts';
import { minimalOctets } from '../../../crypto/mpi.ts';
import type { Element } from '../../../wire/element.ts';
import { NS } from '../../../wire/namespaces.ts';
import { field, fieldOf, formTypeField, valueOf } from '../../../wire/xep0004-data-form.ts';
import type { DataForm, FormField } from '../../../wire/xep0004-data-form.ts';
import { nonceOf, refuseForm } from '../form-values.ts';
import { OPTION_FIELDS, offeredValues } from '../policy.ts';
import type { OptionField, Policy } from '../policy.ts';
import { readSessionForm } from '../session-form.ts';
import { booleanOf } from '../termination.ts';
import type { OfflineSecret } from '../xep0187-options.ts';
import type { IdentityMode } from './identity.ts';
import { readOffer } from './options.ts';
import type { Offer } from './options.ts';
import { SAS28X5 } from './sas.ts';

/** 4 messages between people, with a commitment and a spoken code; 3 with services (profile 7.1). */
export type Flow = 4 | 3;

/** What each side's identity may look like, in the offerer's order. */
export interface KeyModes {
  readonly initiator: readonly IdentityMode[];
  readonly responder: readonly IdentityMode[];
}

/** Profile 7.2. A 3-message request never offers `none`. */
export const DEFAULT_KEY_MODES: KeyModes = {
  initiator: ['key', 'hash', 'none'],
  responder: ['key', 'hash', 'none'],
};

/** A request as its reader sees it. */
export interface LiveRequest {
  readonly flow: Flow;
  /** N_A */
  readonly nonce: Uint8Array;
  readonly offer: Offer;
  readonly keyModes: KeyModes;
  readonly sasNames: readonly string[];
  /** e (3 messages) or He (4) by the `modp` option it belongs to. */
  readonly commitments: ReadonlyMap<string, Uint8Array>;
  /** form_A: everything above was read from the same parse (S-005). */
  readonly normalized: Uint8Array;
}

/** What goes into a request before its commitments. */
export interface RequestContent {
  readonly flow: Flow;
  readonly nonce: Uint8Array;
  readonly groups: readonly ModpGroup[];
  readonly keyModes: KeyModes;
  readonly rekeyFrequency: number;
  readonly policy: Policy;
}

/** A request up to its `commitmentField`, every list in order of preference. */
export function requestFields(content: RequestContent): readonly FormField[] {
  const { flow, nonce, groups, keyModes, rekeyFrequency, policy } = content;
  const options = (name: OptionField): FormField => listField(name, offeredValues(name, policy, groups));
  return [
    formTypeField(NS.ssn),
    { ...field('accept', '1'), type: 'boolean', required: true },
    { ...listField('logging', ['may', 'mustnot']), required: true },
    ...OPTION_FIELDS.filter((name) => name !== 'ver').map((name) =>
      name === 'disclosure' || name === 'security' ? { ...options(name), required: true } : options(name),
    ),
    listField('init_pubkey', keyModes.initiator),
    listField('resp_pubkey', keyModes.responder),
    options('ver'),
    { ...field('rekey_freq', String(rekeyFrequency)), type: 'text-single' },
    hiddenField('my_nonce', [toBase64(nonce)]),
    ...(flow === 4 ? [listField('sas_algs', [SAS28X5])] : []),
  ];
}

/** The end of a request: He of each group, or e itself in 3-message. */
export function commitmentField(flow: Flow, secrets: readonly Pick<OfflineSecret, 'publicValue'>[]): FormField {
  if (flow === 4) return hiddenField('dhhashes', secrets.map(commitmentOf).map(toBase64));
  const publicValues = secrets.map(({ publicValue }) => toBase64(minimalOctets(publicValue)));
  return hiddenField('dhkeys', publicValues);
}

/** He: always SHA-256, whatever hash is offered (profile 2.5). */
export function commitmentOf({ publicValue }: Pick<OfflineSecret, 'publicValue'>): Uint8Array {
  return sha256(minimalOctets(publicValue));
}

/**
 * Reads a request.
 *
 * @throws ESessionError `bad-form` if it is invalid or incomplete; nothing is answered then.
 */
export function readRequest(x: Element): LiveRequest {
  const { form, normalized } = readSessionForm(x, 'form', [], 'bad-form');
  if (booleanOf(valueOf(form, 'accept') ?? '') === undefined) refuseForm('accept is missing');
  const flow: Flow = fieldOf(form, 'dhhashes') === undefined ? 3 : 4;
  const offer = readOffer(form) ?? refuseForm('a list of options is missing or ambiguous');
  const keyModes = { initiator: modesOf(form, 'init_pubkey'), responder: modesOf(form, 'resp_pubkey') };
  const sasNames = fieldOf(form, 'sas_algs')?.options ?? [];
  const both = flow === 4 && fieldOf(form, 'dhkeys') !== undefined;
  if (both || (flow === 3 && fieldOf(form, 'sas_algs') !== undefined))
    refuseForm('fields of both kinds of negotiation');
  const commitments = commitmentsOf(form, offer, flow);
  return { flow, nonce: nonceOf(form, 'my_nonce'), offer, keyModes, sasNames, commitments, normalized };
}

/** as many as groups, in the same order; and no group twice. */
function commitmentsOf(form: DataForm, offer: Offer, flow: Flow): ReadonlyMap<string, Uint8Array> {
  const groups = offer.options.modp;
  const values = fieldOf(form, flow === 4 ? 'dhhashes' : 'dhkeys')?.values ?? [];
  const isPaired = values.length === groups.length && new Set(groups).size === groups.length;
  if (!isPaired) refuseForm('values and groups do not match');
  return new Map(groups.map((group, index) => [group, commitment(values[index] ?? '', flow)]));
}

function commitment(text: string, flow: Flow): Uint8Array {
  const octets = fromBase64(text);
  if (octets === undefined || octets.length === 0) return refuseForm('a value is no Base64');
  if (flow === 3) return minimalOctets(octets);
  return octets.length === HASH_OCTETS.sha256 ? octets : refuseForm('a commitment of another length');
}

/** Unknown words are passed over: what is left may still serve. */
function modesOf(form: DataForm, name: string): readonly IdentityMode[] {
  const options = fieldOf(form, name)?.options ?? [];
  return options.filter((word) => MODES.has(word)) as readonly IdentityMode[];
}

const MODES: ReadonlySet<string> = new Set(['key', 'hash', 'none'] satisfies readonly IdentityMode[]);

function listField(name: string, options: readonly string[]): FormField {
  return { name, type: name === 'stanzas' ? 'list-multi' : 'list-single', values: [], options, required: false };
}

function hiddenField(name: string, values: readonly string[]): FormField {
  return { ...field(name, ...values), type: 'hidden' };
}
