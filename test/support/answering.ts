/** Somebody who answers requests, for what asks and never listens. */
import { LinkError } from '../../main/protocol/xmpp/link.ts';
import type { IqRequest, Link } from '../../main/protocol/xmpp/link.ts';
import { element, serialize } from '../../main/wire/element.ts';
import type { Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { parseElement } from '../../main/wire/xml-parser.ts';

/** The payload of a result as XML, none, or what the request fails with. */
export type Answer = string | undefined | LinkError;

export interface Answering extends Pick<Link, 'request'> {
  /** What was asked, in order: type, address and payload. */
  readonly asked: readonly (Pick<IqRequest, 'type' | 'to'> & { readonly xml: string })[];
}

/** @param answer - Gets each request's payload as XML. A list is used up in order. */
export function answering(answer: readonly Answer[] | ((xml: string) => Answer)): Answering {
  const left = typeof answer === 'function' ? [] : [...answer];
  const asked: { type: 'get' | 'set'; xml: string }[] = [];
  return {
    asked,
    request: ({ type, to, payload }) => {
      const xml = serialize(payload, NS.client);
      asked.push({ type, xml, ...(to !== undefined && { to }) });
      if (typeof answer !== 'function' && left.length === 0) return Promise.reject(new Error(`unexpected: ${xml}`));
      const given = typeof answer === 'function' ? answer(xml) : left.shift();
      if (given instanceof LinkError) return Promise.reject(given);
      return Promise.resolve(resultOf(given));
    },
  };
}

function resultOf(xml: string | undefined): Element {
  const payload = xml === undefined ? undefined : parseElement(xml);
  return element('iq', NS.client, { type: 'result' }, payload);
}
