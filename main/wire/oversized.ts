/**
 * What stands for a stanza past the limits of S-103: who sent it to whom, and that it was too large. It goes the way of
 * any other stanza, so that it is counted, kept until it is dealt with, and told of, instead of being lost in silence.
 */
import { child, element } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';

/** @param root - The stanza without its content. A result becomes an error: there is nothing in it to be read. */
export function buildStandIn({ name, ns, attrs }: Element): Element {
  const { from, to, id, type } = attrs;
  const kept = { from, to, id, type: name === 'iq' && type === 'result' ? 'error' : type };
  return element(name, ns, kept, element('oversized', NS.oversized));
}

/** Whether it is such a stand-in. A sender who writes one says no more than that his own message is not readable. */
export function isStandIn(stanza: Element): boolean {
  return child(stanza, 'oversized', NS.oversized) !== undefined;
}
