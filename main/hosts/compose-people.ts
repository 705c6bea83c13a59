/** The part of the composition that knows people and keys, theirs and ours. */
import { Announcer, type ServiceEvents } from '../services/events.ts';
import { CachedContacts, CachedKeys } from '../services/cached-people.ts';
import { ContactChecks } from '../services/contact-checks.ts';
import { Contacts } from '../services/contacts.ts';
import { LookAlikes } from '../services/look-alikes.ts';
import { OfflineKeys } from '../services/offline-keys.ts';
import { OptionsFetch } from '../services/options-fetch.ts';
import { OwnKey } from '../services/own-key.ts';
import { OwnPublications } from '../services/own-publications.ts';
import { ServerKnowledge } from '../services/server-knowledge.ts';
import { Trust } from '../services/trust.ts';
import type { Policy } from '../protocol/esession/policy.ts';
import type { StoredAccount } from '../stores/accounts.ts';
import { StoreError } from '../stores/store-error.ts';
import type { Stores } from '../stores/stores.ts';
import type { Composition } from './messenger.ts';

export interface People {
  readonly announcer: Announcer<ServiceEvents>;
  /** @throws StoreError `no-such-row` before the first sign-in. */
  readonly account: () => StoredAccount;
  readonly policy: () => Policy;
  readonly server: ServerKnowledge;
  readonly trust: Trust;
  readonly contacts: Contacts;
  readonly lookAlikes: LookAlikes;
  readonly checks: ContactChecks;
  readonly ownKey: OwnKey;
  readonly keys: OfflineKeys;
  readonly publications: OwnPublications;
}

export function composePeople(composition: Composition, stores: Stores): People {
  const { clock, timers, random, modp, mayKeepOfflineKeys } = composition;
  const announcer = new Announcer<ServiceEvents>();
  const account = (): StoredAccount => {
    const stored = stores.account.get();
    if (stored === undefined) throw new StoreError('no-such-row', 'there is no account yet');
    return stored;
  };
  const missing = composition.selfTest?.missing ?? [];
  const policy = (): Policy => ({ olderEncryption: stores.account.get()?.olderEncryption ?? false, missing });
  const server = new ServerKnowledge(clock);
  const store = new CachedContacts(stores.contacts);
  const trust = new Trust(new CachedKeys(stores.keys), clock, announcer);
  const contacts = new Contacts({ store, clock, announcer });
  const lookAlikes = new LookAlikes(store, () => stores.account.get()?.address, announcer);
  const options = new OptionsFetch({ contacts: store, trust, clock, now: () => server.now(), policy });
  const checks = new ContactChecks({ contacts, trust, options, timers, announcer });
  const ownKey = new OwnKey(stores.keys, clock);
  const keys = new OfflineKeys({ store: stores.offlineSecrets, modp, random, clock, announcer, policy });
  const publications = new OwnPublications({ keys, ownKey, clock, account, announcer, mayKeepOfflineKeys });
  return { announcer, account, policy, server, trust, contacts, lookAlikes, checks, ownKey, keys, publications };
}
