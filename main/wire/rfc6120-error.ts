/**
 * RFC 6120 §8.3: what an error stanza says. Only read: no error about an encrypted session leaves this client
 * and errors to an IQ are the link's matter.
 */
import { child, elements } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';

/** What came back instead of an answer or a delivery. */
export interface ReceivedError {
  /** The defined condition's local name, such as `service-unavailable`; `undefined-condition` if there is none. */
  readonly condition: string;
  /** The application-specific conditions beside it. */
  readonly details: readonly Element[];
}

/** Reads the `<error/>` of a stanza of type error; a stanza without one gives `undefined-condition`. Never throws. */
export function readError(stanza: Element): ReceivedError {
  const error = child(stanza, 'error', NS.client);
  const conditions = error === undefined ? [] : elements(error);
  const defined = conditions.find(({ name, ns }) => ns === NS.stanzaErrors && name !== 'text');
  return {
    condition: defined?.name ?? 'undefined-condition',
    details: conditions.filter(({ ns }) => ns !== NS.stanzaErrors && ns !== NS.client),
  };
}
