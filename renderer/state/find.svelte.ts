import type { Address, Message } from '../../preload/contract.ts';
import { bridge, type Bridge } from '../lib/api.ts';
import { conversation, type ConversationState } from './conversation.svelte.ts';

/** Typing goes on: only what stands still for this long is searched for. */
const SETTLES_MS = 150;

/** Finding text in the open conversation, or in all of them (ux.md 3.10). */
export class FindState {
  isOpen = $state(false);
  query = $state('');
  /** Newest first; undefined until there is an answer to the query. */
  results = $state.raw<readonly Message[]>();
  index = $state(0);
  readonly #bridge: Bridge;
  readonly #conversation: Pick<ConversationState, 'messages' | 'reach'>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  /** The result that the reader is at. */
  readonly current = $derived(this.isOpen ? this.results?.[this.index] : undefined);

  constructor(given: Bridge, open: Pick<ConversationState, 'messages' | 'reach'>) {
    this.#bridge = given;
    this.#conversation = open;
  }

  close(): void {
    this.isOpen = false;
    this.query = '';
    this.#forget();
  }

  /** Marks one message that was found elsewhere. */
  show(message: Message): void {
    this.#forget();
    this.isOpen = true;
    this.results = [message];
  }

  /** Marks one message of the open conversation, as when a notification about it was pressed. */
  point(id: string): void {
    const message = this.#conversation.messages.find((each) => each.id === id);
    if (message !== undefined) this.show(message);
  }

  /** @param address - the conversation to search in. */
  search(query: string, address: Address): void {
    this.query = query;
    this.#forget();
    if (query.trim() === '') return;
    this.#timer = setTimeout(() => void this.#ask(address), SETTLES_MS);
  }

  /** Goes to an older result, or back to a newer one; round at the ends. */
  async step(steps: 1 | -1): Promise<void> {
    const count = this.results?.length ?? 0;
    if (count === 0) return;
    await this.#goTo((this.index + steps + count) % count);
  }

  async #ask(address: Address): Promise<void> {
    const asked = ++this.#asked;
    const found = await this.#bridge
      .call('messages.search', { query: this.query.trim(), with: address })
      .catch(() => []);
    if (asked !== this.#asked) return;
    this.results = found;
    await this.#goTo(0);
  }

  async #goTo(index: number): Promise<void> {
    const result = this.results?.[index];
    if (result !== undefined) await this.#conversation.reach(result.id);
    this.index = index;
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.results = undefined;
    this.index = 0;
  }
}

export const find = new FindState(bridge, conversation);
