/**
 * What the server keeps beside the backlog (profile 6.2 step 4): where it has an archive, everything since the last
 * position is taken into the journal before presence makes the server hand out, and forget, what waits. What comes
 * twice by that is recognised as any copy is. Where it has none, a hand-over that broke off is at least told of.
 */
import { toHex } from '../base/bytes.ts';
import { SECOND_MS, type Cancel, type Timers } from '../base/time.ts';
import type { RandomSource } from '../crypto/random.ts';
import { StanzaError, type Link } from '../protocol/xmpp/link.ts';
import { fetchArchivePage, keepsEverything, readArchived, readStanzaId } from '../protocol/xmpp/xep0313-archive.ts';
import type { SettingStore } from '../stores/settings.ts';
import { StoreError } from '../stores/store-error.ts';
import type { Element } from '../wire/element.ts';
import type { BareJid } from '../wire/jid.ts';
import { NS } from '../wire/namespaces.ts';
import type { Announcer, ServiceEvents } from './events.ts';

export interface ArchiveParts {
  readonly settings: SettingStore;
  readonly random: RandomSource;
  readonly timers: Timers;
  readonly announcer: Announcer<ServiceEvents>;
  /** Resolves when everything that arrived is durable. */
  readonly journalled: () => Promise<void>;
}

/** The id up to which everything is in the journal, or was. */
const POSITION = 'archive-position';
/** Of an archive with nothing in it yet: everything is behind it. */
const EMPTY = '';
/** True from initial presence to the end of the backlog. */
const HAND_OVER = 'hand-over';
/** Few enough that a page never fills what a server keeps for a broken stream (servers.md 3.6). */
const PAGE = 200;
const KEEP_AFTER_MS = 5 * SECOND_MS;

export class ArchiveCatchUp {
  readonly #parts: ArchiveParts;
  #queryId: string | undefined;
  #hasArchive = false;
  /** What an earlier hand-over may have cost was read from the archive. */
  #hasRead = false;
  #wasCut = false;
  /** What comes now comes as it enters the archive. */
  #isCaughtUp = false;
  #lastSeen: string | undefined;
  #cancelKeep: Cancel | undefined;

  constructor(parts: ArchiveParts) {
    this.#parts = parts;
  }

  /**
   * Reads the archive to its end; nothing where there is none. To be called before initial presence.
   *
   * @throws LinkError if the stream broke; an archive that refuses, or leaves something out, is as none.
   */
  async catchUp(link: Link, features: readonly string[]): Promise<void> {
    const { settings } = this.#parts;
    this.#hasArchive = features.includes(NS.archive);
    this.#hasRead = this.#hasArchive && (await this.#readToEnd(link));
    this.#wasCut = settings.get(HAND_OVER) === true;
    settings.put(HAND_OVER, true);
  }

  /**
   * The backlog is complete: the archive holds nothing that has not come. Tells of what an earlier hand-over that broke
   * off may have cost.
   *
   * @throws LinkError if the stream broke.
   */
  async handedOver(link: Link): Promise<void> {
    if (this.#hasArchive) await this.#keepNewest(link);
    this.#isCaughtUp = this.#hasArchive;
    this.#parts.settings.put(HAND_OVER, false);
    if (!this.#wasCut || this.#hasRead) return;
    this.#wasCut = false;
    const text = 'The connection broke while your server handed over what waited for you. Some of it may be lost.';
    this.#parts.announcer.announce('alertRaised', { code: 'messages-missing', text });
  }

  /** The stream is gone: what comes by the next one is new only behind its own catching up. */
  paused(): void {
    this.#isCaughtUp = false;
    this.#lastSeen = undefined;
    this.#cancelKeep?.();
    this.#cancelKeep = undefined;
  }

  /** @returns what a message holds if it is a result that was asked for; see `readArchived`. */
  take(stanza: Element, own: BareJid): Element | 'nothing' | undefined {
    if (this.#queryId !== undefined) return readArchived(stanza, own, this.#queryId);
    if (this.#isCaughtUp) this.#noteSeen(readStanzaId(stanza, own));
    return undefined;
  }

  /** Kept a little later, for many at once; what came meanwhile is read again at worst. */
  #noteSeen(id: string | undefined): void {
    if (id === undefined) return;
    this.#lastSeen = id;
    this.#cancelKeep ??= this.#parts.timers.after(KEEP_AFTER_MS, () => {
      this.#cancelKeep = undefined;
      this.#keep(this.#lastSeen);
    });
  }

  async #keepNewest(link: Link): Promise<void> {
    try {
      const { last } = await this.#page(link, undefined);
      await this.#parts.journalled(); // what came since the backlog's end stands before the answer
      this.#keep(last ?? EMPTY);
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
    }
  }

  /** @returns false where there is nothing to read on from, or the archive refuses. */
  async #readToEnd(link: Link): Promise<boolean> {
    const position = this.#position();
    // Before the first position everything that is for us waits in the offline store, which Prosody does not hand
    // out any more to a session that has asked the archive for anything.
    if (position === undefined) return false;
    // Nor does it hand out then what the archive was told to leave out.
    if (!(await keepsEverything(link))) return this.#isAsNone();
    try {
      await this.#readBehind(link, position).catch((error: unknown) => {
        if (position === EMPTY || !isGone(error)) throw error;
        // An archive forgets the oldest first: whatever it still has is newer than what fell out of it.
        return this.#readBehind(link, EMPTY);
      });
      return true;
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      return this.#isAsNone();
    } finally {
      this.#queryId = undefined;
    }
  }

  #isAsNone(): false {
    this.#hasArchive = false;
    return false;
  }

  async #readBehind(link: Link, from: string): Promise<void> {
    let position = from;
    for (let isLast = false; !isLast;) {
      const page = await this.#page(link, position);
      await this.#parts.journalled();
      this.#keep(page.last);
      isLast = page.isLast || page.last === position;
      position = page.last ?? position;
    }
  }

  #page(link: Link, after: string | undefined): ReturnType<typeof fetchArchivePage> {
    const queryId = toHex(this.#parts.random.bytes(16));
    // The newest alone is asked for its id: it is not taken in.
    this.#queryId = after === undefined ? undefined : queryId;
    return fetchArchivePage(link, queryId, after, PAGE);
  }

  #position(): string | undefined {
    const stored = this.#parts.settings.get(POSITION);
    return typeof stored === 'string' ? stored : undefined;
  }

  #keep(position: string | undefined): void {
    if (position === undefined) return;
    try {
      this.#parts.settings.put(POSITION, position);
    } catch (error) {
      // A position that stays behind costs reading again; what the store cannot take is told of elsewhere.
      if (!(error instanceof StoreError)) throw error;
    }
  }
}

/** The place to read on from is not in the archive any more. */
function isGone(error: unknown): boolean {
  return error instanceof StanzaError && error.condition === 'item-not-found';
}
