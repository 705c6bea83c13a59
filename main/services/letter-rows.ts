/** The message rows that incoming stanzas become, with the facts their badge is computed from (ux.md 3.4 rule 4). */
import { toHex } from '../base/bytes.ts';
import { MINUTE_MS } from '../base/time.ts';
import type { RandomSource } from '../crypto/random.ts';
import { RSA_SHA256 } from '../protocol/esession/policy.ts';
import type { ReceivingSession } from '../protocol/esession/xep0200-stanza.ts';
import type { ContactKey } from '../stores/keys.ts';
import type { StoredMessage } from '../stores/messages.ts';
import type { OfflineRecord } from '../stores/offline-secrets.ts';
import type { Stores } from '../stores/stores.ts';
import type { ProtectedContent } from '../wire/content.ts';
import { bareOf, resourceOf, tryParseJid, type BareJid } from '../wire/jid.ts';
import type { Batch } from './batch.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { JournalEntry } from './arrivals.ts';
import type { Letter } from './letter.ts';
import {
  toStored,
  type ClearFacts,
  type OpenedFacts,
  type UnreadableFacts,
  type UnreadableReason,
} from './message-facts.ts';
import type { LiveChannel } from './live-channel.ts';
import type { LiveSession } from './received-sessions.ts';

/** Everything known of a letter that was opened. */
export interface OpenedLetter {
  readonly live: LiveSession;
  readonly letter: Letter;
  readonly read: ProtectedContent;
  readonly body: string;
  readonly missingBefore: boolean;
  readonly algorithms: Pick<ReceivingSession, 'modp' | 'cipher' | 'hash'>;
  /** The sender's key as it is on file now. */
  readonly key: ContactKey;
  /** Another key of that address, if this one is a change. */
  readonly formerFingerprint: string | undefined;
  readonly record: OfflineRecord;
}

/** As `OpenedLetter`, of a live session. */
export interface OpenedLive {
  readonly channel: LiveChannel;
  readonly letter: Letter;
  readonly read: ProtectedContent;
  readonly body: string;
  readonly key: ContactKey;
  readonly formerFingerprint: string | undefined;
}

export interface LetterRowsParts {
  readonly stores: Stores;
  readonly random: RandomSource;
  readonly announcer: Announcer<ServiceEvents>;
  /** The resource this installation is bound to. */
  readonly ownResource: () => string;
}

/** How far a sender's clock may be off before the server's time is shown instead (S-041). */
const CLOCK_TOLERANCE_MS = 5 * MINUTE_MS;
const LONG_AGO = new Date(0);

export class LetterRows {
  readonly #parts: LetterRowsParts;
  /** Texts that may be shown and not stored; gone with the process. */
  readonly #unstored = new Map<string, string>();
  #opened = 0;
  #failed = 0;

  constructor(parts: LetterRowsParts) {
    this.#parts = parts;
  }

  /** The text of a message that may not be stored, as long as this process lives. */
  unstoredText(id: string): string | undefined {
    return this.#unstored.get(id);
  }

  /** How many letters were opened and not opened since the last call. */
  takeCounts(): { readonly opened: number; readonly failed: number } {
    const counts = { opened: this.#opened, failed: this.#failed };
    this.#opened = 0;
    this.#failed = 0;
    return counts;
  }

  /** @param added - Called inside the transaction, unless a message of that id is shown already. */
  opened(opened: OpenedLetter, batch: Batch, added: () => void): void {
    const { letter, read, body, live } = opened;
    const kept = read.mayStore && !live.stored.otr;
    const message: StoredMessage = {
      ...this.#frame(letter.contact, letter.arrivedAt, read.originId),
      ...writtenAt({ ...opened, earliest: opened.record.createdAt }),
      text: kept ? body : null,
      facts: openedFacts(opened, kept),
      publication: live.recordId,
      stanzaDigest: letter.digest,
    };
    this.#add(message, batch, () => {
      if (!kept) this.#unstored.set(message.id, body);
      this.#opened += 1;
      batch.countReceived(live.recordId);
      added();
    });
  }

  openedLive(opened: OpenedLive, batch: Batch): void {
    const { letter, read, body, channel } = opened;
    const kept = read.mayStore && !channel.chosen.otr;
    const message: StoredMessage = {
      ...this.#frame(letter.contact, letter.arrivedAt, read.originId),
      ...writtenAt({ ...opened, earliest: LONG_AGO }),
      text: kept ? body : null,
      facts: openedLiveFacts(opened, kept),
      stanzaDigest: letter.digest,
    };
    if (!kept) this.#unstored.set(message.id, body);
    this.#opened += 1;
    this.#add(message, batch);
  }

  /** A notice in place of a letter. @returns its id */
  unreadable(letter: Letter, reason: UnreadableReason, recordId: string | undefined, batch: Batch): string {
    const node = this.#parts.stores.offlineSecrets.records().find((one) => one.id === recordId)?.node;
    const facts: UnreadableFacts = {
      kind: 'unreadable',
      reason,
      session: node === undefined ? 'none' : kindOf(node),
      ...(recordId === undefined ? {} : { keyId: recordId }),
      ...(reason === 'other-device' ? this.#resourceNamed(letter) : {}),
    };
    const message: StoredMessage = {
      ...this.#frame(letter.contact, letter.arrivedAt, undefined),
      facts: toStored(facts),
      ...(recordId === undefined ? {} : { publication: recordId }),
      stanzaDigest: letter.digest,
    };
    this.#failed += 1;
    this.#add(message, batch);
    return message.id;
  }

  /** Something that claims to be encrypted and is not even well made. */
  malformed(entry: JournalEntry, contact: BareJid, batch: Batch): void {
    this.#failed += 1;
    this.#notice(contact, 'altered', entry.arrivedAt, batch);
  }

  programError(entry: JournalEntry, batch: Batch): void {
    const from = tryParseJid(entry.stanza.attrs['from']);
    if (from === undefined) return;
    this.#failed += 1;
    this.#notice(bareOf(from), 'program-error', entry.arrivedAt, batch);
  }

  plain(contact: BareJid, body: string, arrivedAt: Date, innerId: string | undefined, batch: Batch): void {
    const last = this.#parts.stores.messages.list(contact, { limit: 20 });
    const facts: ClearFacts = {
      kind: 'clear',
      unencrypted: true,
      othersEncrypted: last.some(({ facts: { kind } }) => kind === 'opened' || kind === 'sealed'),
    };
    const frame = this.#frame(contact, arrivedAt, innerId);
    this.#add({ ...frame, text: body, timeCertain: true, facts: toStored(facts) }, batch);
  }

  #notice(contact: BareJid, reason: UnreadableReason, arrivedAt: Date, batch: Batch): void {
    const facts: UnreadableFacts = { kind: 'unreadable', reason, session: 'none' };
    this.#add({ ...this.#frame(contact, arrivedAt, undefined), facts: toStored(facts) }, batch);
  }

  #frame(contact: BareJid, arrivedAt: Date, innerId: string | undefined): Omit<StoredMessage, 'facts'> {
    const id = toHex(this.#parts.random.bytes(16));
    const arrived = arrivedAt.toISOString();
    return {
      id,
      contact,
      direction: 'in',
      text: null,
      writtenAt: arrived,
      arrivedAt: arrived,
      timeCertain: false,
      unread: true,
      innerId: innerId ?? `none:${id}`,
    };
  }

  #resourceNamed({ to }: Letter): Pick<UnreadableFacts, 'resource'> {
    const jid = tryParseJid(to);
    const resource = jid === undefined ? undefined : resourceOf(jid);
    return resource === undefined || resource === this.#parts.ownResource() ? {} : { resource };
  }

  /** A message with an inner id that its contact used before is shown already: nothing of it is added (D-7). */
  #add(message: StoredMessage, batch: Batch, added: () => void = () => undefined): void {
    let isNew = false;
    batch.markInner(message.contact, message.innerId);
    if (message.stanzaDigest !== undefined) batch.markDigest(message.stanzaDigest);
    batch.write(() => {
      isNew = this.#parts.stores.messages.add(message);
      if (isNew) added();
    });
    batch.afterwards(() => {
      if (!isNew) return;
      this.#parts.announcer.announce('messageAdded', message);
      this.#parts.announcer.announce('conversationChanged', message.contact);
    });
  }
}

function openedFacts(opened: OpenedLetter, kept: boolean): StoredMessage['facts'] {
  const { live, missingBefore, record } = opened;
  const { modp, cipher, hash } = opened.algorithms;
  const facts: OpenedFacts = {
    ...senderFacts(opened),
    ...{ kind: 'opened', session: kindOf(record.node), keyId: live.recordId, missingBefore, kept },
    ...{ modp, cipher, hash, signature: RSA_SHA256 },
  };
  return toStored(facts);
}

function openedLiveFacts(opened: OpenedLive, kept: boolean): StoredMessage['facts'] {
  const { modp, cipher, hash, signature } = opened.channel.chosen;
  const facts: OpenedFacts = {
    ...senderFacts(opened),
    ...{ kind: 'opened', session: 'live', missingBefore: false, kept, modp, cipher, hash, signature },
  };
  return toStored(facts);
}

function senderFacts({
  key,
  read,
  formerFingerprint,
}: Pick<OpenedLetter, 'key' | 'read' | 'formerFingerprint'>): Pick<
  OpenedFacts,
  'senderFingerprint' | 'senderKey' | 'senderKeySince' | 'formerFingerprint' | 'confirmed'
> {
  return {
    senderFingerprint: key.fingerprint,
    senderKey: key.state === 'verified' || key.state === 'known' ? key.state : 'changed',
    senderKeySince: key.firstSeenAt.toISOString(),
    ...(formerFingerprint === undefined ? {} : { formerFingerprint }),
    confirmed: read.intent === 'confirmed',
  };
}

/**
 * The sender's own time where it can be believed, else when the server took the stanza in (6.3, S-041).
 *
 * @param p.earliest - Before which nobody can have written it: the set was not there yet. What a live session brings
 * may have been written, and held, at any time before.
 */
function writtenAt({
  read,
  letter,
  key,
  earliest,
}: Pick<OpenedLetter, 'read' | 'letter' | 'key'> & { readonly earliest: Date }): Pick<
  StoredMessage,
  'writtenAt' | 'timeCertain'
> {
  const at = read.createdAt;
  const latest = letter.entry.arrivedAt.getTime() + CLOCK_TOLERANCE_MS;
  const isTrusted = key.state === 'verified' || key.state === 'known';
  const isPlausible =
    at !== undefined && at.getTime() >= earliest.getTime() - CLOCK_TOLERANCE_MS && at.getTime() <= latest;
  return isTrusted && isPlausible
    ? { writtenAt: at.toISOString(), timeCertain: true }
    : { writtenAt: letter.arrivedAt.toISOString(), timeCertain: false };
}

function kindOf(node: OfflineRecord['node']): 'away' | 'backup' {
  return node === 'presence' ? 'away' : 'backup';
}
