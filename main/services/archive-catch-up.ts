/**
 * What the server keeps beside the backlog (profile 6.2 step 4): where it has an archive, everything since the last
 * position is taken into the journal before presence makes the server hand out, and forget, what waits. What comes
 * twice by that is recognised as any copy is. Where it has none, a hand-over that broke off is at least told of.
 */
import { toHex } from '../base/bytes.ts';
import type { RandomSource } from '../crypto/random.ts';
import { StanzaError, type Link } from '../protocol/xmpp/link.ts';
import { fetchArchivePage, readArchived } from '../protocol/xmpp/xep0313-archive.ts';
import type { SettingStore } from '../stores/settings.ts';
import type { Element } from '../wire/element.ts';
import type { BareJid } from '../wire/jid.ts';
import { NS } from '../wire/namespaces.ts';
import type { Announcer, ServiceEvents } from './events.ts';

export interface ArchiveParts {
  readonly settings: SettingStore;
  readonly random: RandomSource;
  readonly announcer: Announcer<ServiceEvents>;
  /** Resolves when everything that arrived is durable. */
  readonly journalled: () => Promise<void>;
}

/** The id up to which everything is in the journal, or was. */
const POSITION = 'archive-position';
/** True from initial presence to the end of the backlog. */
const HAND_OVER = 'hand-over';
/** Few enough that a page never fills what a server keeps for a broken stream (servers.md 3.6). */
const PAGE = 200;

export class ArchiveCatchUp {
  readonly #parts: ArchiveParts;
  #queryId: string | undefined;
  #hasArchive = false;
  #wasCut = false;

  constructor(parts: ArchiveParts) {
    this.#parts = parts;
  }

  /**
   * Reads the archive to its end; nothing where there is none. To be called before initial presence.
   *
   * @throws LinkError if the stream broke; an archive that refuses is as none.
   */
  async catchUp(link: Link, features: readonly string[]): Promise<void> {
    const { settings } = this.#parts;
    this.#hasArchive = features.includes(NS.archive);
    if (this.#hasArchive) await this.#readToEnd(link);
    this.#wasCut = settings.get(HAND_OVER) === true;
    settings.put(HAND_OVER, true);
  }

  /** The backlog is complete. Tells of what an earlier hand-over that broke off may have cost. */
  handedOver(): void {
    this.#parts.settings.put(HAND_OVER, false);
    if (!this.#wasCut || this.#hasArchive) return;
    this.#wasCut = false;
    const text = 'The connection broke while your server handed over what waited for you. Some of it may be lost.';
    this.#parts.announcer.announce('alertRaised', { code: 'messages-missing', text });
  }

  /** @returns what a message holds if it is a result that was asked for; see `readArchived`. */
  take(stanza: Element, own: BareJid): Element | 'nothing' | undefined {
    return this.#queryId === undefined ? undefined : readArchived(stanza, own, this.#queryId);
  }

  async #readToEnd(link: Link): Promise<void> {
    try {
      let position = this.#position();
      // Before the first position everything that is for us waits in the offline store.
      if (position === undefined) { this.#keep((await this.#page(link, undefined)).last); return; }
      for (let isLast = false; !isLast;) {
        const page = await this.#page(link, position);
        await this.#parts.journalled();
        this.#keep(page.last);
        isLast = page.isLast || page.last === position;
        position = page.last ?? position;
      }
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      // The position fell out of the archive: what it still has is taken from the newest on.
      if (error.condition === 'item-not-found') this.#parts.settings.remove(POSITION);
      this.#hasArchive = false;
    } finally {
      this.#queryId = undefined;
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
    if (position !== undefined) this.#parts.settings.put(POSITION, position);
  }
}
