/**
 * XEP-0131: Stanza Headers and Internet Metadata, version 1.2 (2006-07-12).
 * https://xmpp.org/extensions/xep-0131.html
 *
 * Covers §4 (the wrapper), §5.2 (Created) and §5.4 (Store). Both count only inside the protected content; other
 * headers are ignored.
 */
import { formatDateTime, parseDateTime } from '../base/time.ts';
import { childrenNamed, element, textOf } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';

export interface Headers {
  /** When the stanza was written. Absent if missing, no XEP-0082 DateTime (S-041), or given twice. */
  readonly createdAt?: Date;
  /** False if any `Store` header is other than `true`: then nothing of the content may be stored. */
  readonly mayStore: boolean;
}

/** The header names that `disco#info` lists at this node, and the features for them. */
export const KNOWN_HEADERS = ['Created'] as const;

/** @param createdAt - Written in whole seconds, UTC. */
export function buildHeaders(createdAt: Date): Element {
  return element('headers', NS.shim, {}, element('header', NS.shim, { name: 'Created' }, formatDateTime(createdAt)));
}

/** Reads the headers among the elements of a content. Header names are compared without case. Never throws. */
export function readHeaders(content: readonly Element[]): Headers {
  const wrappers = content.filter(({ name, ns }) => name === 'headers' && ns === NS.shim);
  const headers = wrappers.flatMap((wrapper) => childrenNamed(wrapper, 'header', NS.shim));
  const valuesOf = (name: string): readonly string[] =>
    headers.filter(({ attrs }) => attrs['name']?.toLowerCase() === name).map((header) => textOf(header).trim());
  const [created, ...furtherCreated] = valuesOf('created');
  const createdAt = created === undefined || furtherCreated.length > 0 ? undefined : parseDateTime(created);
  const mayStore = valuesOf('store').every((value) => value === 'true');
  return createdAt === undefined ? { mayStore } : { createdAt, mayStore };
}
