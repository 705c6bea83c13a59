/** The part of the composition that live sessions need, but for what reads them (`compose-letters.ts`). */
import type { Link } from '../protocol/xmpp/link.ts';
import { ClientSupport } from '../services/client-support.ts';
import { noteProvenKey, type PublishedKeys } from '../services/first-key.ts';
import { LiveNegotiations } from '../services/live-negotiations.ts';
import { LiveSessions } from '../services/live-sessions.ts';
import { RetainedSecrets } from '../services/retained-secrets.ts';
import type { Stores } from '../stores/stores.ts';
import { withResource } from '../wire/jid.ts';
import type { People } from './compose-people.ts';
import type { Composition } from './messenger.ts';

export interface Live {
  readonly live: LiveSessions;
  readonly negotiations: LiveNegotiations;
  readonly support: ClientSupport;
  readonly retained: RetainedSecrets;
}

export function composeLive(
  { clock, timers, random, modp }: Composition,
  stores: Stores,
  { contacts, trust, policy, server, ownKey, checks }: People,
  needs: { readonly link: () => Link | undefined; readonly publishedKeys: PublishedKeys },
): Live {
  const { link, publishedKeys } = needs;
  const support = new ClientSupport(timers);
  const retained = new RetainedSecrets(stores.retainedSecrets, clock, random);
  const live = new LiveSessions({ clock, timers, random, link });
  const negotiations = new LiveNegotiations({
    ...{ contacts, trust, support, retained, clock, timers, random, modp, link, policy },
    signingKey: () => ownKey.signingKey(),
    hasAmp: () => server.hasAmp,
    noteKey: (address, key) => noteProvenKey(trust, publishedKeys, address, key),
    isOver: (peer, thread) => live.isOver(peer, thread),
    established: (channel, chain) => {
      live.start(channel, chain);
    },
  });
  contacts.onClient = (address, resource, isHere) => {
    support.forget(address, resource);
    if (isHere) live.peerCame(address, resource);
    else live.peerLeft(address, resource);
    if (!isHere) negotiations.abandon(address, withResource(address, resource));
  };
  checks.canLive = async (address) => {
    const open = link();
    return open !== undefined && (await support.find(open, address, contacts.resources(address))) !== undefined;
  };
  return { live, negotiations, support, retained };
}
