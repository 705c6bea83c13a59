/**
 * Keeps each contact's state current: asked after sign-in, when a contact goes away, when a conversation opens and
 * again at send (ux.md 3.3). The send decision uses only the fresh answer; this cache is for showing.
 */
import type { Cancel, Timers } from '../base/time.ts';
import { SECOND_MS } from '../base/time.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import type { BareJid } from '../wire/jid.ts';
import type { Contacts } from './contacts.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { OptionsFetch, OptionsOutcome } from './options-fetch.ts';
import type { Trust } from './trust.ts';

/** `contact-online`: here, and not with the one resource whose away key is out. */
export type CheckOutcome =
  | OptionsOutcome
  | {
      readonly kind: 'contact-online';
      /** One of the contact's clients can hold a live session. */
      readonly canLive: boolean;
      /** What is published all the same, in case a negotiation shows that nobody is there (6.4 b). */
      readonly published?: Extract<OptionsOutcome, { kind: 'ready' }>;
    };

const AT_ONCE = 2;
const LONGEST_CHECK_MS = 20 * SECOND_MS;

export interface ContactChecksParts {
  readonly contacts: Contacts;
  readonly trust: Trust;
  readonly options: OptionsFetch;
  readonly timers: Timers;
  readonly announcer: Announcer<ServiceEvents>;
}

export class ContactChecks {
  /** Whether a session with the contact is live: nothing is fetched then. Set once, by the composition. */
  hasSession: (address: BareJid) => boolean = () => false;

  /** Asks whether a client of a contact who is here can hold a live session. Set once, by the composition. */
  canLive: (address: BareJid) => Promise<boolean> = () => Promise.resolve(false);

  readonly #parts: ContactChecksParts;
  readonly #known = new Map<BareJid, CheckOutcome>();
  readonly #running = new Map<BareJid, Promise<CheckOutcome>>();
  #queue: BareJid[] = [];
  #active = 0;
  #link: Link | undefined;

  constructor(parts: ContactChecksParts) {
    this.#parts = parts;
  }

  attach(link: Link): void {
    this.#link = link;
  }

  /** The stream is gone: what was known may have changed meanwhile. */
  detach(): void {
    this.#link = undefined;
    this.#queue = [];
    this.#known.clear();
  }

  /** The last answer; undefined while nothing is known (C10). */
  known(address: BareJid): CheckOutcome | undefined {
    return this.#known.get(address);
  }

  /** Asks now and waits, 20 s at most; a check under way is shared. */
  check(address: BareJid): Promise<CheckOutcome> {
    const running = this.#running.get(address);
    if (running !== undefined) return running;
    const started: Promise<CheckOutcome> = this.#withLimit(this.#ask(address)).then((outcome) => {
      if (this.#running.get(address) !== started) return this.check(address);
      this.#running.delete(address);
      this.#known.set(address, outcome);
      this.#parts.announcer.announce('contactChanged', address);
      return outcome;
    });
    this.#running.set(address, started);
    return started;
  }

  /** As `check`, with an answer to a question asked from now on: what decides about sending. */
  async checkAnew(address: BareJid): Promise<CheckOutcome> {
    await this.#running.get(address);
    return this.check(address);
  }

  /** Asks when its turn comes, two at a time. */
  queue(addresses: readonly BareJid[]): void {
    for (const address of addresses) if (!this.#queue.includes(address)) this.#queue.push(address);
    this.#work();
  }

  /** The contact's presence changed: what was known no longer holds, nor what was asked before. */
  invalidate(address: BareJid): void {
    this.#known.delete(address);
    this.#running.delete(address);
  }

  #work(): void {
    while (this.#active < AT_ONCE) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#active += 1;
      void this.check(next).finally(() => {
        this.#active -= 1;
        this.#work();
      });
    }
  }

  async #ask(address: BareJid): Promise<CheckOutcome> {
    const { contacts, trust, options } = this.#parts;
    const link = this.#link;
    if (trust.isBlocked(address)) return { kind: 'key-changed' };
    if (link === undefined) return { kind: 'not-checked' };
    const known = this.#known.get(address);
    if (known !== undefined && this.hasSession(address)) return known;
    const here = contacts.resources(address);
    if (here.length > 1) return { kind: 'contact-online', canLive: await this.canLive(address) };
    contacts.ensure(address);
    const outcome = await options.fetch(link, address, contacts.receivesPresence(address));
    const stillHere = contacts.resources(address);
    if (stillHere.length === 0) return outcome;
    // The one resource that seems available would have withdrawn its away key before becoming so (6.4, H-24).
    const [only] = stillHere;
    const isDead =
      outcome.kind === 'ready' &&
      outcome.set === 'away' &&
      stillHere.length === 1 &&
      outcome.options.matchResource === only;
    if (isDead || outcome.kind === 'key-changed') return outcome;
    const canLive = await this.canLive(address);
    return { kind: 'contact-online', canLive, ...(outcome.kind === 'ready' ? { published: outcome } : {}) };
  }

  #withLimit(asked: Promise<CheckOutcome>): Promise<CheckOutcome> {
    const { promise, resolve } = Promise.withResolvers<CheckOutcome>();
    const cancel: Cancel = this.#parts.timers.after(LONGEST_CHECK_MS, () => {
      resolve({ kind: 'not-checked' });
    });
    asked.then(resolve, () => {
      resolve({ kind: 'not-checked' });
    });
    return promise.finally(cancel);
  }
}
