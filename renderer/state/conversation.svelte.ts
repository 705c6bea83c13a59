import { tick } from 'svelte';
import {
  MAX_MESSAGES,
  MAX_TEXT_OCTETS,
  type Address,
  type CommandErrorCode,
  type Message,
} from '../../preload/contract.ts';
import { bridge, CommandFailure, type Bridge } from '../lib/api.ts';
import { takeIn, type Arrival } from '../lib/arrivals.ts';
import { words } from '../lib/catalogue.ts';
import { octetsOf, partsOf, whenOf } from '../lib/format.ts';
import type { MessageAction } from '../lib/message-actions.ts';
import { timelineOf, type NewFrom } from '../lib/timeline.ts';
import { alerts } from './alerts.svelte.ts';
import { DraftsState } from './drafts.svelte.ts';

/** How many messages are loaded when a conversation opens; earlier ones come as the reader goes up. */
export const PAGE = 60;
/** How far a reader at the newest message lets the list grow before its oldest are let go. */
const GROWTH = 200;
const GATHER_MS = 40;

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
  /** Whether the reader is at the newest message; nothing is let go while not, so that nothing jumps. */
  isAtEnd = $state(true);
  /** While earlier messages are being put in front: the list then keeps its place from the end. */
  isPrepending = $state(false);
  /** Another number means another list: what was measured of the one before no longer holds. */
  epoch = $state(0);
  readonly #bridge: Bridge;
  readonly #isWatched: () => boolean;
  readonly drafts: DraftsState;
  readonly #gatherMs: number;
  #limit = PAGE;
  /** What came and is not drawn yet. */
  #arriving: Arrival[] = [];
  #isGathering = false;
  #loadingEarlier: Promise<void> | undefined;

  readonly timeline = $derived(timelineOf(this.messages, this.newFrom));
  readonly octets = $derived(octetsOf(this.draft));
  readonly parts = $derived(this.octets > MAX_TEXT_OCTETS ? partsOf(this.draft, MAX_TEXT_OCTETS) : [this.draft]);

  /**
   * @param isWatched - whether a person is looking at the window, so that what is shown counts as read.
   * @param gatherMs - for how long messages that follow another are gathered before they are drawn.
   */
  constructor(given: Bridge, isWatched: () => boolean, gatherMs = GATHER_MS) {
    this.#bridge = given;
    this.drafts = new DraftsState(given);
    this.#isWatched = isWatched;
    this.#gatherMs = gatherMs;
  }

  get draft(): string {
    return this.address === undefined ? '' : this.drafts.of(this.address);
  }

  set draft(text: string) {
    if (this.address !== undefined) this.drafts.set(this.address, text);
  }

  start(): void {
    this.#bridge.on('messages.added', (message) => this.#arrive(message, true));
    this.#bridge.on('messages.changed', (message) => this.#arrive(message, false));
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
    this.#arriving = [];
    this.#show(messages);
    this.newFrom = newFromOf(messages);
    await this.markSeen();
  }

  close(): void {
    this.address = undefined;
    this.messages = [];
    this.#arriving = [];
    this.newFrom = undefined;
    this.failure = undefined;
    this.isUnencrypted = false;
    this.isAtEnd = true;
    this.hasEarlier = false;
  }

  /** Another person may sign in next: nothing of this one's stays. */
  forget(): void {
    this.close();
    this.drafts.forget();
  }

  /** A reader who is further up keeps what stands before the newest page, and with it the place. */
  #show(newest: readonly Message[]): void {
    const joint = this.messages.findIndex((message) => message.id === newest[0]?.id);
    if (joint > 0) {
      this.messages = [...this.messages.slice(0, joint), ...newest];
      return;
    }
    this.messages = newest;
    this.epoch += 1;
    this.#limit = PAGE;
    this.hasEarlier = newest.length === PAGE;
  }

  /** Puts the page before the first message in front of it; asked twice, it is done once. */
  showEarlier(): Promise<void> {
    this.#loadingEarlier ??= this.#loadEarlier().finally(() => (this.#loadingEarlier = undefined));
    return this.#loadingEarlier;
  }

  async #loadEarlier(): Promise<void> {
    const [first] = this.messages;
    if (this.address === undefined || first === undefined || !this.hasEarlier) return;
    const page = { with: this.address, before: first.id, limit: MAX_MESSAGES };
    const earlier = await this.#bridge.call('messages.list', page);
    if (this.messages[0]?.id !== first.id) return;
    this.#limit += earlier.length;
    this.isPrepending = true;
    this.messages = [...earlier, ...this.messages];
    this.hasEarlier = earlier.length === MAX_MESSAGES;
    await tick();
    this.isPrepending = false;
  }

  /** Loads until that message is among those shown. @returns whether it is. */
  async reach(id: string): Promise<boolean> {
    const address = this.address;
    const isHere = () => this.messages.some((message) => message.id === id);
    // Nothing is let go of what is loaded for the reader who is about to go there.
    this.isAtEnd = false;
    while (!isHere() && this.hasEarlier && this.address === address) await this.showEarlier();
    return isHere();
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
    // Who writes wants to see it.
    this.isAtEnd = true;
    for (const [index, text] of parts.entries()) {
      try {
        this.#takeNow(await this.#bridge.call('messages.send', { to: address, text, ...consent }), true);
      } catch (failure) {
        this.#giveBack(address, parts.slice(index).join('\n'), failure);
        return;
      }
    }
  }

  async retry(id: string): Promise<void> {
    this.#takeNow(await this.#bridge.call('messages.retry', { id }), false);
  }

  /** Takes back a message that has not left. */
  async discard(id: string): Promise<void> {
    try {
      await this.#bridge.call('messages.discard', { id });
    } catch (failure) {
      if (!(failure instanceof CommandFailure) || failure.code !== 'no-such-message') throw failure;
      // What waited for a connection may have left in the same moment.
      alerts.raise({ text: words.conversation.onItsWay });
      return;
    }
    this.messages = this.messages.filter((message) => message.id !== id);
  }

  /** What a message's foot or menu offers; what fails becomes a notice. */
  act(message: Message, action: MessageAction): void {
    if (action === 'askAgain') this.prepare(words.conversation.askAgain(whenOf(message.writtenAt)));
    else void alerts.attempt(() => (action === 'discard' ? this.discard(message.id) : this.retry(message.id)));
  }

  /** Prepares a message and sends nothing; what is being written stays. */
  prepare(text: string): void {
    this.draft = this.draft.trim() === '' ? text : `${this.draft}\n${text}`;
  }

  #giveBack(address: Address, text: string, failure: unknown): void {
    const written = this.drafts.of(address);
    this.drafts.set(address, written === '' ? text : `${text}\n${written}`);
    if (this.address === address) this.failure = failure instanceof CommandFailure ? failure.code : 'internal';
  }

  /** A backlog comes by the thousand: its first message is drawn at once, those of the next moment together. */
  #arrive(message: Message, isNew: boolean): void {
    if (message.with !== this.address) return;
    this.#arriving.push({ message, isNew });
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#gather();
  }

  /** What a person did is seen at once. */
  #takeNow(message: Message, isNew: boolean): void {
    if (message.with !== this.address) return;
    this.#arriving.push({ message, isNew });
    this.#takeIn();
  }

  #gather(): void {
    this.#takeIn();
    setTimeout(() => {
      this.#isGathering = this.#arriving.length > 0;
      if (this.#isGathering) this.#gather();
    }, this.#gatherMs);
  }

  #takeIn(): void {
    if (this.#arriving.length === 0) return;
    const { shown, added } = takeIn(this.messages, this.#arriving);
    this.#arriving = [];
    this.messages = added.length === 0 ? shown : this.#trimmed([...shown, ...added]);
    this.#noteNew(added.filter((message) => message.unread === true));
  }

  #trimmed(messages: readonly Message[]): readonly Message[] {
    if (!this.isAtEnd || messages.length <= this.#limit + GROWTH) return messages;
    this.#limit = PAGE;
    this.hasEarlier = true;
    this.epoch += 1;
    return messages.slice(-PAGE);
  }

  /** What waited while the user was away is counted under one line, also in a conversation that is open. */
  #noteNew(added: readonly Message[]): void {
    const waited = added.filter(({ details }) => details.session === 'away' || details.session === 'backup');
    const [first] = waited;
    if (first !== undefined) {
      const { id, count } = this.newFrom ?? { id: first.id, count: 0 };
      this.newFrom = { id, count: count + waited.length };
    }
    if (added.length > 0) void this.markSeen();
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
