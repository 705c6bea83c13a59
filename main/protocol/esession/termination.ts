/** The protected content that ends a session (XEP-0116 §5, XEP-0155 §7, profile 3.7). */
import { child, element } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { WireError } from '../../wire/wire-error.ts';
import { buildForm, field, fieldOf, parseForm, valueOf } from '../../wire/xep0004-data-form.ts';
import type { DataForm, FormType } from '../../wire/xep0004-data-form.ts';

/**
 * What is sent last in a session.
 *
 * @param type - `submit` ends it; `result` answers that, in live sessions only.
 */
export function buildTerminationContent(type: 'submit' | 'result' = 'submit'): readonly Element[] {
  return [sessionFeature(type, 'terminate', '1')];
}

/**
 * The answer to what a live session does not support: the same field, set to `0`.
 *
 * @returns undefined if the content asks for none of it.
 */
export function buildUnsupportedAnswer(content: readonly Element[]): readonly Element[] | undefined {
  const asked = ['renegotiate', 'continue'].find((name) => content.some((el) => sessionFormOf(el, name) !== undefined));
  return asked === undefined ? undefined : [sessionFeature('submit', asked, '0')];
}

/** True if verified content ends its session; whatever else it holds. */
export function isTermination(content: readonly Element[]): boolean {
  return terminationType(content) !== undefined;
}

/** `submit`: the other side ends the session; `result`: it answers that we did. Undefined: neither. */
export function terminationType(content: readonly Element[]): FormType | undefined {
  for (const el of content) {
    const form = sessionFormOf(el, 'terminate');
    if (form !== undefined && booleanOf(valueOf(form, 'terminate') ?? '') === true) return form.type;
  }
  return undefined;
}

/** The vocabulary of booleans in forms; undefined for anything else. */
export function booleanOf(value: string): boolean | undefined {
  if (value === '1' || value === 'true') return true;
  return value === '0' || value === 'false' ? false : undefined;
}

function sessionFeature(type: FormType, name: string, value: string): Element {
  const form = buildForm({ type, fields: [field('FORM_TYPE', NS.ssn), field(name, value)] });
  return element('feature', NS.featureNeg, {}, form);
}

/** The form of stanza session negotiation in a `<feature/>`, if it has that field. */
function sessionFormOf(el: Element, name: string): DataForm | undefined {
  const x = el.name === 'feature' && el.ns === NS.featureNeg ? child(el, 'x', NS.form) : undefined;
  if (x === undefined) return undefined;
  try {
    const form = parseForm(x);
    return valueOf(form, 'FORM_TYPE') === NS.ssn && fieldOf(form, name) !== undefined ? form : undefined;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
