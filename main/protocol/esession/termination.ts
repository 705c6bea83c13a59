/** The protected content that ends a session (XEP-0116 §5, XEP-0155 §7, profile 3.7). */
import { child, element } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { WireError } from '../../wire/wire-error.ts';
import { buildForm, field, parseForm, valueOf } from '../../wire/xep0004-data-form.ts';

/** What the sender of an offline session sends last. */
export function buildTerminationContent(): readonly Element[] {
  const form = buildForm({ type: 'submit', fields: [field('FORM_TYPE', NS.ssn), field('terminate', '1')] });
  return [element('feature', NS.featureNeg, {}, form)];
}

/** True if verified content ends its session; whatever else it holds. */
export function isTermination(content: readonly Element[]): boolean {
  return content.some((el) => el.name === 'feature' && el.ns === NS.featureNeg && isTerminating(el));
}

/** The vocabulary of booleans in forms; undefined for anything else. */
export function booleanOf(value: string): boolean | undefined {
  if (value === '1' || value === 'true') return true;
  return value === '0' || value === 'false' ? false : undefined;
}

function isTerminating(feature: Element): boolean {
  const x = child(feature, 'x', NS.form);
  if (x === undefined) return false;
  try {
    const form = parseForm(x);
    return valueOf(form, 'FORM_TYPE') === NS.ssn && booleanOf(valueOf(form, 'terminate') ?? '') === true;
  } catch (error) {
    if (error instanceof WireError) return false;
    throw error;
  }
}
