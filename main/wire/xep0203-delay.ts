/**
 * XEP-0203: Delayed Delivery, version 2.0 (2009-09-15), and XEP-0091: Legacy Delayed Delivery, version 1.4 (2009-05-27).
 * https://xmpp.org/extensions/xep-0203.html
 *
 * Covers reading both; nothing is ever stamped here. Anyone on the way can add a stamp, so which one counts is decided
 * by `arrivalOf` (S-090).
 */
import { parseDateTime, parseLegacyDateTime } from '../base/time.ts';
import { childrenNamed } from './element.ts';
import type { Element } from './element.ts';
import { bareOf, domainOf, tryParseJid } from './jid.ts';
import type { BareJid } from './jid.ts';
import { NS } from './namespaces.ts';

export interface DelayStamp {
  /** Who says so, as written; absent if nobody does. */
  readonly from?: string;
  readonly at: Date;
}

/**
 * The stamps of a stanza, or of a `<forwarded/>`, in document order. Legacy ones count only where there is no
 * `<delay/>`; unreadable ones are passed over. Never throws.
 */
export function readDelays(parent: Element): readonly DelayStamp[] {
  const current = childrenNamed(parent, 'delay', NS.delay);
  if (current.length > 0) return stampsOf(current, parseDateTime);
  return stampsOf(childrenNamed(parent, 'x', NS.legacyDelay), parseLegacyDateTime);
}

/**
 * When the own server took the stanza in: the **last** stamp by the own domain or account. A sender's own
 * stamps stay before those of the server, which appends.
 *
 * @returns undefined if the own server stamped nothing: the stanza came straight, or the time is not known.
 */
export function arrivalOf(delays: readonly DelayStamp[], own: BareJid): Date | undefined {
  return delays.findLast(({ from }) => isOwn(from, own))?.at;
}

function isOwn(from: string | undefined, own: BareJid): boolean {
  const jid = tryParseJid(from);
  if (jid === undefined || jid !== bareOf(jid)) return false;
  return jid === own || jid === domainOf(own);
}

function stampsOf(found: readonly Element[], parse: (text: string) => Date | undefined): readonly DelayStamp[] {
  return found.flatMap(({ attrs }) => {
    const at = parse(attrs['stamp'] ?? '');
    if (at === undefined) return [];
    const from = attrs['from'];
    return [from === undefined ? { at } : { from, at }];
  });
}
