/** The forms after the request: response, and both sides' completions (XEP-0116 §4.5 to §4.7, profile 7.2 and 7.5). */
import { fromBase64, toBase64 } from '../../../base/bytes.ts';
import { minimalOctets } from '../../../crypto/mpi.ts';
import type { Element } from '../../../wire/element.ts';
import { NS } from '../../../wire/namespaces.ts';
import { FORM_LIMITS, buildForm, field, fieldOf, valueOf } from '../../../wire/xep0004-data-form.ts';
import type { DataForm, FormField } from '../../../wire/xep0004-data-form.ts';
import {
  IDENTITY_FIELDS,
  MAX_HASH_OCTETS,
  counterOf,
  flagOf,
  hiddenProofOf,
  nonceOf,
  octetsOf,
  publicValueOf,
  refuseForm,
} from '../form-values.ts';
import type { HiddenProof } from '../form-values.ts';
import { OPTION_FIELDS } from '../policy.ts';
import { readSessionForm } from '../session-form.ts';
import { booleanOf } from '../termination.ts';
import type { IdentityMode } from './identity.ts';
import { readChosenValues } from './options.ts';
import type { ChosenValues } from './options.ts';
import { SAS28X5 } from './sas.ts';

/** One identity mode per side. */
export interface ChosenModes {
  readonly initiator: IdentityMode;
  readonly responder: IdentityMode;
}

/** What a response says before its values of the exchange. */
export interface ResponseContent {
  readonly values: ChosenValues;
  readonly modes: ChosenModes;
  readonly hasSas: boolean;
  readonly responderNonce: Uint8Array;
}

/** Message 2 up to `responseValues`. No `dhhashes`. */
export function responseFields({ values, modes, hasSas, responderNonce }: ResponseContent): readonly FormField[] {
  return [
    field('FORM_TYPE', NS.ssn),
    field('accept', '1'),
    ...[...values.storage].map(([name, word]) => field(name, word)),
    ...OPTION_FIELDS.filter((name) => name !== 'ver').map((name) => field(name, values.options[name])),
    field('init_pubkey', modes.initiator),
    field('resp_pubkey', modes.responder),
    field('ver', values.options.ver),
    field('rekey_freq', String(values.rekeyFrequency)),
    field('my_nonce', toBase64(responderNonce)),
    ...(hasSas ? [field('sas_algs', SAS28X5)] : []),
  ];
}

/** The end of message 2: d, N_A and C_A. */
export function responseValues(d: Uint8Array, nonce: Uint8Array, counter: Uint8Array): readonly FormField[] {
  return [
    field('dhkeys', toBase64(minimalOctets(d))),
    field('nonce', toBase64(nonce)),
    field('counter', toBase64(minimalOctets(counter))),
  ];
}

/** Message 3; in 4-message with e and what is said of retained secrets, else without. */
export function completionFields(
  responderNonce: Uint8Array,
  opened?: { readonly initiatorPublic: Uint8Array; readonly rshashes: readonly Uint8Array[] },
): readonly FormField[] {
  return [
    field('FORM_TYPE', NS.ssn),
    field('accept', '1'),
    field('nonce', toBase64(responderNonce)),
    ...(opened === undefined
      ? []
      : [
          field('dhkeys', toBase64(minimalOctets(opened.initiatorPublic))),
          field('rshashes', ...opened.rshashes.map(toBase64)),
        ]),
  ];
}

/** Message 4. */
export function acceptanceFields(initiatorNonce: Uint8Array, srshash: Uint8Array): readonly FormField[] {
  return [field('FORM_TYPE', NS.ssn), field('nonce', toBase64(initiatorNonce)), field('srshash', toBase64(srshash))];
}

/** "No": the form with which a person declines. */
export function buildDecline(): Element {
  return buildForm({ type: 'submit', fields: [field('FORM_TYPE', NS.ssn), field('accept', '0')] });
}

/** Message 2 taken apart; nothing in it is verified yet. */
export type LiveResponse =
  | { readonly kind: 'declined' }
  | {
      readonly kind: 'accepted';
      readonly nonce: Uint8Array;
      readonly responderNonce: Uint8Array;
      readonly d: Uint8Array;
      readonly counter: Uint8Array;
      readonly values: ChosenValues;
      readonly modes: ChosenModes;
      readonly sasName: string | undefined;
      /** For `hiddenProofOf`, which a 3-message response has. */
      readonly form: DataForm;
      readonly normalized: Uint8Array;
    };

/** @throws ESessionError `bad-form` if it is invalid, or a field of profile 7.2 is missing, doubled or malformed. */
export function readResponse(x: Element): LiveResponse {
  const { form, normalized } = readSessionForm(x, 'submit', IDENTITY_FIELDS, 'bad-form');
  const isAccepted = booleanOf(valueOf(form, 'accept') ?? '') ?? refuseForm('accept is missing');
  if (!isAccepted) return { kind: 'declined' };
  if (fieldOf(form, 'dhhashes') !== undefined) refuseForm('a commitment in a response');
  return {
    kind: 'accepted',
    nonce: nonceOf(form, 'nonce'),
    responderNonce: nonceOf(form, 'my_nonce'),
    d: publicValueOf(form),
    counter: counterOf(form),
    values: readChosenValues(form) ?? refuseForm('a choice is missing or ambiguous'),
    modes: { initiator: modeOf(form, 'init_pubkey'), responder: modeOf(form, 'resp_pubkey') },
    sasName: valueOf(form, 'sas_algs'),
    form,
    normalized,
  };
}

/** Message 3 taken apart. */
export interface Completion {
  /** N_B */
  readonly nonce: Uint8Array;
  /** e; absent in 3-message. */
  readonly initiatorPublic?: Uint8Array;
  readonly rshashes: readonly Uint8Array[];
  /** The session ends with this stanza. */
  readonly terminate: boolean;
  readonly proof: HiddenProof;
  readonly normalized: Uint8Array;
}

/** @throws ESessionError `bad-form` */
export function readCompletion(x: Element): Completion {
  const { form, normalized } = readSessionForm(x, 'result', IDENTITY_FIELDS, 'bad-form');
  if (booleanOf(valueOf(form, 'accept') ?? '') !== true) refuseForm('a completion that does not accept');
  const rshashes = (fieldOf(form, 'rshashes')?.values ?? []).map((text) => fromBase64(text) ?? refuseForm('rshashes'));
  if (rshashes.length > FORM_LIMITS.perField) refuseForm('too many rshashes');
  return {
    nonce: nonceOf(form, 'nonce'),
    ...(fieldOf(form, 'dhkeys') === undefined ? {} : { initiatorPublic: publicValueOf(form) }),
    rshashes,
    terminate: flagOf(form, 'terminate'),
    proof: hiddenProofOf(form),
    normalized,
  };
}

/** Message 4 taken apart. */
export interface Acceptance {
  /** N_A */
  readonly nonce: Uint8Array;
  readonly srshash: Uint8Array;
  readonly proof: HiddenProof;
  readonly normalized: Uint8Array;
}

/** @throws ESessionError `bad-form` */
export function readAcceptance(x: Element): Acceptance {
  const { form, normalized } = readSessionForm(x, 'result', IDENTITY_FIELDS, 'bad-form');
  return {
    nonce: nonceOf(form, 'nonce'),
    srshash: octetsOf(form, 'srshash', MAX_HASH_OCTETS),
    proof: hiddenProofOf(form),
    normalized,
  };
}

function modeOf(form: DataForm, name: string): IdentityMode {
  const word = valueOf(form, name);
  return word === 'key' || word === 'hash' || word === 'none' ? word : refuseForm(`${name} is missing or unknown`);
}
