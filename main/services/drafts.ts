/** What was written and not sent, by conversation: sealed like everything private, and in no list of messages (ux.md 3.3). */
import type { SettingStore } from '../stores/settings.ts';
import type { BareJid } from '../wire/jid.ts';
import { KeptByAddress } from './kept-by-address.ts';

export class Drafts {
  readonly #kept: KeptByAddress<string>;

  /** @param account - The account that is signed in, or was last; undefined before the first. */
  constructor(settings: SettingStore, account: () => BareJid | undefined) {
    this.#kept = new KeptByAddress('drafts', settings, account);
  }

  all(): readonly (readonly [with_: BareJid, text: string])[] {
    return this.#kept.all();
  }

  /** @param text - Empty: there is none any more. */
  keep(address: BareJid, text: string): void {
    this.#kept.set(address, text === '' ? undefined : text);
  }
}
