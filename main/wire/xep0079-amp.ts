/**
 * XEP-0079: Advanced Message Processing, version 1.2 (2005-11-30).
 * https://xmpp.org/extensions/xep-0079.html
 *
 * Covers the one rule of profile 3.6 (§3.3.3 match-resource, §3.4.3 error) and the answers to it (§6). Whether the
 * own server lists the feature (§2.1) is asked elsewhere. Alerts, notifications and expiry are left out.
 */
import { childrenNamed, element } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';
import type { ReceivedError } from './rfc6120-error.ts';

/**
 * Keeps a message from every resource but the one it is addressed to (R-029, S-039). A rule fires when its condition
 * is met: `exact` would bounce the delivery that is wanted (H-4). It is not met by offline storage.
 */
export function buildAmpRule(): Element {
  return element('amp', NS.amp, {}, element('rule', NS.amp, RULE));
}

/** The stanza without its rules, otherwise the same (3.6: sent again where AMP is not on the path). */
export function withoutAmp(stanza: Element): Element {
  const kept = stanza.children.filter((node) => typeof node === 'string' || node.name !== 'amp' || node.ns !== NS.amp);
  return { ...stanza, children: kept };
}

export function hasAmp(stanza: Element): boolean {
  return childrenNamed(stanza, 'amp', NS.amp).length > 0;
}

/**
 * What the bounce of a stanza **that carried the rule** says about it (profile 3.6).
 *
 * @returns `online-elsewhere`: the rule fired, the message was not delivered; `not-supported`: no AMP on the
 * path, so the same stanza goes again without it; undefined: an ordinary bounce.
 */
export function readAmpAnswer(error: ReceivedError): 'online-elsewhere' | 'not-supported' | undefined {
  const failed = error.details.filter(({ name, ns }) => name === 'failed-rules' && ns === NS.ampErrors);
  if (
    failed.some((list) =>
      childrenNamed(list, 'rule', NS.ampErrors)
        .concat(childrenNamed(list, 'rule', NS.amp))
        .some(isOurs),
    )
  ) {
    return 'online-elsewhere';
  }
  const isRejected = error.details.some(({ name, ns }) => ns === NS.amp && REJECTIONS.has(name));
  return isRejected || NO_AMP.has(error.condition) ? 'not-supported' : undefined;
}

const RULE = { action: 'error', condition: 'match-resource', value: 'other' } as const;
const REJECTIONS: ReadonlySet<string> = new Set(['unsupported-conditions', 'unsupported-actions', 'invalid-rules']);
const NO_AMP: ReadonlySet<string> = new Set(['service-unavailable', 'bad-request']);

function isOurs(rule: Element): boolean {
  return Object.entries(RULE).every(([name, value]) => rule.attrs[name] === value);
}
