/** Builds the messenger: every part once, in order, by hand. What depends on what is read here and nowhere else. */
import { OptionsFetch } from '../services/options-fetch.ts';
import { applyRekey } from '../protocol/esession/xep0200-rekey.ts';
import { AcceptingRecords, toAcceptingRecord } from '../services/accepting-records.ts';
import { Availability } from '../services/availability.ts';
import { Backlog } from '../services/backlog.ts';
import { ComingOnline } from '../services/coming-online.ts';
import { ContactChecks } from '../services/contact-checks.ts';
import { Contacts } from '../services/contacts.ts';
import { Conversations } from '../services/conversations.ts';
import { DeferredLetters } from '../services/deferred-letters.ts';
import { Delivery } from '../services/delivery.ts';
import { Drain } from '../services/drain.ts';
import { Announcer, type ServiceEvents } from '../services/events.ts';
import { FoldedNotices } from '../services/folded-notices.ts';
import { GoingOffline } from '../services/going-offline.ts';
import { Incoming } from '../services/incoming.ts';
import { LetterReader } from '../services/letter-reader.ts';
import { LetterRows } from '../services/letter-rows.ts';
import { LinkTraffic } from '../services/link-traffic.ts';
import { OfflineKeys } from '../services/offline-keys.ts';
import { createKeyLookUp } from '../services/key-look-up.ts';
import { Opening } from '../services/opening.ts';
import { Outgoing } from '../services/outgoing.ts';
import { OwnKey } from '../services/own-key.ts';
import { OwnPublications } from '../services/own-publications.ts';
import { Receipts } from '../services/receipts.ts';
import { ReceivedSessions } from '../services/received-sessions.ts';
import { SendingSessions } from '../services/sending-sessions.ts';
import { SentExpiry } from '../services/sent-expiry.ts';
import { ServerKnowledge } from '../services/server-knowledge.ts';
import { SessionStart } from '../services/session-start.ts';
import { Trust } from '../services/trust.ts';
import { Unsealing } from '../services/unsealing.ts';
import { WorkBudget } from '../services/work-budget.ts';
import { openStores, type Stores } from '../stores/stores.ts';
import type { BareJid } from '../wire/jid.ts';
import { createApi } from './api.ts';
import { createEventRelay } from './event-relay.ts';
import type { Composition, Messenger } from './messenger.ts';
import { Views } from './views.ts';

/** Everything that runs, as the API and the views need it. */
export interface Services {
  readonly stores: Stores;
  readonly announcer: Announcer<ServiceEvents>;
  readonly availability: Availability;
  readonly contacts: Contacts;
  readonly checks: ContactChecks;
  readonly trust: Trust;
  readonly conversations: Conversations;
  readonly outgoing: Outgoing;
  readonly sessions: SendingSessions;
  readonly keys: OfflineKeys;
  readonly ownKey: OwnKey;
  readonly publications: OwnPublications;
  readonly comingOnline: ComingOnline;
  readonly goingOffline: GoingOffline;
  readonly backlog: Backlog;
  readonly server: ServerKnowledge;
  readonly rows: LetterRows;
}

/**
 * Opens the stores and composes the services over them.
 *
 * @throws StoreError when the profile cannot be opened; nothing is changed then.
 */
export async function composeMessenger(composition: Composition): Promise<Messenger> {
  const { directory, protector, random, clock, searchWorker } = composition;
  const stores = await openStores({ directory, protector, random, now: () => clock.now(), searchWorker });
  try {
    return await composeOver(composition, stores);
  } catch (error) {
    stores.close();
    throw error;
  }
}

async function composeOver(composition: Composition, stores: Stores): Promise<Messenger> {
  const { clock, timers, random, modp, createLink, linkSettings } = composition;
  const announcer = new Announcer<ServiceEvents>();
  const account = (): ReturnType<Availability['account']> => availability.account();
  const own = (): BareJid => account().address;
  const policy = (): { olderEncryption: boolean } => ({
    olderEncryption: stores.account.get()?.olderEncryption ?? false,
  });
  const server = new ServerKnowledge(clock);

  // What is known of people and keys.
  const trust = new Trust(stores.keys, clock, announcer);
  const contacts = new Contacts({ store: stores.contacts, clock, announcer });
  const options = new OptionsFetch({ contacts: stores.contacts, trust, now: () => server.now() });
  const checks = new ContactChecks({ contacts, trust, options, timers, announcer });
  const ownKey = new OwnKey(stores.keys, clock);
  const keys = new OfflineKeys({ store: stores.offlineSecrets, modp, random, clock, announcer, policy });
  const publications = new OwnPublications({ keys, ownKey, clock, account });

  const received = new ReceivedSessions(stores.offlineSecrets);

  // What is written to others.
  const sessions = new SendingSessions(clock, random);
  const receipts = new Receipts(stores.settings, stores.messages, contacts, announcer);
  const start = new SessionStart({
    sessions,
    checks,
    trust,
    clock,
    random,
    modp,
    announcer,
    policy,
    signingKey: () => ownKey.signingKey(),
    hasAmp: () => server.hasAmp,
    endReceived: (address) => {
      stores.transaction(() => {
        received.endAllFrom(
          keys.records().map((record) => record.id),
          address,
          clock.now(),
        );
      });
    },
    now: () => server.now(),
  });
  const outgoing = new Outgoing({
    stores,
    sessions,
    start,
    contacts,
    trust,
    clock,
    timers,
    random,
    announcer,
    takeReceipts: (address) => receipts.take(address),
  });
  const sentExpiry = new SentExpiry({ stores, clock, timers, announcer });

  // What comes in.
  const records = new AcceptingRecords();
  const budget = new WorkBudget(clock);
  const deferred = new DeferredLetters(timers);
  const rows = new LetterRows({
    stores,
    random,
    announcer,
    ownResource: () => account().resource,
  });
  const folded = new FoldedNotices(stores.settings, stores.messages, announcer);
  const delivery = new Delivery({
    own,
    journal: stores.journal,
    secrets: stores.offlineSecrets,
    keys,
    sessions: received,
    trust,
    rows,
    folded,
    receipts,
    announcer,
  });
  const unsealing = new Unsealing({
    sessions: received,
    sink: delivery,
    rekey: async (live, value) => {
      const record = keys.records().find((one) => one.id === live.recordId);
      if (record === undefined || live.stored.state !== 'open') return undefined;
      const { session } = live.stored;
      const secret = records.of(record, toAcceptingRecord).secrets.find((one) => one.modp === session.modp);
      return secret === undefined ? undefined : applyRekey(session, value, secret, modp);
    },
  });
  const lookUpKeys = createKeyLookUp(contacts, clock, timers, () => availability.link);
  const opening: Opening = new Opening({
    keys,
    secrets: stores.offlineSecrets,
    sessions: received,
    records,
    trust,
    modp,
    clock,
    policy,
    refuse: (letter, reason, recordId, batch) => {
      budget.count(letter.contact);
      delivery.refuse(letter, reason, recordId, batch);
    },
    unseal: (live, letter, c, batch) => {
      if (c !== undefined && live.stored.state === 'open') return unsealing.take(live, letter, c, batch);
      return delivery.done(letter.entry, batch);
    },
    publishedKeys: lookUpKeys,
  });
  const backlog = new Backlog(announcer);
  const reader: LetterReader = new LetterReader({
    own,
    contacts,
    keys,
    sessions: received,
    opening,
    unsealing,
    delivery,
    outgoing: () => outgoing,
    budget,
    deferred,
  });
  const incoming: Incoming = new Incoming({
    stores,
    clock,
    reader,
    addReceived: (recordId, count) => {
      keys.addReceived(recordId, count);
    },
    storeFailed: (error) => {
      announcer.announce('alertRaised', {
        code: error.code === 'store-full' ? 'store-full' : 'store-damaged',
        text: 'No room to store messages, or the store failed. Nothing was deleted; your server keeps what waits.',
      });
      availability.cutOff('store-full');
    },
    progressed: () => {
      const { opened, failed } = rows.takeCounts();
      backlog.count(opened, failed);
    },
  });
  deferred.again = (entries) => {
    incoming.again(entries);
  };
  const drain = new Drain({
    keys,
    clock,
    timers,
    sessionsOf: (recordId) =>
      received.of(recordId).map(({ stored }) => ({
        isEnded: stored.state === 'ended',
        lastActivityAt: stored.lastActivityAt,
      })),
    backlogWaits: () => incoming.isBusy || unsealing.holdsSome || deferred.hasSome,
    destroyed: (recordId) => {
      received.forgetRecord(recordId);
      records.forget(recordId);
      for (const message of stores.messages.byPublication(recordId)) announcer.announce('messageChanged', message);
    },
  });

  // Being there and being away.
  const comingOnline = new ComingOnline({
    keys,
    drain,
    contacts,
    checks,
    incoming,
    backlog,
    outgoing,
    publications,
    clock,
    timers,
    announcer,
    learned: (facts) => {
      server.learn(facts);
    },
  });
  const goingOffline = new GoingOffline({
    keys,
    publications,
    contacts,
    outgoing,
    sessions,
    incoming,
    records,
    clock,
    timers,
    random,
    announcer,
    account,
    closeKeys: () => {
      incoming.stop();
      received.forget();
      unsealing.forget();
      keys.close();
    },
  });
  const availability: Availability = new Availability({
    stores,
    createLink,
    linkSettings,
    traffic: new LinkTraffic(contacts, incoming, own, () => publications.shownKey),
    comingOnline,
    goingOffline,
    clock,
    timers,
    random,
    announcer,
  });
  contacts.onPresence = (address, isHere) => {
    checks.invalidate(address);
    if (isHere) {
      start.contactCameOnline(address);
      outgoing.contactCameOnline(address);
    } else {
      checks.queue([address]);
      outgoing.pump(address);
    }
  };

  await keys.load();
  outgoing.load();
  drain.start();
  sentExpiry.start();

  const services: Services = {
    stores,
    announcer,
    availability,
    contacts,
    checks,
    trust,
    conversations: new Conversations(stores, clock, announcer),
    outgoing,
    sessions,
    keys,
    ownKey,
    publications,
    comingOnline,
    goingOffline,
    backlog,
    server,
    rows,
  };
  const views = new Views(services, clock);
  return {
    api: createApi(services, views),
    on: createEventRelay(announcer, views),
    leave: () => availability.leave(),
    suspend: () => {
      availability.suspend();
    },
    resume: () => {
      void availability.resume();
    },
    close: async () => {
      await incoming.idle();
      drain.stop();
      sentExpiry.stop();
      stores.close();
    },
  };
}
