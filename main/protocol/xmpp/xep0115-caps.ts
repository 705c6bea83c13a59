/**
 * XEP-0115: Entity Capabilities, version 1.6.0 (2022-03-08).
 * https://xmpp.org/extensions/xep-0115.html
 *
 * Covers §4 (the element in presence), §5.1 (generation) and §5.4 (checking what others announce). SHA-1 only, which
 * every client uses; what comes with another hash is looked up but not believed for anybody else. Left out: the legacy
 * format, and caching (§8.1), which is the caller's.
 */
import { toBase64, utf8 } from '../../base/bytes.ts';
import { sha1 } from '../../crypto/hash.ts';
import { child, childrenNamed, element, textOf } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import type { DiscoIdentity, DiscoInfo } from './disco-info.ts';
import { CLIENT_NODE, OWN_INFO } from './own-features.ts';

export interface Caps {
  readonly node: string;
  readonly hash: string;
  readonly ver: string;
}

/** The element for every presence we send (§6.1). */
export function capsElement(): Element {
  return element('c', NS.caps, { hash: 'sha-1', node: CLIENT_NODE, ver: verificationString(OWN_INFO) });
}

/** The node at which others ask us for what `capsElement` stands for. */
export function ownCapsNode(): string {
  return `${CLIENT_NODE}#${verificationString(OWN_INFO)}`;
}

/** Reads a presence. @returns undefined if it announces nothing, or in the legacy format. */
export function readCaps(presence: Element): Caps | undefined {
  const { node, hash, ver } = child(presence, 'c', NS.caps)?.attrs ?? {};
  return node && hash && ver ? { node, hash, ver } : undefined;
}

/**
 * @returns whether this answer is what the announcement stands for (§5.4 rule 3), so that it holds for everybody who
 * announces the same; false for an ill-formed answer and for a hash we do not compute.
 */
export function isAsAnnounced(info: DiscoInfo, caps: Caps): boolean {
  return caps.hash === 'sha-1' && isWellFormed(info) && verificationString(info) === caps.ver;
}

/** §5.1. */
export function verificationString(info: DiscoInfo): string {
  const parts = [
    ...inOctetOrder(info.identities.map(identityText)),
    ...inOctetOrder(info.features),
    ...info.forms.flatMap(readExtension).sort(byType).flatMap(extensionTexts),
  ];
  return toBase64(sha1(utf8(parts.map((part) => `${part}<`).join(''))));
}

interface Extension {
  readonly formType: string;
  readonly fields: readonly { readonly name: string; readonly values: readonly string[] }[];
}

/** §5.4 rules 3.3 to 3.5. */
function isWellFormed(info: DiscoInfo): boolean {
  const types = info.forms.map(formTypeOf);
  return (
    areDistinct(info.identities.map(identityText)) &&
    areDistinct(info.features) &&
    types.every((values) => new Set(values).size < 2) &&
    areDistinct(info.forms.flatMap(readExtension).map(({ formType }) => formType))
  );
}

function areDistinct(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}

function identityText({ category, type, language = '', name = '' }: DiscoIdentity): string {
  return `${category}/${type}/${language}/${name}`;
}

/** A form without a hidden FORM_TYPE is ignored (§5.4 rule 3.6). */
function readExtension(form: Element): Extension[] {
  const fields = childrenNamed(form, 'field', NS.form);
  const type = fields.find(({ attrs }) => attrs['var'] === 'FORM_TYPE' && attrs['type'] === 'hidden');
  const [formType] = type === undefined ? [] : valuesOf(type);
  if (formType === undefined) return [];
  const others = fields.filter(({ attrs }) => attrs['var'] !== 'FORM_TYPE');
  return [{ formType, fields: others.map((field) => ({ name: field.attrs['var'] ?? '', values: valuesOf(field) })) }];
}

function formTypeOf(form: Element): string[] {
  return childrenNamed(form, 'field', NS.form)
    .filter(({ attrs }) => attrs['var'] === 'FORM_TYPE')
    .flatMap(valuesOf);
}

function valuesOf(field: Element): string[] {
  return childrenNamed(field, 'value', NS.form).map(textOf);
}

function extensionTexts({ formType, fields }: Extension): string[] {
  const sorted = [...fields].sort((a, b) => compareOctets(a.name, b.name));
  return [formType, ...sorted.flatMap(({ name, values }) => [name, ...inOctetOrder(values)])];
}

function byType(a: Extension, b: Extension): number {
  return compareOctets(a.formType, b.formType);
}

function inOctetOrder(texts: readonly string[]): string[] {
  return [...texts].sort(compareOctets);
}

/** i;octet: by UTF-8, which orders characters beyond the BMP differently from UTF-16. */
function compareOctets(a: string, b: string): number {
  return Buffer.compare(utf8(a), utf8(b));
}
