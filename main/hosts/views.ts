/** Domain values as the contract's shapes: plain, already decided, nothing secret. */
import type {
  Account,
  Contact,
  Conversation,
  KnownKey,
  Leaving,
  Message,
  PublishedKey,
  Session,
} from '../../preload/contract.ts';
import type { Clock } from '../base/time.ts';
import { DEFAULT_POLICY } from '../services/account-record.ts';
import { badgeOf } from '../services/badge.ts';
import type { CheckOutcome } from '../services/contact-checks.ts';
import { contactSentence, type Agreed, type Reachability } from '../services/contact-sentence.ts';
import { readFacts } from '../services/message-facts.ts';
import { awayKeyOf, backupKeyOf, keyDatesOf, type OwnKeyPicture } from '../services/own-key-views.ts';
import type { Reader } from '../services/reading-time.ts';
import { safetyCodeOf } from '../services/safety-code.ts';
import { statusOf } from '../services/status.ts';
import type { StoredContact } from '../stores/contacts.ts';
import type { ContactKey } from '../stores/keys.ts';
import type { StoredConversation, StoredMessage } from '../stores/messages.ts';
import { localOf, type BareJid } from '../wire/jid.ts';
import type { Composition } from './messenger.ts';
import type { Services } from './services.ts';

export class Views {
  readonly #services: Services;
  readonly #clock: Clock;
  readonly #hasProtectedStorage: boolean;

  constructor(services: Services, { clock, mayKeepOfflineKeys }: Pick<Composition, 'clock' | 'mayKeepOfflineKeys'>) {
    this.#services = services;
    this.#clock = clock;
    this.#hasProtectedStorage = mayKeepOfflineKeys;
  }

  /** @throws CommandError `not-signed-in` before the first sign-in of the profile. */
  requireAccount(): void {
    this.#services.availability.account();
  }

  account(): Account {
    const { availability, stores, server } = this.#services;
    const { state } = availability;
    const account = stores.account.get();
    return {
      state: state.kind,
      ...(account === undefined ? {} : { address: account.address, resource: account.resource }),
      ...('reason' in state ? { reason: state.reason } : {}),
      ...('certificate' in state ? { certificate: state.certificate } : {}),
      ...('retryAt' in state ? { retryAt: state.retryAt.toISOString() } : {}),
      ...('phase' in state ? { phase: state.phase } : {}),
      ...(account?.place === undefined ? {} : { place: account.place }),
      ...(state.kind === 'online' ? { server: { features: server.features } } : {}),
    };
  }

  leaving(): Leaving {
    const { availability, keys, comingOnline, goingOffline, backlog, stores } = this.#services;
    const [awayKey, backupKey] = [awayKeyOf(keys), backupKeyOf(keys)];
    const { state } = availability;
    const progress = backlog.facts;
    const status = statusOf(
      {
        account: state.kind,
        hasProtectedStorage: this.#hasProtectedStorage,
        isPublishing: goingOffline.isPublishing,
        hasLeft: availability.hasLeft,
        withdrawFailed: comingOnline.isWithdrawalOpen,
        ...(state.kind === 'offline' && state.retryAt !== undefined ? { retryAt: state.retryAt } : {}),
        ...(progress === undefined || progress.done === 0 ? {} : { backlog: progress }),
        ...(awayKey === undefined ? {} : { awayKey }),
        ...(backupKey === undefined ? {} : { backupKey }),
      },
      this.#reader(),
    );
    const policy = stores.account.get()?.policy ?? DEFAULT_POLICY;
    return {
      ...status,
      ...(awayKey === undefined ? {} : { awayKey: publishedKey(awayKey) }),
      ...(backupKey === undefined ? {} : { backupKey: publishedKey(backupKey) }),
      policy,
    };
  }

  contactOf(address: BareJid): Contact | undefined {
    const contact = this.#services.contacts.find(address);
    return contact === undefined ? undefined : this.contact(contact);
  }

  contact(contact: StoredContact): Contact {
    const { address, name, subscription, request, blocked } = contact;
    const { contacts, trust, checks, live, lookAlikes } = this.#services;
    const doubt = lookAlikes.doubtOf(address);
    const key = trust.current(address);
    const { state, sentence, until } = contactSentence(
      {
        reachability: live.isOn(address) ? liveWith(live.get(address)?.chosen) : reachabilityOf(checks.known(address)),
        isVerified: key?.state === 'verified',
        ...(key?.state === 'changed' ? { keyChangedAt: key.firstSeenAt } : {}),
      },
      this.#reader(),
    );
    return {
      address,
      ...(name === undefined ? {} : { name }),
      subscription,
      ...(request === undefined ? {} : { request }),
      presence: contacts.presenceOf(address),
      blocked,
      ...{ state, sentence },
      ...(until === undefined ? {} : { until: until.toISOString() }),
      ...(key === undefined ? {} : { key: { fingerprint: key.fingerprint, trust: trustOf(key) } }),
      ...(key?.petname === undefined ? {} : { petname: key.petname }),
      ...(doubt === undefined ? {} : { doubt }),
    };
  }

  /** Of whom it may have to be said anew whom they look like, since this contact changed (S-091). */
  lookAlikesOf(address: BareJid): readonly BareJid[] {
    return this.#services.lookAlikes.likenessesOf(address);
  }

  conversationOf(address: BareJid): Conversation | undefined {
    const conversation = this.#services.conversations.find(address);
    return conversation === undefined ? undefined : this.conversation(conversation);
  }

  conversation({ contact, last, unread, held }: StoredConversation): Conversation {
    const name = this.#services.contacts.find(contact)?.name;
    const petname = this.#services.trust.current(contact)?.petname;
    const doubt = this.#services.lookAlikes.doubtOf(contact);
    return {
      with: contact,
      ...(name === undefined ? {} : { name }),
      ...(petname === undefined ? {} : { petname }),
      ...(doubt === undefined ? {} : { doubt }),
      last: this.message(last),
      unread,
      held,
      ...(this.#services.muting.isMuted(contact) ? { muted: true } : {}),
    };
  }

  message(stored: StoredMessage): Message {
    const { keys, trust, contacts, rows } = this.#services;
    const { id, contact, direction, writtenAt, arrivedAt, timeCertain, unread, state } = stored;
    const facts = readFacts(stored.facts);
    const fingerprint = fingerprintIn(facts);
    const verifiedAt = trust.all(contact).find((key) => key.fingerprint === fingerprint)?.verifiedAt;
    const keyDates = 'keyId' in facts ? keyDatesOf(keys, facts.keyId) : undefined;
    const petname = trust.current(contact)?.petname;
    const name = petname ?? contacts.find(contact)?.name ?? localOf(contact) ?? contact;
    const { badge, details } = badgeOf(stored, keyDates, {
      ...this.#reader(),
      name,
      ...(verifiedAt === undefined ? {} : { verifiedAt }),
    });
    // Held aside until the user has decided about the key.
    const isHidden = facts.kind === 'opened' && facts.senderKey === 'changed';
    return {
      id,
      with: contact,
      direction,
      text: isHidden ? null : (stored.text ?? rows.unstoredText(id) ?? null),
      writtenAt,
      ...(arrivedAt === undefined ? {} : { arrivedAt }),
      timeCertain,
      ...(direction === 'in' ? { unread } : {}),
      ...(state === undefined ? {} : { state }),
      badge,
      details,
    };
  }

  key(key: ContactKey): KnownKey {
    return {
      fingerprint: key.fingerprint,
      safetyCode: safetyCodeOf(key.fingerprint),
      trust: key.state === 'refused' ? 'refused' : trustOf(key),
      firstSeenAt: key.firstSeenAt.toISOString(),
      ...(key.petname === undefined ? {} : { petname: key.petname }),
      ...(key.verifiedAt === undefined ? {} : { verifiedAt: key.verifiedAt.toISOString() }),
    };
  }

  session(address: BareJid): Session | null {
    const { sessions, live, trust, verification } = this.#services;
    const channel = live.get(address);
    const session = channel ?? sessions.get(address);
    if (session === undefined) return null;
    const { set, startedAt, recipientFingerprint, chosen } = session;
    return {
      address,
      kind: set,
      role: channel?.role ?? 'responder',
      startedAt: startedAt.toISOString(),
      peerFingerprint: recipientFingerprint,
      ...(channel?.sas === undefined ? {} : { spokenCode: channel.sas }),
      verified: trust.stateOf(address, recipientFingerprint) === 'verified',
      compare: channel !== undefined && verification.wantsComparing(channel),
      modp: chosen.modp,
      cipher: chosen.cipher,
      hash: chosen.hash,
    };
  }

  #reader(): Reader {
    return { now: this.#clock.now(), locale: LOCALE, timeZone };
  }
}

/** The sentences are English until there is another language; times follow them. */
const LOCALE = 'en-GB';
const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();

function publishedKey(key: OwnKeyPicture): PublishedKey {
  const { publishedAt, withdrawnAt, deletedAt, createdAt, expiresAt, ...rest } = key;
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(publishedAt === undefined ? {} : { publishedAt: publishedAt.toISOString() }),
    ...(withdrawnAt === undefined ? {} : { withdrawnAt: withdrawnAt.toISOString() }),
    ...(deletedAt === undefined ? {} : { deletedAt: deletedAt.toISOString() }),
    ...(key.state === 'failed' ? { reason: 'server-refused' } : {}),
  };
}

function reachabilityOf(known: CheckOutcome | undefined): Reachability {
  if (known === undefined) return { kind: 'unknown' };
  if (known.kind === 'contact-online') return known.canLive ? { kind: 'live' } : { kind: 'contact-online' };
  if (known.kind !== 'ready') return known;
  return { kind: 'ready', set: known.set, until: known.options.expires, chosen: known.chosen };
}

function liveWith(chosen: Agreed | undefined): Reachability {
  return { kind: 'live', ...(chosen === undefined ? {} : { chosen }) };
}

function trustOf(key: ContactKey): 'unverified' | 'verified' | 'changed' {
  if (key.state === 'verified') return 'verified';
  return key.state === 'changed' ? 'changed' : 'unverified';
}

function fingerprintIn(facts: ReturnType<typeof readFacts>): string | undefined {
  if (facts.kind === 'sealed') return facts.recipientFingerprint;
  return 'senderFingerprint' in facts ? facts.senderFingerprint : undefined;
}
