import type { OwnKey, Policy } from '../../preload/contract.ts';
import { account, type AccountState } from './account.svelte.ts';
import { leaving, type LeavingState } from './leaving.svelte.ts';
import { settings, type SettingsState } from './settings.svelte.ts';

/** A key that is made sooner needs no page of its own (ux.md 3.1). */
const PATIENCE_MS = 1_000;

/** The questions after the first sign-in on this computer: four decisions at most, two of them preset. */
export class FirstRunState {
  page = $state<'none' | 'key' | 'away'>('none');
  key = $state.raw<OwnKey>();
  readonly #account: Pick<AccountState, 'ownKey'>;
  readonly #leaving: Pick<LeavingState, 'current' | 'setPolicy'>;
  readonly #settings: Pick<SettingsState, 'current' | 'change'>;

  constructor(
    own: Pick<AccountState, 'ownKey'>,
    away: Pick<LeavingState, 'current' | 'setPolicy'>,
    kept: Pick<SettingsState, 'current' | 'change'>,
  ) {
    this.#account = own;
    this.#leaving = away;
    this.#settings = kept;
  }

  /** To be called when someone has signed in by the page. */
  async begin(): Promise<void> {
    if (this.#settings.current.isSetUp) return;
    const timer = setTimeout(() => (this.page = 'key'), PATIENCE_MS);
    try {
      this.key = await this.#account.ownKey();
    } finally {
      clearTimeout(timer);
      // Who is looking at the page of the key goes on by its button.
      if (this.page === 'none') this.page = 'away';
    }
  }

  /** From the key to the question. */
  next(): void {
    this.page = 'away';
  }

  async finish(policy: Pick<Policy, 'whoMayWrite' | 'awayKeyDays'>): Promise<void> {
    const { whoMayWrite, awayKeyDays } = this.#leaving.current?.policy ?? {};
    // What is as it was is not published once more: that would show watchers that somebody is here.
    const isChanged = policy.whoMayWrite !== whoMayWrite || policy.awayKeyDays !== awayKeyDays;
    if (isChanged) await this.#leaving.setPolicy(policy);
    await this.skip();
  }

  /** Where there is nothing to decide. */
  async skip(): Promise<void> {
    await this.#settings.change({ isSetUp: true });
    this.page = 'none';
  }
}

export const firstRun = new FirstRunState(account, leaving, settings);
