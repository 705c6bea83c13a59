/** Leaving: the presence set goes out, is confirmed where there is time, and the stream ends (profile 3.2, 6.2). */
import { toHex } from '../base/bytes.ts';
import { SECOND_MS, type Timers } from '../base/time.ts';
import type { RandomSource } from '../crypto/random.ts';
import { StanzaError, type Link } from '../protocol/xmpp/link.ts';
import { buildItemsRequest, buildPublish, readItems } from '../wire/xep0060-pubsub.ts';
import type { OfflineRecord } from '../stores/offline-secrets.ts';
import { element, elements, type Element } from '../wire/element.ts';
import { NS } from '../wire/namespaces.ts';
import { parseElement } from '../wire/xml-parser.ts';
import type { Contacts } from './contacts.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { Incoming } from './incoming.ts';
import type { OfflineKeys } from './offline-keys.ts';
import type { LiveNegotiations } from './live-negotiations.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { Outgoing } from './outgoing.ts';
import { isSameForm, type OwnPublications } from './own-publications.ts';
import type { SendingSessions } from './sending-sessions.ts';

export interface GoingOfflineParts {
  readonly keys: OfflineKeys;
  readonly publications: OwnPublications;
  readonly contacts: Contacts;
  readonly outgoing: Outgoing;
  readonly sessions: SendingSessions;
  readonly incoming: Incoming;
  readonly live: LiveSessions;
  readonly negotiations: LiveNegotiations;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly announcer: Announcer<ServiceEvents>;
  /** Closes the sealed records in memory (S-059). */
  readonly closeKeys: () => void;
}

/** How long the server's answer is awaited (ruling 14). */
const ANSWER_MS = 5 * SECOND_MS;
const CLOSE_MS = SECOND_MS;

export class GoingOffline {
  readonly #parts: GoingOfflineParts;
  #isPublishing = false;

  constructor(parts: GoingOfflineParts) {
    this.#parts = parts;
  }

  /** True between the publish and its answer (S3). */
  get isPublishing(): boolean {
    return this.#isPublishing;
  }

  /** Every planned end of availability with time to wait: quit, leave now, sign out. Never throws. */
  async leave(link: Link): Promise<void> {
    const { outgoing, sessions, live } = this.#parts;
    this.#endNegotiations();
    for (const { address } of [...sessions.all(), ...live.all()]) outgoing.endSession(address);
    this.#isPublishing = true;
    this.#parts.announcer.announce('leavingChanged', undefined);
    try {
      const record = await this.#setToPublish();
      if (record !== undefined) await this.#publish(link, record);
    } catch {
      // The record's state says what is out; leaving goes on.
    } finally {
      this.#isPublishing = false;
    }
    link.send(unavailable()).catch(() => undefined);
    await this.#parts.incoming.idle();
    await link.close(CLOSE_MS);
  }

  /**
   * Sleep and shutdown: one durable mark, then terminations, publish, unavailable presence and the end of the stream
   * in one write (H-25). Synchronous. The set counts as published: someone may read it before we know.
   */
  leaveAtOnce(link: Link): void {
    const { keys, sessions, live, random, closeKeys } = this.#parts;
    const last: Element[] = [];
    this.#endNegotiations();
    for (const channel of live.all()) {
      const termination = live.termination(channel);
      if (termination !== undefined) last.push(termination);
      live.erase(channel);
    }
    for (const session of sessions.all()) {
      const termination = sessions.termination(session);
      if (termination !== undefined) last.push(termination);
      sessions.erase(session);
    }
    const prepared = this.#mayPublish() ? keys.prepared() : undefined;
    const record = prepared && keys.startPublishing(prepared);
    if (record !== undefined) {
      const id = toHex(random.bytes(16));
      last.push(element('iq', NS.client, { type: 'set', id }, this.#publishPayload(record)));
    }
    link.sendLast([...last, unavailable()]);
    closeKeys();
  }

  /** Nobody is asked or answered any more. */
  #endNegotiations(): void {
    this.#parts.negotiations.isOpen = false;
    this.#parts.negotiations.abandonAll();
  }

  /** Another client of the account that is available, or the user's choice, forbids it. */
  #mayPublish(): boolean {
    const { publications, contacts } = this.#parts;
    return publications.mayPublish && !contacts.isOwnAccountElsewhere();
  }

  async #setToPublish(): Promise<OfflineRecord | undefined> {
    const { keys, publications, timers } = this.#parts;
    if (!this.#mayPublish()) return undefined;
    if (keys.prepared() === undefined) {
      const { promise: tooLate, resolve } = Promise.withResolvers<undefined>();
      const cancel = timers.after(ANSWER_MS, () => {
        resolve(undefined);
      });
      await Promise.race([publications.prepareAway(), tooLate]).finally(cancel);
    }
    return keys.prepared();
  }

  async #publish(link: Link, prepared: OfflineRecord): Promise<void> {
    const { keys } = this.#parts;
    const record = keys.startPublishing(prepared);
    if (record === undefined) return;
    const published = link.request({ type: 'set', payload: this.#publishPayload(record), timeoutMs: ANSWER_MS });
    // In the same write: whether the form is really there (3.2).
    const shown = link.request({ type: 'get', payload: buildItemsRequest(NS.offline), timeoutMs: ANSWER_MS });
    shown.catch(() => undefined);
    try {
      await published;
    } catch (error) {
      // Refused: nobody can have read it. No answer: it stays `publishing`, which counts as published.
      if (error instanceof StanzaError) keys.destroy(record, 'refused');
      return;
    }
    const items = await shown.then((answer) => readItems(elements(answer)[0], NS.offline)).catch(() => []);
    const isShown = items.some((item) => item.payload !== undefined && isSameForm(item.payload, record));
    keys.markPublished(record, isShown);
  }

  #publishPayload(record: OfflineRecord): Element {
    const condition = this.#parts.publications.conditionFor('presence');
    return buildPublish(NS.offline, 'current', parseElement(record.form), condition);
  }
}

function unavailable(): Element {
  return element('presence', NS.client, { type: 'unavailable' });
}
