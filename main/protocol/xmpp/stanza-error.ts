/** Errors to an IQ (RFC 6120 8.3): received ones as what is thrown, and ours. */
import { element } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { NS } from '../../wire/namespaces.ts';
import { readError } from '../../wire/rfc6120-error.ts';
import { StanzaError } from './link.ts';

/** The error that an answer of type error is. */
export function readStanzaError(stanza: Element): StanzaError {
  const { condition, details } = readError(stanza);
  return new StanzaError(
    condition,
    details.map(({ name }) => name),
  );
}

/** An <error/> with that defined condition and the type that goes with it. */
export function buildStanzaError(condition: string): Element {
  const type = TYPES[condition] ?? 'cancel';
  return element('error', NS.client, { type }, element(condition, NS.stanzaErrors));
}

const TYPES: Readonly<Record<string, string>> = {
  'bad-request': 'modify',
  'jid-malformed': 'modify',
  'not-acceptable': 'modify',
  'policy-violation': 'modify',
  forbidden: 'auth',
  'not-authorized': 'auth',
  'subscription-required': 'auth',
  'resource-constraint': 'wait',
  'recipient-unavailable': 'wait',
};
