/** Builds the messenger: every part once, in order, by hand. What depends on what is read here and nowhere else. */
import { CryptoError } from '../crypto/crypto-error.ts';
import { runSelfTest } from '../crypto/self-test.ts';
import { Availability } from '../services/availability.ts';
import { ComingOnline } from '../services/coming-online.ts';
import { Conversations } from '../services/conversations.ts';
import { Drafts } from '../services/drafts.ts';
import { Drain } from '../services/drain.ts';
import { GoingOffline } from '../services/going-offline.ts';
import { KeyReplacement } from '../services/key-replacement.ts';
import { LinkTraffic } from '../services/link-traffic.ts';
import { Muting } from '../services/muting.ts';
import { SentExpiry } from '../services/sent-expiry.ts';
import { Verification } from '../services/verification.ts';
import { checkStoresSoon } from '../services/store-check.ts';
import type { StoreError } from '../stores/store-error.ts';
import { openStores, type Stores } from '../stores/stores.ts';
import { createApi } from './api.ts';
import { composeLetters, type Letters } from './compose-letters.ts';
import { composePeople, type People } from './compose-people.ts';
import { EventRelay } from './event-relay.ts';
import type { Composition, Messenger } from './messenger.ts';
import type { Services } from './services.ts';
import { Views } from './views.ts';

/**
 * Opens the stores and composes the services over them, once the runtime's cryptography has proven itself (S-020).
 *
 * @throws StoreError when the profile cannot be opened; nothing is changed then.
 * @throws CryptoError `unfit-runtime` before anything is opened.
 */
export async function composeMessenger(composition: Composition): Promise<Messenger> {
  const { directory, protector, random, clock, searchWorker } = composition;
  const selfTest = composition.selfTest ?? (await runSelfTest());
  if (!selfTest.isUsable) throw new CryptoError('unfit-runtime', `wrong here: ${selfTest.missing.join(', ')}`);
  const stores = await openStores({ directory, protector, random, now: () => clock.now(), searchWorker });
  try {
    return await composeOver({ ...composition, selfTest }, stores);
  } catch (error) {
    stores.close();
    throw error;
  }
}

async function composeOver(composition: Composition, stores: Stores): Promise<Messenger> {
  const people = composePeople(composition, stores);
  const { announcer, keys } = people;
  const letters = composeLetters(composition, stores, people, {
    link: () => services.availability.link,
    storeFailed: (error) => {
      announcer.announce('alertRaised', { code: alertCodeOf(error), text: STORE_FAILED });
      services.availability.cutOff('store-full');
    },
  });
  const drain = composeDrain(composition, stores, people, letters);
  const services: Services = composePresence(composition, stores, people, letters, drain);
  tellOfPresence(people, letters);

  await keys.load();
  letters.outgoing.load();
  drain.start();
  const { clock, timers } = composition;
  const sentExpiry = new SentExpiry({ stores, contacts: people.contacts, clock, timers, announcer });
  sentExpiry.start();
  const giveUpCheck = checkStoresSoon(stores, timers, announcer);

  const views = new Views(services, composition);
  const relay = new EventRelay(announcer, views);
  return {
    api: createApi(services, views, composition),
    on: (listener) => relay.add(listener),
    leave: () => services.availability.leave(),
    suspend: () => {
      services.availability.suspend();
    },
    resume: () => {
      void services.availability.resume();
    },
    close: async () => {
      relay.close();
      giveUpCheck();
      letters.outgoing.detach();
      await letters.incoming.idle();
      // What the last acknowledgements brought is stored in the next turn.
      await new Promise((resolve) => setImmediate(resolve));
      drain.stop();
      sentExpiry.stop();
      letters.received.forget();
      letters.records.forget();
      keys.close();
      stores.close();
    },
  };
}

function composeDrain(
  { clock, timers }: Composition,
  stores: Stores,
  { keys, announcer }: People,
  { received, records, incoming, unsealing, deferred }: Letters,
): Drain {
  return new Drain({
    ...{ keys, clock, timers },
    sessionsOf: (recordId) =>
      received.of(recordId).map(({ stored: { state, lastActivityAt } }) => ({
        isEnded: state === 'ended',
        lastActivityAt,
      })),
    backlogWaits: () => incoming.isBusy || unsealing.holdsSome || deferred.hasSome,
    destroyed: (recordId) => {
      received.forgetRecord(recordId);
      records.forget(recordId);
      for (const message of stores.messages.byPublication(recordId)) announcer.announce('messageChanged', message);
    },
  });
}

/** Being there and being away, over everything else. */
function composePresence(
  composition: Composition,
  stores: Stores,
  people: People,
  letters: Letters,
  drain: Drain,
): Services {
  const { clock, timers, random, createLink, linkSettings } = composition;
  const { announcer, account, server, contacts, checks, keys, publications } = people;
  const { sessions, outgoing, received, records, unsealing, backlog, incoming, ignored, archive } = letters;
  const { live, negotiations, support } = letters;
  const comingOnline = new ComingOnline({
    ...{ keys, drain, contacts, checks, incoming, backlog, archive, outgoing, publications, clock, timers, announcer },
    ...{ live, negotiations, support },
    learned: (facts) => {
      server.learn(facts);
    },
  });
  const goingOffline = new GoingOffline({
    ...{ keys, publications, contacts, outgoing, sessions, incoming, live, negotiations, timers, random, announcer },
    closeKeys: () => {
      // What it counts and destroys needs the keys; it goes on when they are opened.
      drain.wentOffline();
      drain.stop();
      incoming.stop();
      unsealing.forget();
      received.forget();
      records.forget();
      keys.close();
    },
  });
  contacts.onFormerStreamEnded = () => {
    const { link } = availability;
    if (link !== undefined) comingOnline.formerStreamEnded(link);
  };
  const traffic = new LinkTraffic(
    contacts,
    incoming,
    () => account().address,
    () => publications.shownKey,
    ignored,
    archive,
  );
  const availability = new Availability({
    ...{ stores, createLink, linkSettings, traffic, comingOnline, goingOffline, clock, timers, random, announcer },
  });
  const conversations = new Conversations(stores, clock, announcer);
  const own = () => stores.account.get()?.address;
  const drafts = new Drafts(stores.settings, own);
  const muting = new Muting(stores.settings, own, announcer);
  const verification = new Verification({ ...letters, ...people });
  const keyReplacement = new KeyReplacement({
    ...{ ...people, ...letters, random },
    endSession: (address) => {
      outgoing.endSession(address);
    },
    isOnline: () => availability.state.kind === 'online',
  });
  return {
    verification,
    keyReplacement,
    ...people,
    ...letters,
    stores,
    availability,
    ...{ conversations, drafts, muting },
    comingOnline,
    goingOffline,
  };
}

/** A contact came or went: what was known of it no longer holds, its session may have to end, its queue may move. */
function tellOfPresence({ contacts, checks }: People, { start, outgoing, sessions, live }: Letters): void {
  checks.hasSession = (address) => sessions.get(address) !== undefined || live.isOn(address);
  contacts.onPresence = (address, isHere) => {
    checks.invalidate(address);
    if (isHere) {
      start.contactCameOnline(address);
      outgoing.contactCameOnline(address);
    } else {
      outgoing.pump(address);
    }
    checks.queue([address]);
  };
}

const STORE_FAILED = 'Messages could not be stored. Nothing was deleted; your server keeps what waits.';

function alertCodeOf(error: StoreError): 'store-full' | 'store-damaged' {
  return error.code === 'store-full' ? 'store-full' : 'store-damaged';
}
