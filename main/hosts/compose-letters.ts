/** The part of the composition that letters go through, in both directions. */
import { applyRekey } from '../protocol/esession/xep0200-rekey.ts';
import type { Link } from '../protocol/xmpp/link.ts';
import { AcceptingRecords, toAcceptingRecord } from '../services/accepting-records.ts';
import { ArchiveCatchUp } from '../services/archive-catch-up.ts';
import { Backlog } from '../services/backlog.ts';
import { DeferredLetters } from '../services/deferred-letters.ts';
import { Delivery } from '../services/delivery.ts';
import { FoldedNotices } from '../services/folded-notices.ts';
import { IgnoredCounts } from '../services/ignored-counts.ts';
import { Incoming } from '../services/incoming.ts';
import { createKeyLookUp } from '../services/key-look-up.ts';
import { LetterReader } from '../services/letter-reader.ts';
import { LetterRows } from '../services/letter-rows.ts';
import { LiveReading } from '../services/live-reading.ts';
import { Opening } from '../services/opening.ts';
import { Outgoing } from '../services/outgoing.ts';
import { ReceivedSessions } from '../services/received-sessions.ts';
import { Receipts } from '../services/receipts.ts';
import { SendingSessions } from '../services/sending-sessions.ts';
import { SessionStart } from '../services/session-start.ts';
import { Unsealing } from '../services/unsealing.ts';
import { WorkBudget } from '../services/work-budget.ts';
import type { StoreError } from '../stores/store-error.ts';
import type { Stores } from '../stores/stores.ts';
import type { BareJid } from '../wire/jid.ts';
import { composeLive, type Live } from './compose-live.ts';
import type { People } from './compose-people.ts';
import type { Composition } from './messenger.ts';

export interface Letters extends Live {
  readonly sessions: SendingSessions;
  readonly start: SessionStart;
  readonly outgoing: Outgoing;
  readonly received: ReceivedSessions;
  readonly records: AcceptingRecords;
  readonly rows: LetterRows;
  readonly unsealing: Unsealing;
  readonly deferred: DeferredLetters;
  readonly backlog: Backlog;
  readonly incoming: Incoming;
  readonly ignored: IgnoredCounts;
  readonly archive: ArchiveCatchUp;
}

/** What this part needs of the parts composed after it. */
export interface LettersNeeds {
  readonly link: () => Link | undefined;
  readonly storeFailed: (error: StoreError) => void;
}

export function composeLetters(composition: Composition, stores: Stores, people: People, needs: LettersNeeds): Letters {
  const { clock, timers, random, modp } = composition;
  const { announcer, account, policy, contacts, trust, keys } = people;
  const own = (): BareJid => account().address;
  const received = new ReceivedSessions(stores.offlineSecrets);
  const receipts = new Receipts(stores.settings, stores.messages, contacts, announcer);
  const publishedKeys = createKeyLookUp(contacts, clock, timers, needs.link);
  const talking = composeLive(composition, stores, people, { link: needs.link, publishedKeys });
  const { storeFailed } = needs;
  const writing = composeWriting(composition, stores, people, { received, receipts, storeFailed, ...talking });

  const records = new AcceptingRecords();
  const budget = new WorkBudget(clock);
  const deferred = new DeferredLetters(timers);
  const rows = new LetterRows({ stores, random, announcer, ownResource: () => account().resource });
  const folded = new FoldedNotices(stores.settings, stores.messages, announcer);
  const delivery = new Delivery({
    ...{ own, keys, trust, rows, folded, receipts, announcer },
    journal: stores.journal,
    secrets: stores.offlineSecrets,
    sessions: received,
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
  const opening = new Opening({
    ...{ keys, records, trust, modp, clock, policy },
    secrets: stores.offlineSecrets,
    sessions: received,
    refuse: (letter, reason, recordId, batch) => {
      budget.count(letter.contact);
      delivery.refuse(letter, reason, recordId, batch);
    },
    unseal: (live, letter, c, batch) => {
      if (c !== undefined && live.stored.state === 'open') return unsealing.take(live, letter, c, batch);
      return delivery.done(letter.entry, batch);
    },
    publishedKeys,
  });
  const backlog = new Backlog(announcer);
  const ignored = new IgnoredCounts();
  const { outgoing } = writing;
  const { live: sessions, negotiations, retained } = talking;
  const live = new LiveReading({
    ...{ sessions, negotiations, retained, contacts, clock, random, link: needs.link },
    sink: delivery,
    received: (address) => {
      outgoing.pump(address);
    },
  });
  const incoming = new Incoming({
    ...{ stores, clock, timers },
    reader: new LetterReader({
      ...{ own, contacts, keys, opening, unsealing, delivery, outgoing, budget, deferred, ignored, live },
      sessions: received,
    }),
    addReceived: (recordId, count) => {
      keys.addReceived(recordId, count);
    },
    storeFailed,
    holdBack: (isHeld) => {
      needs.link()?.holdBack(isHeld);
    },
    progressed: () => {
      const { opened, failed } = rows.takeCounts();
      backlog.count(opened, failed);
    },
  });
  const archive = new ArchiveCatchUp({
    ...{ random, timers, announcer },
    settings: stores.settings,
    journalled: () => incoming.idle(),
  });
  deferred.again = (entries) => {
    incoming.again(entries);
  };
  return { ...writing, ...talking, received, records, rows, unsealing, deferred, backlog, incoming, ignored, archive };
}

function composeWriting(
  { clock, timers, random, modp }: Composition,
  stores: Stores,
  { announcer, policy, server, trust, contacts, checks, ownKey, keys }: People,
  parts: Live &
    Pick<LettersNeeds, 'storeFailed'> & { readonly received: ReceivedSessions; readonly receipts: Receipts },
): Pick<Letters, 'sessions' | 'start' | 'outgoing'> {
  const { received, receipts, live, negotiations, storeFailed } = parts;
  const sessions = new SendingSessions(clock, random);
  const endReceived = (address: BareJid): void => {
    stores.transaction(() => {
      const recordIds = keys.records().map((record) => record.id);
      received.endAllFrom(recordIds, address, clock.now());
    });
  };
  const start = new SessionStart({
    ...{ sessions, checks, trust, clock, random, modp, announcer, policy },
    signingKey: () => ownKey.signingKey(),
    hasAmp: () => server.hasAmp,
    endReceived,
    now: () => server.now(),
    live: (address) => live.get(address),
    negotiate: (address) => negotiations.negotiate(address),
  });
  const outgoing = new Outgoing({
    ...{ stores, sessions, start, contacts, trust, clock, timers, random, announcer },
    takeReceipts: (address) => receipts.take(address),
    receiptsOwed: () => receipts.creditors,
    ...{ live, storeFailed },
  });
  live.onStarted = ({ address }) => {
    outgoing.liveStarted(address);
    announcer.announce('contactChanged', address);
  };
  live.onPeerGone = (channel) => {
    outgoing.livePeerGone(channel);
  };
  live.onEnded = (channel) => {
    outgoing.liveEnded(channel);
    announcer.announce('contactChanged', channel.address);
  };
  return { sessions, start, outgoing };
}
