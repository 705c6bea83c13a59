/** Conversations that nobody is told about (ux.md 3.10): they are counted and shown like any other. */
import type { SettingStore } from '../stores/settings.ts';
import type { BareJid } from '../wire/jid.ts';
import type { Announcer, ServiceEvents } from './events.ts';
import { KeptByAddress } from './kept-by-address.ts';

export class Muting {
  readonly #kept: KeptByAddress<true>;
  readonly #announcer: Announcer<ServiceEvents>;
  /** Asked for with every view of a conversation: read once. */
  #muted: ReadonlySet<BareJid> | undefined;

  constructor(settings: SettingStore, account: () => BareJid | undefined, announcer: Announcer<ServiceEvents>) {
    this.#kept = new KeptByAddress('muted', settings, account);
    this.#announcer = announcer;
    announcer.on('accountChanged', () => (this.#muted = undefined));
  }

  isMuted(address: BareJid): boolean {
    this.#muted ??= new Set(this.#kept.all().map(([muted]) => muted));
    return this.#muted.has(address);
  }

  mute(address: BareJid, muted: boolean): void {
    this.#kept.set(address, muted ? true : undefined);
    this.#muted = undefined;
    this.#announcer.announce('conversationChanged', address);
  }
}
