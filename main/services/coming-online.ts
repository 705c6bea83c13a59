/** The steps of coming online, in the order of profile 6.2, and what follows once the account is there. */
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Cancel, type Clock, type Timers } from '../base/time.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import { buildPresence } from '../protocol/xmpp/rfc6121-presence.ts';
import { capsElement } from '../protocol/xmpp/xep0115-caps.ts';
import { fetchDiscoInfo } from '../protocol/xmpp/xep0030-disco.ts';
import { accountFeatures } from '../protocol/xmpp/xep0163-pep.ts';
import { ping } from '../protocol/xmpp/xep0199-ping.ts';
import { fetchServerTime } from '../protocol/xmpp/xep0202-time.ts';
import { domainOf, parseJid, type BareJid } from '../wire/jid.ts';
import { NS } from '../wire/namespaces.ts';
import type { ArchiveCatchUp } from './archive-catch-up.ts';
import type { Backlog } from './backlog.ts';
import type { ContactChecks } from './contact-checks.ts';
import type { Contacts } from './contacts.ts';
import type { Drain } from './drain.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { Incoming } from './incoming.ts';
import type { OfflineKeys } from './offline-keys.ts';
import type { ClientSupport } from './client-support.ts';
import type { LiveNegotiations } from './live-negotiations.ts';
import type { LiveSessions } from './live-sessions.ts';
import type { Outgoing } from './outgoing.ts';
import type { OwnPublications } from './own-publications.ts';
import { Withdrawal } from './withdrawal.ts';

export interface ComingOnlineParts {
  readonly keys: OfflineKeys;
  readonly drain: Drain;
  readonly contacts: Contacts;
  readonly checks: ContactChecks;
  readonly incoming: Incoming;
  readonly backlog: Backlog;
  readonly archive: ArchiveCatchUp;
  readonly outgoing: Outgoing;
  readonly live: LiveSessions;
  readonly negotiations: LiveNegotiations;
  readonly support: ClientSupport;
  readonly publications: OwnPublications;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly announcer: Announcer<ServiceEvents>;
  /** What the server was found to be capable of, and how its clock differs. */
  readonly learned: (server: ServerFacts) => void;
}

export interface ServerFacts {
  readonly features: readonly string[];
  readonly hasPep: boolean;
  readonly clockOffsetMs: number;
}

/** A huge backlog stands before the answer to the ping. */
const PING_MS = 10 * MINUTE_MS;
/** When what a former stream left is surely in the server's store: soon, and where there was much of it, later. */
const LEFT_BEHIND_MS = [2 * SECOND_MS, 20 * SECOND_MS];
/** Contacts' presences may come a little after the ping's answer. */
const PRESENCE_SETTLES_MS = SECOND_MS / 2;

export class ComingOnline {
  readonly #parts: ComingOnlineParts;
  readonly #withdrawal: Withdrawal;
  #cancelSettle: Cancel = () => undefined;
  #cancelRefresh: Cancel = () => undefined;
  #cancelLeftBehind: Cancel = () => undefined;
  #isThere = false;
  #hasPep = false;
  /** By which link initial presence was said. */
  #announcedBy: Link | undefined;
  #isAnswered = false;

  constructor(parts: ComingOnlineParts) {
    this.#parts = parts;
    this.#withdrawal = new Withdrawal(parts);
  }

  /** True while the old presence set could not be taken back (S7). */
  get isWithdrawalOpen(): boolean {
    return this.#withdrawal.isOpen;
  }

  /** Tries again at once what is tried each minute; does nothing where nothing is left to withdraw. Never throws. */
  async withdrawNow(link: Link | undefined): Promise<void> {
    if (this.isWithdrawalOpen && link?.isOpen === true) await this.#withdrawal.again(link);
  }

  /** Opens what a sleep closed. @throws StoreError `locked` */
  async openKeys(): Promise<void> {
    await this.#parts.keys.load();
    this.#parts.drain.start();
  }

  /** Steps 2 to 4: bound and managed, nothing said yet. @throws LinkError */
  async run(link: Link, own: BareJid, resource: string): Promise<void> {
    const { contacts, checks, publications, drain, keys, backlog, incoming } = this.#parts;
    this.#announcedBy = undefined;
    this.#isAnswered = false;
    this.#parts.outgoing.expect();
    // A new stream: whoever was here has seen us leave, and what was under way may be lost (profile 7.7).
    this.#parts.live.eraseAll();
    this.#parts.support.forgetAll();
    this.#parts.negotiations.isOpen = true;
    backlog.begin(); // ejabberd hands over what a dead session left even before presence
    contacts.attach(link, own, resource);
    checks.attach(link);
    const isWithdrawn = await this.#withdrawal.attempt(link); // step 2: nobody can start on stale options any more
    keys.startDraining(); // step 3
    if (isWithdrawn) keys.markWithdrawn();
    const server = await this.#learn(link, own);
    publications.attach(link, server.features.includes(NS.publishOptions));
    await contacts.load(link);
    await this.#parts.archive.catchUp(link, server.features);
    incoming.start();
    link.send(buildPresence({ caps: capsElement() })).catch(() => undefined); // step 4: releases the backlog
    this.#announcedBy = link;
    drain.cameOnline();
  }

  /**
   * Whether the steps got as far as initial presence by this link. A stream may break before that and be resumed all the
   * same: then everything up to it is still to be done, or nobody sees us and nothing that waits is handed over.
   */
  wasAnnounced(link: Link): boolean {
    return this.#announcedBy === link;
  }

  /**
   * A former stream of this resource ended only now. What it was given and nobody acknowledged goes to the store, which
   * initial presence had emptied before (ejabberd; measured). A priority that rises from below zero empties it again
   * (RFC 6121 8.5.2; servers.md 3.2).
   */
  formerStreamEnded(link: Link): void {
    this.#cancelLeftBehind();
    const cancels = LEFT_BEHIND_MS.map((delayMs) =>
      this.#parts.timers.after(delayMs, () => {
        if (!link.isOpen) return;
        for (const priority of [-1, 0]) {
          link.send(buildPresence({ priority, caps: capsElement() })).catch(() => undefined);
        }
      }),
    );
    this.#cancelLeftBehind = () => {
      for (const cancel of cancels) cancel();
    };
  }

  /** Whether the server has answered behind initial presence, by this stream. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** The former stream went on behind initial presence: no coming online (XEP-0198). */
  goOn(link: Link): void {
    this.#isAnswered = false;
    this.#parts.negotiations.isOpen = true;
    this.#parts.checks.attach(link);
    this.#parts.publications.attach(link);
    this.#parts.incoming.start();
    this.#parts.drain.cameOnline();
    void this.withdrawNow(link);
  }

  /** Behind initial presence: the end of the backlog, then what waits to be sent, then our own keys. */
  async settleIn(link: Link, isFirst: boolean): Promise<void> {
    const { contacts, checks, outgoing, incoming, drain, backlog, timers } = this.#parts;
    this.#isThere = true;
    try {
      const ended = ping(link, PING_MS);
      if (isFirst) void this.refresh();
      await ended;
      this.#isAnswered = true;
      await incoming.settle();
      drain.backlogEnded();
      backlog.end();
      await this.#parts.archive.handedOver(link);
    } catch {
      // The stream broke: the next one begins again. An answer that does not come holds nobody up who writes.
      if (!link.isOpen) return;
    }
    this.#cancelSettle = timers.after(PRESENCE_SETTLES_MS, () => {
      if (!link.isOpen) return;
      outgoing.attach(link);
      checks.queue(contacts.all().map((contact) => contact.address));
      if (!isFirst) void this.refresh();
    });
  }

  /**
   * Sees to our own publications and makes the next presence set ahead; again each hour, and after a minute where
   * something failed. Without a set made ahead leaving makes one, or says that it could not.
   */
  async refresh(): Promise<void> {
    const { publications, announcer } = this.#parts;
    this.#cancelRefresh();
    if (!this.#hasPep) return;
    const steps = [
      () => publications.publishKey(),
      () => publications.ensureBackup(),
      () => publications.prepareAway(),
    ];
    const unfit: string[] = [];
    let hasFailed = false;
    for (const step of steps) {
      try {
        unfit.push(...(await step()));
      } catch {
        hasFailed = true;
      }
    }
    if (unfit.length > 0) this.#alertUnfit(unfit);
    announcer.announce('leavingChanged', undefined);
    if (this.#isThere) this.#refreshIn(hasFailed ? MINUTE_MS : HOUR_MS - MINUTE_MS);
  }

  #refreshIn(delayMs: number): void {
    this.#cancelRefresh();
    this.#cancelRefresh = this.#parts.timers.after(delayMs, () => {
      void this.refresh();
    });
  }

  /** The user's choice of lives and readers changed: the sets that are out follow it. @throws LinkError */
  async applyPolicy(): Promise<void> {
    const { publications } = this.#parts;
    await publications.publishKey();
    await publications.ensureBackup(true);
    await publications.prepareAway();
  }

  /**
   * Destroys every offline key now, and takes back what is out, as far as there is a stream (S-055 e). What the server
   * keeps, or what there is no stream for, is taken back later: nobody is to write with a key that opens nothing.
   */
  async destroyKeys(link: Link | undefined): Promise<void> {
    const { keys, publications } = this.#parts;
    for (const record of keys.records()) keys.destroy(record, 'by-hand');
    if (link?.isOpen !== true) return;
    const takenBack = publications.withdrawDestroyed().catch(() => {
      this.#refreshIn(MINUTE_MS);
    });
    await Promise.all([this.#withdrawal.again(link), takenBack]);
  }

  /** The stream is gone, perhaps for a moment only. */
  paused(): void {
    this.#parts.archive.paused();
    this.#cancelTimers();
    this.#parts.negotiations.isOpen = false;
    this.#parts.negotiations.abandonAll();
    this.#parts.outgoing.detach();
    this.#parts.checks.detach();
    this.#parts.publications.detach();
    this.#parts.drain.wentOffline();
  }

  /** The stream is gone for good: nobody's presence is known. */
  ended(): void {
    this.paused();
    this.#parts.live.eraseAll();
    this.#parts.contacts.detach();
  }

  async #learn(link: Link, own: BareJid): Promise<ServerFacts> {
    const [account, server, serverTime] = await Promise.all([
      accountFeatures(link),
      fetchDiscoInfo(link, parseJid(domainOf(own))).then(
        ({ features }) => features,
        () => [],
      ),
      fetchServerTime(link, own).catch(() => undefined),
    ]);
    const clockOffsetMs = serverTime === undefined ? 0 : serverTime.getTime() - this.#parts.clock.now().getTime();
    this.#hasPep = account.pep;
    const learned: ServerFacts = {
      features: [...new Set([...account.features, ...server])],
      hasPep: account.pep,
      clockOffsetMs,
    };
    if (!account.pep) this.#alertUnfit(['personal eventing']);
    this.#parts.learned(learned);
    return learned;
  }

  #alertUnfit(missing: readonly string[]): void {
    const text = `Your server cannot keep keys for you (missing: ${missing.join(', ')}).`;
    this.#parts.announcer.announce('alertRaised', { code: 'server-unfit', text });
  }

  #cancelTimers(): void {
    this.#isThere = false;
    this.#withdrawal.pause();
    this.#cancelSettle();
    this.#cancelRefresh();
    this.#cancelLeftBehind();
  }
}
