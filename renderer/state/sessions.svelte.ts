import { SvelteMap } from 'svelte/reactivity';
import type { Address, Contact, Session } from '../../preload/contract.ts';
import { bridge, type Bridge } from '../lib/api.ts';

/** The encrypted sessions that are open now, at most one for each contact. */
export class SessionsState {
  readonly #bridge: Bridge;
  readonly #byAddress = new SvelteMap<Address, Session>();

  constructor(given: Bridge) {
    this.#bridge = given;
  }

  start(): void {
    this.#bridge.on('sessions.changed', (change) => {
      if ('ended' in change) this.#byAddress.delete(change.address);
      else this.#byAddress.set(change.address, change);
    });
  }

  of(address: Address): Session | undefined {
    return this.#byAddress.get(address);
  }

  /** Reads it again: events may have been missed before. */
  async load(address: Address): Promise<void> {
    const session = await this.#bridge.call('sessions.of', { address });
    if (session === null) this.#byAddress.delete(address);
    else this.#byAddress.set(address, session);
  }

  /** What two people found when they read the code to each other. What is verified is read back, never assumed. */
  async confirmSpokenCode(address: Address, matches: boolean): Promise<Contact> {
    const contact = await this.#bridge.call('sessions.confirmSpokenCode', { address, matches });
    await this.load(address);
    return contact;
  }

  /** The user has had enough of being reminded to compare codes. */
  async dismissReminder(address: Address): Promise<void> {
    this.#byAddress.set(address, await this.#bridge.call('sessions.dismissReminder', { address }));
  }
}

export const sessions = new SessionsState(bridge);
