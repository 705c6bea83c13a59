/** A form of stanza session negotiation (XEP-0155 §4.1), read and written once for what it says and for what is authenticated. */
import { concatBytes } from '../../base/bytes.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { WireError } from '../../wire/wire-error.ts';
import { FORM_LIMITS, buildForm, extendForm, parseForm, valueOf } from '../../wire/xep0004-data-form.ts';
import type { DataForm, FormField, FormType } from '../../wire/xep0004-data-form.ts';
import { ESessionError } from './errors.ts';
import type { ESessionErrorCode } from './errors.ts';
import { proofFields } from './form-values.ts';
import type { HiddenProof } from './form-values.ts';
import { normalizeForm } from './xep0116/normalize.ts';

/** A form before its identity, which covers the rest of it: written once for both. */
export interface UnprovenForm {
  readonly x: Element;
  /** form_B, form_A2 or form_B2. */
  readonly normalized: Uint8Array;
}

export function unprovenForm(type: FormType, fields: readonly FormField[]): UnprovenForm {
  const x = buildForm({ type, fields });
  return { x, normalized: normalizeForm(x, []) };
}

/** The same with more at its end: what is known last. */
export function extended({ x, normalized }: UnprovenForm, fields: readonly FormField[]): UnprovenForm {
  const more = unprovenForm('submit', fields);
  return {
    x: { ...x, children: [...x.children, ...more.x.children] },
    normalized: concatBytes(normalized, more.normalized),
  };
}

/** The form as it is sent, its identity last. */
export function withProof({ x }: UnprovenForm, proof: HiddenProof): Element {
  return extendForm(x, proofFields(proof));
}

export interface SessionForm {
  readonly form: DataForm;
  /** The normalised octets of the same parse (S-005). */
  readonly normalized: Uint8Array;
}

/**
 * Reads a form of that type about encrypted sessions.
 *
 * @param excluded - Fields that are not part of the normalised content.
 * @throws ESessionError of the given code if it is invalid (profile 2.3), too large (2.8), or another form.
 */
export function readSessionForm(
  x: Element,
  type: FormType,
  excluded: readonly string[],
  code: ESessionErrorCode,
): SessionForm {
  const form = parse(x, code);
  if (form.type !== type || valueOf(form, 'FORM_TYPE') !== NS.ssn)
    throw new ESessionError(code, 'another kind of form');
  const normalized = normalizeForm(x, excluded);
  // Escapes make it longer than what the parser counted.
  if (normalized.length > FORM_LIMITS.octets) throw new ESessionError(code, 'the form is too large');
  return { form, normalized };
}

/** True for a form of stanza session negotiation; others are answered with an error that names nothing. */
export function isAboutSessions(x: Element): boolean {
  return valueOf(parse(x, 'bad-form'), 'FORM_TYPE') === NS.ssn;
}

function parse(x: Element, code: ESessionErrorCode): DataForm {
  try {
    return parseForm(x);
  } catch (error) {
    if (error instanceof WireError) throw new ESessionError(code, 'no valid form', { cause: error });
    throw error;
  }
}
