import { SvelteMap } from 'svelte/reactivity';
import type { Address, Conversation } from '../../preload/contract.ts';
import { bridge, type Bridge } from '../lib/api.ts';
import { contacts, type ContactsState } from './contacts.svelte.ts';

export const FILTERS = ['all', 'unread', 'away'] as const;
export type Filter = (typeof FILTERS)[number];

/** The list on the left: conversations newest first, then contacts nobody has written to. */
export class ConversationsState {
  query = $state('');
  filter = $state<Filter>('all');
  readonly #bridge: Bridge;
  readonly #contacts: ContactsState;
  readonly #byAddress = new SvelteMap<Address, Conversation>();

  readonly all = $derived.by(() =>
    [...this.#byAddress.values()].filter((each) => !this.#isStranger(each.with)).sort(byNewest),
  );
  readonly found = $derived(this.all.filter((each) => this.#isFound(each.with)));
  /** Contacts without a conversation, by name. */
  readonly others = $derived.by(() =>
    this.#contacts.all.filter(
      ({ address }) => !this.#isStranger(address) && !this.#byAddress.has(address) && this.#isFound(address),
    ),
  );
  readonly unread = $derived(this.all.reduce((sum, each) => sum + each.unread, 0));
  /** Addresses in the order of the list, for moving by keyboard. */
  readonly order = $derived([...this.found.map((each) => each.with), ...this.others.map((each) => each.address)]);

  constructor(given: Bridge, roster: ContactsState) {
    this.#bridge = given;
    this.#contacts = roster;
  }

  start(): void {
    this.#bridge.on('conversations.changed', (conversation) => this.#byAddress.set(conversation.with, conversation));
  }

  async load(): Promise<void> {
    const list = await this.#bridge.call('conversations.list', {});
    this.#byAddress.clear();
    for (const conversation of list) this.#byAddress.set(conversation.with, conversation);
  }

  of(address: Address): Conversation | undefined {
    return this.#byAddress.get(address);
  }

  /** Nobody is told about a muted conversation any more, or everybody again. */
  async toggleMuted(address: Address): Promise<void> {
    await this.#bridge.call('conversations.mute', { with: address, muted: this.of(address)?.muted !== true });
  }

  /** @returns the address `steps` further in the list; undefined at its ends. */
  neighbourOf(address: Address | undefined, steps: 1 | -1): Address | undefined {
    if (address === undefined) return this.order.at(steps === 1 ? 0 : -1);
    const index = this.order.indexOf(address) + steps;
    return index < 0 ? undefined : this.order[index];
  }

  /** A stranger's text is not shown until the request is accepted (ux.md M2). */
  #isStranger(address: Address): boolean {
    const contact = this.#contacts.of(address);
    return contact?.request === 'incoming' && contact.subscription === 'none';
  }

  /** @returns the next one with something unread; undefined where there is none in that direction. */
  unreadNeighbourOf(address: Address | undefined, steps: 1 | -1): Address | undefined {
    const index = address === undefined ? -1 : this.order.indexOf(address);
    const beyond = steps === 1 ? this.order.slice(index + 1) : this.order.slice(0, Math.max(index, 0)).reverse();
    return beyond.find((each) => (this.of(each)?.unread ?? 0) > 0);
  }

  #isFound(address: Address): boolean {
    if (this.filter === 'unread' && (this.of(address)?.unread ?? 0) === 0) return false;
    if (this.filter === 'away' && this.#contacts.of(address)?.presence !== 'away') return false;
    const query = this.query.trim().toLocaleLowerCase();
    return `${this.#contacts.nameOf(address)} ${address}`.toLocaleLowerCase().includes(query);
  }
}

function byNewest(one: Conversation, other: Conversation): number {
  return lastTimeOf(other).localeCompare(lastTimeOf(one));
}

/** When the last message came to be here: a sender's clock does not move a conversation. */
function lastTimeOf({ last }: Conversation): string {
  return last?.arrivedAt ?? last?.writtenAt ?? '';
}

export const conversations = new ConversationsState(bridge, contacts);
