/**
 * Sessions that senders started on our published sets: what the store has of them, and what the running batch has
 * changed and not yet committed. All of it is a cache: `forget` falls back to what is durable.
 */
import { equalBytes, toBase64 } from '../base/bytes.ts';
import { wipeSession, type ReceivingSession } from '../protocol/esession/xep0200-stanza.ts';
import { sessionOf } from '../protocol/esession/session.ts';
import type { OfflineSecretStore, SeenEntry, StoredSession } from '../stores/offline-secrets.ts';
import { bareOf, type BareJid, type FullJid } from '../wire/jid.ts';

/** A session as it stands now, with the record it belongs to. */
export interface LiveSession {
  readonly recordId: string;
  stored: StoredSession;
}

interface RecordCache {
  readonly seen: SeenEntry[];
  readonly sessions: LiveSession[];
  /** MACs accepted since the last commit or start, by session and value. */
  readonly macs: Set<string>;
}

/** How a first stanza stands to those accepted before (profile 6.3 check 4). */
export type SeenMatch =
  | { readonly kind: 'new' }
  /** The very same opening from the same person. */
  | { readonly kind: 'duplicate'; readonly entry: SeenEntry }
  /** The same opening under another address. */
  | { readonly kind: 'relayed'; readonly entry: SeenEntry }
  /** The same d or N_B in another opening. */
  | { readonly kind: 'replay'; readonly entry: SeenEntry };

export class ReceivedSessions {
  readonly #store: OfflineSecretStore;
  readonly #records = new Map<string, RecordCache>();

  constructor(store: OfflineSecretStore) {
    this.#store = store;
  }

  /** Drops what is not durable, and the keys in memory. */
  forget(): void {
    for (const recordId of [...this.#records.keys()]) this.forgetRecord(recordId);
  }

  /** As `forget`, for one destroyed record. */
  forgetRecord(recordId: string): void {
    for (const { stored } of this.#records.get(recordId)?.sessions ?? []) {
      if (stored.state === 'open') wipeSession(stored.session);
    }
    this.#records.delete(recordId);
  }

  of(recordId: string): readonly LiveSession[] {
    return this.#cache(recordId).sessions;
  }

  match(recordId: string, opening: Omit<SeenEntry, 'outcome'>): SeenMatch {
    const entry = this.#cache(recordId).seen.find(
      (seen) => equalBytes(seen.d, opening.d) || equalBytes(seen.responderNonce, opening.responderNonce),
    );
    if (entry === undefined) return { kind: 'new' };
    if (!equalBytes(entry.digest, opening.digest)) return { kind: 'replay', entry };
    return { kind: entry.from === opening.from ? 'duplicate' : 'relayed', entry };
  }

  /** Notes an accepted opening. The caller's batch writes it. */
  addSeen(recordId: string, entry: SeenEntry): void {
    this.#cache(recordId).seen.push(entry);
  }

  /** The session showed something. @returns the entry to write, or undefined if that was known. */
  markShown(live: LiveSession): SeenEntry | undefined {
    const { seen } = this.#cache(live.recordId);
    const at = seen.findIndex((entry) => sessionKeyOf(entry.digest) === live.stored.key);
    const entry = seen[at];
    if (entry === undefined || entry.outcome === 'shown') return undefined;
    const shown: SeenEntry = { ...entry, outcome: 'shown' };
    seen[at] = shown;
    return shown;
  }

  /** Takes back an opening that showed nothing (check 4), with its session. */
  drop(recordId: string, entry: SeenEntry): void {
    const { seen } = this.#cache(recordId);
    const at = seen.indexOf(entry);
    if (at !== -1) seen.splice(at, 1);
  }

  add(recordId: string, stored: StoredSession): LiveSession {
    const live: LiveSession = { recordId, stored };
    this.#cache(recordId).sessions.push(live);
    return live;
  }

  /** The session of a stanza without <init/> (profile 3.8): an open one, else one that ended; of several the newest. */
  find(recordIds: readonly string[], from: FullJid, thread: string | undefined): LiveSession | undefined {
    let found: LiveSession | undefined;
    for (const live of recordIds.flatMap((id) => this.of(id))) {
      const { stored } = live;
      if (stored.from !== from || stored.thread !== thread) continue;
      if (stored.state === 'open' || found?.stored.state !== 'open') found = live;
    }
    return found;
  }

  /** The session that an opening once created, whatever became of it. */
  createdBy(recordId: string, key: string): LiveSession | undefined {
    return this.of(recordId).find(({ stored }) => stored.key === key);
  }

  hasMac(live: LiveSession, mac: Uint8Array): boolean {
    return (
      this.#cache(live.recordId).macs.has(macKey(live, mac)) || this.#store.hasMac(live.recordId, live.stored.key, mac)
    );
  }

  addMac(live: LiveSession, mac: Uint8Array): void {
    this.#cache(live.recordId).macs.add(macKey(live, mac));
  }

  /** Writes an accepted MAC; inside the transaction that stores what it proved. */
  writeMac(live: LiveSession, mac: Uint8Array): void {
    this.#store.addMac(live.recordId, live.stored.key, mac);
  }

  /** The next state of an open session, after a stanza was read. */
  advance(live: LiveSession, session: ReceivingSession, now: Date, damaged = false): void {
    if (live.stored.state !== 'open') return;
    live.stored = {
      ...live.stored,
      session,
      lastActivityAt: now,
      damaged: live.stored.damaged || damaged,
    };
  }

  /** Ends a session: its keys are gone with the next commit. */
  end(live: LiveSession, now: Date): void {
    if (live.stored.state !== 'open') return;
    const { session, ...rest } = live.stored;
    wipeSession(session);
    live.stored = { ...rest, state: 'ended', lastActivityAt: now };
  }

  /**
   * Ends what a contact wrote in, because we write to them now (H-13): local, durable, and nothing is sent.
   *
   * @param recordIds - The live records.
   */
  endAllFrom(recordIds: readonly string[], contact: BareJid, now: Date): void {
    for (const live of recordIds.flatMap((id) => this.of(id))) {
      if (live.stored.state !== 'open' || bareOf(live.stored.from) !== contact) continue;
      this.end(live, now);
      this.#store.putSession(live.recordId, live.stored);
    }
  }

  #cache(recordId: string): RecordCache {
    const known = this.#records.get(recordId);
    if (known !== undefined) return known;
    const cache: RecordCache = {
      seen: [...this.#store.seen(recordId)],
      sessions: this.#store.sessions(recordId).map((stored) => ({ recordId, stored: named(stored) })),
      macs: new Set(),
    };
    this.#records.set(recordId, cache);
    return cache;
  }
}

/** The key under which a session is stored: what made it unique, its opening's digest. */
export function sessionKeyOf(digest: Uint8Array): string {
  return toBase64(digest);
}

/** What comes from the store prints as its name again, as what comes from the engine does. */
function named(stored: StoredSession): StoredSession {
  return stored.state === 'open' ? { ...stored, session: sessionOf(stored.session) } : stored;
}

function macKey(live: LiveSession, mac: Uint8Array): string {
  return `${live.stored.key} ${toBase64(mac)}`;
}
