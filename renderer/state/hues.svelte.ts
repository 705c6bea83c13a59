import { SvelteMap } from 'svelte/reactivity';
import type { Address } from '../../preload/contract.ts';
import { hueOf } from '../lib/hue.ts';

/** The hue of each address that is shown; computed once. */
class HuesState {
  readonly #known = new SvelteMap<Address, number>();
  readonly #asked = new Set<Address>();

  /** @returns undefined until it is computed, which is a moment. */
  of(address: Address): number | undefined {
    if (!this.#asked.has(address)) {
      this.#asked.add(address);
      void hueOf(address).then((hue) => this.#known.set(address, hue));
    }
    return this.#known.get(address);
  }
}

export const hues = new HuesState();
