/**
 * XEP-0004: Data Forms, version 2.13.2 (2024-08-30).
 * https://xmpp.org/extensions/xep-0004.html
 *
 * Covers §3 (fields, options, values). `parseForm` has the strictness of profile 2.3 and the limits of 2.8, for forms
 * that are signed or MACed; `readServerForm` reads what a server describes itself with. Titles, labels and
 * descriptions are never read; tables of results (§3.4) are left out.
 */
import { childText, childrenNamed, element, elements, isElement, textOf } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';
import { WireError } from './wire-error.ts';

export type FormType = 'form' | 'submit' | 'result' | 'cancel';

export interface DataForm {
  readonly type: FormType;
  readonly fields: readonly FormField[];
}

export interface FormField {
  /** The field's `var`. */
  readonly name: string;
  /** As written; undefined if the form does not say, which is usual in a submitted one. */
  readonly type?: string;
  readonly values: readonly string[];
  readonly options: readonly string[];
  readonly required: boolean;
}

/** Profile 2.8, S-004. */
export const FORM_LIMITS = { fields: 64, perField: 32, octets: 64 * 1024 } as const;

/**
 * Reads a form of which every part counts. Nothing is skipped: what this refuses could have carried something that
 * the normalised content does not cover.
 *
 * @param x - The `<x/>` element.
 * @throws WireError `bad-form` for whatever profile 2.3 calls invalid, `too-large` past a limit of 2.8 or S-004.
 */
export function parseForm(x: Element): DataForm {
  if (x.name !== 'x') throw badForm('no <x/>');
  const octets = octetsOf(x);
  for (const node of x.children) {
    if (isElement(node) && !FORM_PARTS.has(node.name)) throw badForm('something beside fields, title and instructions');
  }
  const fields = childrenNamed(x, 'field', NS.form).map(parseField);
  if (fields.length > FORM_LIMITS.fields) throw tooLarge('fields');
  if (new Set(fields.map(({ name }) => name)).size < fields.length) throw badForm('two fields of one name');
  if (octets > FORM_LIMITS.octets) throw tooLarge('octets');
  return { type: formTypeOf(x), fields };
}

/**
 * Reads a form that describes a server or a node: unknown parts and fields without a name are passed over.
 *
 * @throws WireError `bad-form` if it is no form, or names a field twice.
 */
export function readServerForm(x: Element): DataForm {
  if (x.name !== 'x' || x.ns !== NS.form) throw badForm('no data form');
  const named = childrenNamed(x, 'field', NS.form).filter(({ attrs }) => (attrs['var'] ?? '') !== '');
  const fields = named.map(readField);
  if (new Set(fields.map(({ name }) => name)).size < fields.length) throw badForm('two fields of one name');
  return { type: formTypeOf(x), fields };
}

/**
 * Writes a form: per field its values, then its options, then `<required/>`.
 *
 * @throws TypeError if a name, value or option holds a character that servers alter (profile 3.2).
 */
export function buildForm(form: DataForm): Element {
  return element('x', NS.form, { type: form.type }, ...form.fields.map(buildField));
}

/** The form with more fields at its end. @throws TypeError as `buildForm` does */
export function extendForm(x: Element, fields: readonly FormField[]): Element {
  return { ...x, children: [...x.children, ...fields.map(buildField)] };
}

/** A field of a submitted form. */
export function field(name: string, ...values: readonly string[]): FormField {
  return { name, values, options: [], required: false };
}

/** The hidden first field that names what a form is about (XEP-0068). */
export function formTypeField(value: string): FormField {
  return { ...field('FORM_TYPE', value), type: 'hidden' };
}

export function fieldOf(form: DataForm, name: string): FormField | undefined {
  return form.fields.find((candidate) => candidate.name === name);
}

/** The field's only value; undefined if there is no such field, or it has none or several. */
export function valueOf(form: DataForm, name: string): string | undefined {
  const values = fieldOf(form, name)?.values ?? [];
  return values.length === 1 ? values[0] : undefined;
}

function parseField(el: Element): FormField {
  if ((el.attrs['var'] ?? '') === '') throw badForm('a field without a name');
  for (const node of el.children) if (isElement(node)) checkFieldPart(node);
  const read = readField(el);
  if (read.values.length > FORM_LIMITS.perField) throw tooLarge('values');
  if (read.options.length > FORM_LIMITS.perField) throw tooLarge('options');
  return read;
}

function checkFieldPart(part: Element): void {
  if (!FIELD_PARTS.has(part.name)) throw badForm('an unknown part of a field');
  if (part.name !== 'option') {
    if (part.children.some(isElement)) throw badForm('elements where text belongs');
    return;
  }
  const [value, ...more] = elements(part);
  if (value?.name !== 'value' || more.length > 0) throw badForm('an option without exactly one value');
  if (value.children.some(isElement)) throw badForm('elements inside a value');
}

function readField(el: Element): FormField {
  const [values, options]: [string[], string[]] = [[], []];
  let required = false;
  for (const node of el.children) {
    if (!isElement(node) || node.ns !== NS.form) continue;
    if (node.name === 'value') values.push(textOf(node));
    else if (node.name === 'option') options.push(childText(node, 'value', NS.form) ?? '');
    else if (node.name === 'required') required = true;
  }
  const { type, var: name = '' } = el.attrs;
  return type === undefined ? { name, values, options, required } : { name, type, values, options, required };
}

const FORM_PARTS: ReadonlySet<string> = new Set(['field', 'title', 'instructions']);
const FIELD_PARTS: ReadonlySet<string> = new Set(['value', 'option', 'required', 'desc']);

function formTypeOf(x: Element): FormType {
  const type = x.attrs['type'];
  if (type === 'form' || type === 'submit' || type === 'result' || type === 'cancel') return type;
  throw badForm('no type of form');
}

/**
 * Of all its parts, which must belong to forms. Never more than the normalised form has, so that nothing acceptable is
 * refused for it (2.8).
 */
function octetsOf(el: Element): number {
  if (el.ns !== NS.form) throw badForm('an element of another namespace');
  let own = el.name.length;
  for (const name of Object.keys(el.attrs)) own += Buffer.byteLength(el.attrs[name] ?? '');
  let inner: number | undefined;
  for (const node of el.children) if (isElement(node)) inner = (inner ?? 0) + octetsOf(node);
  return own + (inner ?? Buffer.byteLength(textOf(el)));
}

function buildField({ name, type, values, options, required }: FormField): Element {
  const value = (text: string): Element => element('value', NS.form, {}, assertStable(text));
  return element(
    'field',
    NS.form,
    type === undefined ? { var: assertStable(name) } : { type, var: assertStable(name) },
    ...values.map(value),
    ...options.map((text) => element('option', NS.form, {}, value(text))),
    required ? element('required', NS.form) : undefined,
  );
}

function assertStable(text: string): string {
  if (/[\t\r\n]/.test(text)) throw new TypeError('a form value holds a character that servers alter');
  return text;
}

function badForm(what: string): WireError {
  return new WireError('bad-form', `a form holds ${what}`);
}

function tooLarge(what: string): WireError {
  return new WireError('too-large', `a form has too many ${what}`);
}
