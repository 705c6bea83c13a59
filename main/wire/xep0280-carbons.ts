/**
 * XEP-0280: Message Carbons, version 1.0.1 (2021-12-26); XEP-0297: Stanza Forwarding; XEP-0313: Message Archive
 * Management.
 * https://xmpp.org/extensions/xep-0280.html
 *
 * Covers §9 (`<private/>`) and recognising the wrappers in which copies come, so that none is taken for a message to
 * this client. Carbons are never enabled. Querying an archive is left out.
 */
import { child, element } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';
import { readDelays } from './xep0203-delay.ts';
import type { DelayStamp } from './xep0203-delay.ts';

/** Asks servers for no carbon copies. */
export function privateHint(): Element {
  return element('private', NS.carbons);
}

/** A stanza inside a stanza. Whether its outer `from` may say so is the reader's question (S-090). */
export interface Wrapped {
  readonly wrapper: 'carbon' | 'archive' | 'forwarded';
  /** The archive's query id and the id of this result; absent for the others. */
  readonly archive?: { readonly queryId?: string; readonly id?: string };
  /** The stamps beside the inner stanza. */
  readonly delays: readonly DelayStamp[];
  /** The inner message, or undefined if there is none of `jabber:client`. */
  readonly message: Element | undefined;
}

/** Recognises a carbon copy, an archive's result or a plainly forwarded stanza. Never throws. */
export function readWrapped(stanza: Element): Wrapped | undefined {
  const carbon = child(stanza, 'received', NS.carbons) ?? child(stanza, 'sent', NS.carbons);
  if (carbon !== undefined) return { wrapper: 'carbon', ...readForwarded(carbon) };
  const result = child(stanza, 'result', NS.archive);
  if (result !== undefined) return { wrapper: 'archive', archive: idsOf(result), ...readForwarded(result) };
  return child(stanza, 'forwarded', NS.forward) && { wrapper: 'forwarded', ...readForwarded(stanza) };
}

function readForwarded(parent: Element): Pick<Wrapped, 'delays' | 'message'> {
  const forwarded = child(parent, 'forwarded', NS.forward);
  if (forwarded === undefined) return { delays: [], message: undefined };
  return { delays: readDelays(forwarded), message: child(forwarded, 'message', NS.client) };
}

function idsOf({ attrs }: Element): { readonly queryId?: string; readonly id?: string } {
  const { queryid: queryId, id } = attrs;
  return { ...(queryId === undefined ? {} : { queryId }), ...(id === undefined ? {} : { id }) };
}
