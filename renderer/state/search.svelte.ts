import type { Message } from '../../preload/contract.ts';
import { bridge, type Bridge } from '../lib/api.ts';

const SETTLES_MS = 200;

/** Finding text in all conversations. */
export class SearchState {
  query = $state('');
  /** Newest first; undefined until there is an answer to the query. */
  results = $state.raw<readonly Message[]>();
  readonly #bridge: Bridge;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(given: Bridge) {
    this.#bridge = given;
  }

  search(query: string): void {
    this.query = query;
    this.results = undefined;
    this.#asked += 1;
    clearTimeout(this.#timer);
    if (query.trim() !== '') this.#timer = setTimeout(() => void this.#ask(query.trim()), SETTLES_MS);
  }

  async #ask(query: string): Promise<void> {
    const asked = this.#asked;
    const found = await this.#bridge.call('messages.search', { query }).catch(() => []);
    if (asked === this.#asked) this.results = found;
  }
}

export const searchEverywhere = new SearchState(bridge);
