/** Normalised XML (profile 2.3) over a model of a form, and the same model as XML written in any of many equal ways. */

export interface FormModel {
  readonly type: string;
  readonly parts: readonly (FieldModel | LeafModel)[];
}

export interface FieldModel {
  readonly kind: 'field';
  readonly attributes: Readonly<Record<string, string>>;
  readonly parts: readonly (OptionModel | LeafModel)[];
}

export interface OptionModel {
  readonly kind: 'option';
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: string;
}

export interface LeafModel {
  readonly kind: 'title' | 'instructions' | 'value' | 'required' | 'desc';
  readonly text: string;
}

/** What is signed: every part of the form in order, but for the fields named. */
export function referenceNorm(form: FormModel, excluded: readonly string[]): string {
  let out = '';
  for (const part of form.parts) {
    if (part.kind === 'field' && excluded.includes(part.attributes['var'] ?? '')) continue;
    out += normOf(part);
  }
  return out;
}

function normOf(part: FieldModel | OptionModel | LeafModel): string {
  if (part.kind === 'field') {
    const inner = part.parts.map(normOf).join('');
    return `<field${attributes(part.attributes)}>${inner}</field>`;
  }
  if (part.kind === 'option') {
    return `<option${attributes(part.attributes)}><value>${text(part.value)}</value></option>`;
  }
  return `<${part.kind}>${text(part.text)}</${part.kind}>`;
}

function attributes(of: Readonly<Record<string, string>>): string {
  let out = '';
  for (const name of Object.keys(of).sort()) out += ` ${name}="${attribute(of[name] ?? '')}"`;
  return out;
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');
}

function attribute(value: string): string {
  let out = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  out = out.replaceAll('\t', '&#x9;').replaceAll('\n', '&#xA;').replaceAll('\r', '&#xD;');
  return out;
}

/** Decides between equal ways of writing: a number from 0 up to, not including, `ways`. */
export type Pick = (ways: number) => number;

/** The form as XML: quotes, attribute order, prefixes, white space, references and empty tags as `pick` decides. */
export function writeForm(form: FormModel, pick: Pick): string {
  const prefix = pick(3) === 0 ? 'd:' : '';
  const declaration = prefix === '' ? ['xmlns', NAMESPACE] : ['xmlns:d', NAMESPACE];
  const tags = shuffled([declaration, ['type', form.type]] as [string, string][], pick);
  const inner = form.parts.map((part) => space(pick) + writePart(part, prefix, pick)).join('');
  return `<${prefix}x${tags.map(([name, value]) => writeAttribute(name, value, pick)).join('')}>${inner}${space(pick)}</${prefix}x>`;
}

const NAMESPACE = 'jabber:x:data';

function writePart(part: FieldModel | OptionModel | LeafModel, prefix: string, pick: Pick): string {
  if (part.kind === 'field') {
    const inner = part.parts.map((one) => space(pick) + writePart(one, prefix, pick)).join('');
    return writeElement('field', part.attributes, inner === '' ? '' : inner + space(pick), prefix, pick);
  }
  if (part.kind === 'option') {
    const value = writeElement('value', {}, writeText(part.value, pick), prefix, pick);
    return writeElement('option', part.attributes, space(pick) + value + space(pick), prefix, pick);
  }
  return writeElement(part.kind, {}, writeText(part.text, pick), prefix, pick);
}

function writeElement(
  name: string,
  of: Readonly<Record<string, string>>,
  inner: string,
  prefix: string,
  pick: Pick,
): string {
  const language: [string, string][] = pick(8) === 0 ? [['xml:lang', 'en']] : [];
  const tags = shuffled([...Object.entries(of), ...language], pick)
    .map(([key, value]) => writeAttribute(key, value, pick))
    .join('');
  if (inner === '' && pick(2) === 0) return `<${prefix}${name}${tags}/>`;
  return `<${prefix}${name}${tags}>${inner}</${prefix}${name}>`;
}

function writeAttribute(name: string, value: string, pick: Pick): string {
  const quote = pick(2) === 0 ? '"' : "'";
  const written = Array.from(value, (character) => {
    const mustEscape = character === '<' || character === '&' || character === quote || /[\t\r\n]/.test(character);
    return mustEscape || pick(12) === 0 ? reference(character, pick) : character;
  });
  return ` ${name}=${quote}${written.join('')}${quote}`;
}

function writeText(value: string, pick: Pick): string {
  if (value !== '' && !value.includes(']]>') && !value.includes('\r') && pick(6) === 0) return `<![CDATA[${value}]]>`;
  const written = Array.from(value, (character) => {
    const mustEscape = /[<&>\r]/.test(character);
    return mustEscape || pick(12) === 0 ? reference(character, pick) : character;
  });
  return written.join('');
}

function reference(character: string, pick: Pick): string {
  const named = NAMES[character];
  if (named !== undefined && pick(2) === 0) return `&${named};`;
  const code = character.codePointAt(0) ?? 0;
  return pick(2) === 0 ? `&#${code};` : `&#x${code.toString(16)};`;
}

const NAMES: Readonly<Record<string, string>> = { '<': 'lt', '>': 'gt', '&': 'amp', '"': 'quot', "'": 'apos' };

function space(pick: Pick): string {
  return ['', '', ' ', '\n  ', '\t', '\r\n'][pick(6)] ?? '';
}

function shuffled<Value>(values: readonly Value[], pick: Pick): readonly Value[] {
  const left = [...values];
  const out: Value[] = [];
  while (left.length > 0) out.push(...left.splice(pick(left.length), 1));
  return out;
}
