/**
 * XEP-0155: Stanza Session Negotiation, version 1.2 (2016-01-20).
 * https://xmpp.org/extensions/xep-0155.html
 *
 * Covers §4 (negotiation of encrypted sessions): the stanzas around the forms, with the rule of §4.1 that no server
 * stores a request, and errors (§4.3, profile 7.6). What the forms say, and §7 (termination), are the engine's;
 * `continue` (§5) and `renegotiate` (§6) are refused there. XEP-0020 §2 gives the `<feature/>` they stand in.
 */
import { childrenNamed, element, elements } from './element.ts';
import type { Element } from './element.ts';
import type { FullJid, Jid } from './jid.ts';
import { NS } from './namespaces.ts';
import type { ReceivedError } from './rfc6120-error.ts';
import { noStoreHint } from './xep0334-hints.ts';

/** Where a form of a negotiation stands, which tells message 4 from the others. */
export type FormHolder = 'feature' | 'init';

export interface NegotiationStanza {
  readonly to: Jid;
  readonly id: string;
  readonly thread: string;
  readonly holder: FormHolder;
  readonly form: Element;
  /** On a request, where the own server lists AMP: it is dropped rather than stored. */
  readonly withAmp?: boolean;
}

/** Of type normal, and without a body. */
export function buildNegotiation({ to, id, thread, holder, form, withAmp }: NegotiationStanza): Element {
  const ns = holder === 'feature' ? NS.featureNeg : NS.esessionInit;
  return element(
    'message',
    NS.client,
    { to, id },
    element('thread', NS.client, {}, thread),
    element(holder, ns, {}, form),
    withAmp === true ? dropIfStored() : undefined,
    noStoreHint(),
  );
}

/** What an error says: its condition, and the fields it is about. */
export interface NegotiationFault {
  readonly condition: 'not-acceptable' | 'feature-not-implemented' | 'service-unavailable';
  readonly fields: readonly string[];
}

/** Profile 7.6: never the original form, which would only repeat key material. */
export function buildNegotiationError(
  to: FullJid,
  id: string | undefined,
  thread: string,
  { condition, fields }: NegotiationFault,
): Element {
  const named = fields.map((name) => element('field', NS.featureNeg, { var: name }));
  return element(
    'message',
    NS.client,
    { to, id, type: 'error' },
    element('thread', NS.client, {}, thread),
    element(
      'error',
      NS.client,
      { type: 'cancel' },
      element(condition, NS.stanzaErrors),
      named.length === 0 ? undefined : element('feature', NS.featureNeg, {}, ...named),
    ),
  );
}

/** The fields an error names. */
export function faultyFields({ details }: ReceivedError): readonly string[] {
  const features = details.filter(({ name, ns }) => name === 'feature' && ns === NS.featureNeg);
  return features.flatMap(elements).flatMap(({ attrs }) => (attrs['var'] === undefined ? [] : [attrs['var']]));
}

/** The form in a stanza's one `<feature/>` that asks, accepts or declines; undefined for anything else. */
export function readNegotiation(stanza: Element): Element | undefined {
  const forms = childrenNamed(stanza, 'feature', NS.featureNeg).map((feature) => childrenNamed(feature, 'x', NS.form));
  const form = forms.length === 1 && forms[0]?.length === 1 ? forms[0][0] : undefined;
  return form !== undefined && elements(form).some(({ attrs }) => attrs['var'] === 'accept') ? form : undefined;
}

function dropIfStored(): Element {
  const rule = element('rule', NS.amp, { action: 'drop', condition: 'deliver', value: 'stored' });
  return element('amp', NS.amp, { 'per-hop': 'true' }, rule);
}
