/**
 * Openings that were refused or had expired: the later stanzas of such a session are counted in its notice instead of
 * becoming notices of their own (profile 6.3). Kept across restarts, since a backlog may be cut anywhere.
 */
import { toHex, utf8 } from '../base/bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import type { MessageStore } from '../stores/messages.ts';
import type { SettingStore } from '../stores/settings.ts';
import type { Batch } from './batch.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import type { Letter } from './letter.ts';

const SETTING = 'refused-openings';
const REMEMBERED = 500;

export class FoldedNotices {
  readonly #settings: SettingStore;
  readonly #messages: MessageStore;
  readonly #announcer: Announcer<ServiceEvents>;
  /** Message id by session, newest last. */
  #known: Map<string, string> | undefined;

  constructor(settings: SettingStore, messages: MessageStore, announcer: Announcer<ServiceEvents>) {
    this.#settings = settings;
    this.#messages = messages;
    this.#announcer = announcer;
  }

  remember(letter: Letter, messageId: string, batch: Batch): void {
    const known = this.#load();
    known.set(sessionTag(letter), messageId);
    for (const oldest of [...known.keys()].slice(0, -REMEMBERED)) known.delete(oldest);
    batch.writeOnce(SETTING, () => {
      this.#settings.put(SETTING, [...known].flat());
    });
  }

  /** @returns false if the stanza belongs to no refused opening. */
  fold(letter: Letter, batch: Batch): boolean {
    const id = this.#load().get(sessionTag(letter));
    if (id === undefined) return false;
    batch.write(() => {
      const notice = this.#messages.get(id);
      if (notice === undefined) return;
      const folded = typeof notice.facts['folded'] === 'number' ? notice.facts['folded'] : 0;
      const counted = { ...notice, facts: { ...notice.facts, folded: folded + 1 } };
      this.#messages.update(counted);
      batch.afterwards(() => {
        this.#announcer.announce('messageChanged', counted);
      });
    });
    return true;
  }

  #load(): Map<string, string> {
    if (this.#known !== undefined) return this.#known;
    const stored = this.#settings.get(SETTING);
    const flat = Array.isArray(stored) ? stored.map(String) : [];
    this.#known = new Map(
      Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i] ?? '', flat[2 * i + 1] ?? '']),
    );
    return this.#known;
  }
}

function sessionTag(letter: Letter): string {
  return toHex(sha256(utf8(`${letter.from}\n${letter.thread ?? ''}`)));
}
