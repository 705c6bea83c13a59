import { SvelteMap } from 'svelte/reactivity';
import { MAX_TEXT_OCTETS, type Address, type CommandErrorCode, type Message } from '../../preload/contract.ts';
import { bridge, CommandFailure, type Bridge } from '../lib/api.ts';
import { octetsOf, partsOf } from '../lib/format.ts';
import { timelineOf, type NewFrom } from '../lib/timeline.ts';

/** How many messages are loaded at once and shown at first; `Show earlier` adds as many. */
export const PAGE = 100;

/** The open conversation: its messages, what is being written, what is new. */
export class ConversationState {
  address = $state.raw<Address>();
  messages = $state.raw<readonly Message[]>([]);
  hasEarlier = $state(false);
  isLoading = $state(false);
  newFrom = $state.raw<NewFrom>();
  /** Why the last send failed; its text is back in the composer. */
  failure = $state.raw<CommandErrorCode>();
  /** The user chose to write this one message unencrypted. Never outlives the message (ux.md 3.3, clear text). */
  isUnencrypted = $state(false);
  /** Whether the reader is at the newest message; the list keeps its length while not, so that nothing jumps. */
  isAtEnd = $state(true);
  readonly #bridge: Bridge;
  readonly #isWatched: () => boolean;
  /** Drafts live in memory: there is no sealed place for them above the main process. */
  readonly #drafts = new SvelteMap<Address, string>();
  #limit = PAGE;

  readonly timeline = $derived(timelineOf(this.messages, this.newFrom));
  readonly octets = $derived(octetsOf(this.draft));
  readonly parts = $derived(this.octets > MAX_TEXT_OCTETS ? partsOf(this.draft, MAX_TEXT_OCTETS) : [this.draft]);

  /** @param isWatched - whether a person is looking at the window, so that what is shown counts as read. */
  constructor(given: Bridge, isWatched: () => boolean) {
    this.#bridge = given;
    this.#isWatched = isWatched;
  }

  get draft(): string {
    return this.address === undefined ? '' : (this.#drafts.get(this.address) ?? '');
  }

  set draft(text: string) {
    if (this.address !== undefined) this.#drafts.set(this.address, text);
  }

  start(): void {
    this.#bridge.on('messages.added', (message) => this.#keep(message));
    this.#bridge.on('messages.changed', (message) => this.#replace(message));
  }

  async open(address: Address): Promise<void> {
    if (this.address === address) return;
    this.close();
    this.address = address;
    this.isLoading = true;
    await this.reload();
    this.isLoading = false;
  }

  /** Reads the newest messages again, as after a reconnect. */
  async reload(): Promise<void> {
    const address = this.address;
    if (address === undefined) return;
    const messages = await this.#bridge.call('messages.list', { with: address, limit: PAGE });
    if (this.address !== address) return;
    this.messages = messages;
    this.#limit = PAGE;
    this.hasEarlier = messages.length === PAGE;
    this.newFrom = newFromOf(messages);
    await this.markSeen();
  }

  close(): void {
    this.address = undefined;
    this.messages = [];
    this.newFrom = undefined;
    this.failure = undefined;
    this.isUnencrypted = false;
    this.isAtEnd = true;
    this.hasEarlier = false;
  }

  /** Another person may sign in next: nothing of this one's stays. */
  forget(): void {
    this.close();
    this.#drafts.clear();
  }

  async showEarlier(): Promise<void> {
    const [first] = this.messages;
    if (this.address === undefined || first === undefined) return;
    const earlier = await this.#bridge.call('messages.list', { with: this.address, before: first.id, limit: PAGE });
    if (this.messages[0]?.id !== first.id) return;
    this.#limit += PAGE;
    this.messages = [...earlier, ...this.messages];
    this.hasEarlier = earlier.length === PAGE;
  }

  /** What is shown to a person who looks counts as read. */
  async markSeen(): Promise<void> {
    const newest = this.messages.at(-1);
    if (this.address === undefined || newest === undefined || !this.#isWatched()) return;
    if (!this.messages.some((message) => message.unread === true)) return;
    await this.#bridge.call('messages.markRead', { with: this.address, upTo: newest.id });
    this.messages = this.messages.map((message) => (message.unread === true ? { ...message, unread: false } : message));
  }

  /**
   * Sends the draft, in parts where it is too long; a part that fails comes back into the composer with what follows.
   *
   * @param manner - `unencrypted` is what the composer showed when the button was pressed, never what it was before.
   */
  async send(manner: 'encrypted' | 'unencrypted' = 'encrypted'): Promise<void> {
    const address = this.address;
    const parts = this.parts.filter((part) => part.trim() !== '');
    if (address === undefined || parts.length === 0) return;
    const consent = manner === 'unencrypted' ? { unencrypted: true as const } : {};
    this.draft = '';
    this.isUnencrypted = false;
    this.failure = undefined;
    for (const [index, text] of parts.entries()) {
      try {
        this.#keep(await this.#bridge.call('messages.send', { to: address, text, ...consent }));
      } catch (failure) {
        this.#giveBack(address, parts.slice(index).join('\n'), failure);
        return;
      }
    }
  }

  async retry(id: string): Promise<void> {
    this.#replace(await this.#bridge.call('messages.retry', { id }));
  }

  async discard(id: string): Promise<void> {
    await this.#bridge.call('messages.discard', { id });
    this.messages = this.messages.filter((message) => message.id !== id);
  }

  /** Prepares a message and sends nothing; what is being written stays. */
  prepare(text: string): void {
    this.draft = this.draft.trim() === '' ? text : `${this.draft}\n${text}`;
  }

  #giveBack(address: Address, text: string, failure: unknown): void {
    const written = this.#drafts.get(address) ?? '';
    this.#drafts.set(address, written === '' ? text : `${text}\n${written}`);
    if (this.address === address) this.failure = failure instanceof CommandFailure ? failure.code : 'internal';
  }

  #keep(message: Message): void {
    if (message.with !== this.address) return;
    if (this.messages.some((each) => each.id === message.id)) {
      this.#replace(message);
      return;
    }
    const messages = [...this.messages, message];
    const isTrimmed = this.isAtEnd && messages.length > this.#limit;
    this.messages = isTrimmed ? messages.slice(-this.#limit) : messages;
    this.hasEarlier ||= isTrimmed;
    if (message.unread === true) this.#noteNew(message);
  }

  /** What waited while the user was away is counted under one line, also in a conversation that is open. */
  #noteNew(message: Message): void {
    const { session } = message.details;
    if (session === 'away' || session === 'backup') {
      const { id, count } = this.newFrom ?? { id: message.id, count: 0 };
      this.newFrom = { id, count: count + 1 };
    }
    void this.markSeen();
  }

  #replace(message: Message): void {
    if (message.with !== this.address) return;
    this.messages = this.messages.map((each) => (each.id === message.id ? message : each));
  }
}

function newFromOf(messages: readonly Message[]): NewFrom | undefined {
  const unread = messages.filter((message) => message.unread === true);
  return unread[0] === undefined ? undefined : { id: unread[0].id, count: unread.length };
}

export const conversation = new ConversationState(
  bridge,
  () => document.visibilityState === 'visible' && document.hasFocus(),
);
