/** The response form of an offline session: what `<init/>` holds (XEP-0187 §3.3, profile 3.5). */
import { toBase64 } from '../../base/bytes.ts';
import { sha256 } from '../../crypto/hash.ts';
import { minimalOctets } from '../../crypto/mpi.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { field, valueOf } from '../../wire/xep0004-data-form.ts';
import type { DataForm } from '../../wire/xep0004-data-form.ts';
import {
  IDENTITY_FIELDS,
  counterOf,
  flagOf,
  hiddenProofOf,
  nonceOf,
  publicValueOf,
  refuseForm,
} from './form-values.ts';
import { OPTION_FIELDS } from './policy.ts';
import { readSessionForm, unprovenForm } from './session-form.ts';
import type { UnprovenForm } from './session-form.ts';
import { readChosenValues } from './xep0116/options.ts';
import type { ChosenValues } from './xep0116/options.ts';

/** A response form taken apart (check 1 of profile 6.3); nothing in it is verified yet. */
export interface ResponseForm {
  /** N_A: names the published set. */
  readonly nonce: Uint8Array;
  /** N_B */
  readonly responderNonce: Uint8Array;
  /** d, minimal octets: a repeated one is recognised however it is written (S-023). */
  readonly d: Uint8Array;
  readonly modp: number;
  /** C_A: 16 octets. */
  readonly counter: Uint8Array;
  readonly hiddenIdentity: Uint8Array;
  readonly hiddenIdentityMac: Uint8Array;
  /** SHA-256 of both: the same stanza once more has the same (check 4). */
  readonly digest: Uint8Array;
  /** The session ends with its first stanza. */
  readonly terminate: boolean;
  readonly values: ChosenValues;
  /** form_B */
  readonly normalized: Uint8Array;
}

/** What goes into a response before the identity is made. */
export interface ResponseContent {
  readonly values: ChosenValues;
  readonly nonce: Uint8Array;
  readonly responderNonce: Uint8Array;
  readonly responderPublic: Uint8Array;
  readonly counter: Uint8Array;
  readonly terminate: boolean;
}

/** form_B. No `accept`, nothing named after `pubkey`, nothing that only an offer has. */
export function buildResponse(content: ResponseContent): UnprovenForm {
  const { values, nonce, responderNonce, responderPublic, counter, terminate } = content;
  return unprovenForm('submit', [
    field('FORM_TYPE', NS.ssn),
    ...[...values.storage].map(([name, word]) => field(name, word)),
    ...OPTION_FIELDS.map((name) => field(name, values.options[name])),
    field('rekey_freq', String(values.rekeyFrequency)),
    field('my_nonce', toBase64(responderNonce)),
    field('dhkeys', toBase64(minimalOctets(responderPublic))),
    field('nonce', toBase64(nonce)),
    field('counter', toBase64(minimalOctets(counter))),
    ...(terminate ? [field('terminate', '1')] : []),
  ]);
}

/**
 * Reads the form inside `<init/>`: check 1 of the receiver's table.
 *
 * @throws ESessionError `bad-form` if it is invalid, or a field of profile 3.5 is missing, doubled or malformed.
 */
export function readResponseForm(x: Element): ResponseForm {
  const { form, normalized } = readSessionForm(x, 'submit', IDENTITY_FIELDS, 'bad-form');
  const { hiddenIdentity, hiddenIdentityMac } = hiddenProofOf(form);
  return {
    nonce: nonceOf(form, 'nonce'),
    responderNonce: nonceOf(form, 'my_nonce'),
    d: publicValueOf(form),
    modp: groupOf(form),
    counter: counterOf(form),
    hiddenIdentity,
    hiddenIdentityMac,
    digest: sha256(hiddenIdentity, hiddenIdentityMac),
    terminate: flagOf(form, 'terminate'),
    values: readChosenValues(form) ?? refuseForm('a choice is missing or ambiguous'),
    normalized,
  };
}

function groupOf(form: DataForm): number {
  const text = valueOf(form, 'modp') ?? '';
  return /^[1-9]\d{0,3}$/.test(text) ? Number(text) : refuseForm('modp is no number');
}
