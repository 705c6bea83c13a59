/** A link over streams in memory, and everything it reports. */
import { setImmediate as turn } from 'node:timers/promises';
import { systemRandom } from '../../main/crypto/random.ts';
import { LinkError } from '../../main/protocol/xmpp/link.ts';
import type { LinkHandlers } from '../../main/protocol/xmpp/link.ts';
import { StreamLink } from '../../main/protocol/xmpp/stream-link.ts';
import { element } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { parseBareJid } from '../../main/wire/jid.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { acceptSession, logInTo } from './stream-double.ts';
import type { StreamDouble } from './stream-double.ts';

export const BROKEN = new LinkError('server-unreachable', 'the stream ended');
export const PING = { type: 'get', payload: element('ping', NS.ping) } as const;

export interface WatchedLink {
  readonly link: StreamLink;
  readonly arrived: { readonly stanza: Element; readonly handled: () => void; readonly isOnlyHere?: boolean }[];
  readonly endings: LinkError[];
}

/** Alice's link, not yet open; each opening takes the next of the streams. */
export function linkOver(streams: readonly StreamDouble[], handlers: Partial<LinkHandlers> = {}): WatchedLink {
  const arrived: WatchedLink['arrived'] = [];
  const endings: LinkError[] = [];
  const link = new StreamLink(
    { account: parseBareJid('alice@example.org'), password: 'secret', resource: 'pda' },
    {
      stanza: (stanza, handled, isOnlyHere = false) => arrived.push({ stanza, handled, isOnlyHere }),
      iq: () => undefined,
      closed: (error) => endings.push(error),
      ...handlers,
    },
    logInTo(...streams),
    systemRandom,
  );
  return { link, arrived, endings };
}

/** Alice's link with a session on the first stream; what was written for it is forgotten. */
export async function opened(
  stream: StreamDouble,
  handlers: Partial<LinkHandlers> = {},
  next: readonly StreamDouble[] = [],
): Promise<WatchedLink> {
  const watched = linkOver([stream, ...next], handlers);
  const opening = watched.link.open({ resume: false });
  await turn();
  acceptSession(stream);
  await opening;
  return watched;
}

export function message(id: string): Element {
  return element('message', NS.client, { id });
}
