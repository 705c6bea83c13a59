/**
 * From the features after login to a session: the former one resumed (XEP-0198 §5), or a resource bound
 * (RFC 6120 section 7) and stream management enabled. One element in, one step further, so that nothing that arrives
 * behind the last of them can be taken for a part of it.
 */
import { child, childText, element, elements, serialize } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import { bareOf, isFullJid, tryParseJid } from '../../wire/jid.ts';
import type { BareJid, FullJid } from '../../wire/jid.ts';
import { NS } from '../../wire/namespaces.ts';
import { buildStandIn } from '../../wire/oversized.ts';
import { LinkError } from './link.ts';
import { readStanzaError } from './stanza-error.ts';
import type { LoggedIn } from './xmpp-stream.ts';
import { StreamManagement, buildEnable, buildResume, readCount } from './xep0198-stream-management.ts';

const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';

export interface SessionRequest {
  readonly account: BareJid;
  readonly resource: string;
  /** Of the bind request. */
  readonly id: string;
  /** The session to resume, if there is one and it is wanted. */
  readonly former: StreamManagement | undefined;
}

export type SessionOutcome =
  | { readonly kind: 'resumed'; readonly session: StreamManagement }
  | {
      readonly kind: 'new';
      readonly session: StreamManagement;
      readonly jid: FullJid;
      /**
       * Stanzas that came between the bind and <enabled/>, in order: ejabberd hands over there what a dead session of
       * the same resource left. They are in no count, and the server has forgotten them already.
       */
      readonly early: readonly Element[];
    };

type Step =
  | { readonly name: 'resuming'; readonly former: StreamManagement }
  | { readonly name: 'binding' }
  | { readonly name: 'enabling'; readonly jid: FullJid };

/**
 * Sets the session up on a stream that nobody listens to yet. One of the two is called, once and synchronously with
 * the element that decides, so that `done` can take the stream over before the next one comes.
 */
export function setUpSession(
  { stream, features }: LoggedIn,
  request: SessionRequest,
  done: (outcome: SessionOutcome) => void,
  fail: (error: LinkError) => void,
): void {
  const guard = (run: () => void): void => {
    try {
      run();
    } catch (cause) {
      fail(cause instanceof LinkError ? cause : new LinkError('bad-answer', 'no session came about', { cause }));
    }
  };
  guard(() => {
    const setup = new SessionSetup(features, request, (el) => {
      stream.write(serialize(el, NS.client));
    });
    const element = (received: Element): void => {
      guard(() => {
        const outcome = setup.take(received);
        if (outcome !== undefined) done(outcome);
      });
    };
    const skipped = (root: Element): void => {
      element(buildStandIn(root));
    };
    stream.listen({ element, skipped, ended: fail });
  });
}

class SessionSetup {
  readonly #request: SessionRequest;
  readonly #write: (el: Element) => void;
  readonly #early: Element[] = [];
  #step: Step;

  /** Says the first thing at once. @throws LinkError `server-refused` if the server lacks what we cannot do without */
  constructor(features: Element, request: SessionRequest, write: (el: Element) => void) {
    this.#request = request;
    this.#write = write;
    // Without it the server deletes the backlog as it hands it out, and nothing is known to have arrived (6.2 step 1).
    if (child(features, 'sm', NS.streamManagement) === undefined) {
      throw new LinkError('server-refused', 'the server has no stream management');
    }
    const { former } = request;
    this.#step = former?.resumptionId === undefined ? this.#bind() : this.#resume(former, former.resumptionId);
  }

  /**
   * @returns the session once it stands; undefined while there is more to say.
   * @throws LinkError `server-refused`, `bad-answer`
   */
  take(received: Element): SessionOutcome | undefined {
    switch (this.#step.name) {
      case 'resuming':
        return this.#takeResumption(received, this.#step.former);
      case 'binding':
        this.#takeBinding(received);
        return undefined;
      case 'enabling':
        return this.#takeEnabled(received, this.#step.jid);
    }
  }

  #resume(former: StreamManagement, id: string): Step {
    former.startConnection(); // now: what is handled from here on does not change what the server sends again
    this.#write(buildResume(id, former.handled));
    return { name: 'resuming', former };
  }

  #bind(): Step {
    const bind = element('bind', NS_BIND, {}, element('resource', NS_BIND, {}, this.#request.resource));
    this.#write(element('iq', NS.client, { type: 'set', id: this.#request.id }, bind));
    return { name: 'binding' };
  }

  #takeResumption(received: Element, former: StreamManagement): SessionOutcome | undefined {
    if (received.ns !== NS.streamManagement) return undefined;
    const count = readCount(received);
    if (received.name === 'resumed') {
      if (count === undefined || received.attrs['previd'] !== former.resumptionId) throw badAnswer('resumed');
      former.acknowledge(count);
      return { kind: 'resumed', session: former };
    }
    if (received.name !== 'failed') return undefined;
    if (count !== undefined) former.acknowledge(count);
    former.resumptionId = undefined; // it will not be asked for again, however this attempt ends
    this.#step = this.#bind();
    return undefined;
  }

  #takeBinding(received: Element): void {
    if (received.name !== 'iq' || received.ns !== NS.client || received.attrs['id'] !== this.#request.id) return;
    if (received.attrs['type'] === 'error') {
      throw new LinkError('server-refused', 'the server binds no resource', { cause: readStanzaError(received) });
    }
    this.#step = { name: 'enabling', jid: this.#readBoundJid(received) };
    this.#write(buildEnable());
  }

  /** S-088: whatever resource the server gives, the account is ours. */
  #readBoundJid(received: Element): FullJid {
    const bind = child(received, 'bind', NS_BIND);
    const jid = tryParseJid(bind === undefined ? undefined : childText(bind, 'jid', NS_BIND));
    if (jid === undefined || !isFullJid(jid) || bareOf(jid) !== this.#request.account) throw badAnswer('bound');
    return jid;
  }

  #takeEnabled(received: Element, jid: FullJid): SessionOutcome | undefined {
    if (received.ns === NS.client) this.#early.push(received);
    if (received.ns !== NS.streamManagement) return undefined;
    if (received.name === 'failed') {
      const [condition] = elements(received);
      throw new LinkError('server-refused', `stream management is refused: ${condition?.name ?? 'no reason'}`);
    }
    if (received.name !== 'enabled') return undefined;
    const { id, resume } = received.attrs;
    const isResumable = resume === 'true' || resume === '1';
    return { kind: 'new', session: new StreamManagement(isResumable ? id : undefined), jid, early: this.#early };
  }
}

function badAnswer(what: string): LinkError {
  return new LinkError('bad-answer', `the server ${what} something else than asked`);
}
