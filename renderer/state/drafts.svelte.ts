import { SvelteMap } from 'svelte/reactivity';
import { MAX_TEXT_OCTETS, type Address } from '../../preload/contract.ts';
import type { Bridge } from '../lib/api.ts';
import { octetsOf } from '../lib/format.ts';

/** Typing goes on: what stands still for this long is kept. */
const SETTLES_MS = 400;

/** What is being written, by conversation; the host keeps it sealed, so that a restart loses nothing (ux.md 3.3). */
export class DraftsState {
  readonly #bridge: Bridge;
  readonly #texts = new SvelteMap<Address, string>();
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing is drawn from it
  readonly #unkept = new Set<Address>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(given: Bridge) {
    this.#bridge = given;
  }

  /** What is in the window by then is newer than what was kept. */
  async load(): Promise<void> {
    for (const { with: address, text } of await this.#bridge.call('drafts.list', {})) {
      if (!this.#texts.has(address)) this.#texts.set(address, text);
    }
  }

  of(address: Address): string {
    return this.#texts.get(address) ?? '';
  }

  set(address: Address, text: string): void {
    if (this.of(address) === text) return;
    this.#texts.set(address, text);
    this.#unkept.add(address);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.keep(), SETTLES_MS);
  }

  /** Hands over at once what is not kept yet; a draft that cannot be kept stays in the window and is no error. */
  async keep(): Promise<void> {
    clearTimeout(this.#timer);
    // What is too long for one message is too long for the host; it stays in the window.
    const unkept = [...this.#unkept].filter((address) => octetsOf(this.of(address)) <= MAX_TEXT_OCTETS);
    this.#unkept.clear();
    const kept = unkept.map((address) => this.#bridge.call('drafts.keep', { with: address, text: this.of(address) }));
    await Promise.allSettled(kept);
  }

  /** Another person may sign in next: nothing of this one's stays in the window. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#unkept.clear();
    this.#texts.clear();
  }
}
