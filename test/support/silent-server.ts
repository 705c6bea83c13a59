/** A server that, while that is wanted, answers no question of one kind; what is asked of it arrives, or does not. */
import { LinkError } from '../../main/protocol/xmpp/link.ts';
import type { IqRequest, LinkFactory } from '../../main/protocol/xmpp/link.ts';
import { serialize } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';

/** @returns the switch, off at first, and what has to stand between the library and the services. */
export function silentAbout(
  isAbout: (request: IqRequest) => boolean,
  arrives: boolean,
): readonly [{ isSilent: boolean }, (factory: LinkFactory) => LinkFactory] {
  const silence = { isSilent: false };
  const wrapLink =
    (factory: LinkFactory): LinkFactory =>
    (options, handlers) => {
      const link = factory(options, handlers);
      const ask = link.request.bind(link);
      link.request = async (request) => {
        if (!silence.isSilent || !isAbout(request)) return ask(request);
        if (arrives) await ask(request);
        throw new LinkError('timed-out', 'no answer');
      };
      return link;
    };
  return [silence, wrapLink];
}

export function isAboutNode(node: string): (request: IqRequest) => boolean {
  return ({ payload }) => payload.ns === NS.pubsub && serialize(payload).includes(`node="${node}"`);
}
