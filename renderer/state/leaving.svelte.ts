import type { Leaving, Policy } from '../../preload/contract.ts';
import { bridge, type Bridge } from '../lib/api.ts';

type Work = 'leaving' | 'comingBack' | 'renewing';

/** The own state S1 to S10, both keys, and what the Leaving panel can do. */
export class LeavingState {
  current = $state.raw<Leaving>();
  /** What the panel waits for. */
  work = $state.raw<Work>();
  readonly #bridge: Bridge;

  constructor(given: Bridge) {
    this.#bridge = given;
  }

  start(): void {
    this.#bridge.on('leaving.changed', (leaving) => (this.current = leaving));
  }

  async load(): Promise<void> {
    this.current = await this.#bridge.call('leaving.state', {});
  }

  async leaveNow(): Promise<void> {
    await this.#during('leaving', async () => (this.current = await this.#bridge.call('leaving.leaveNow', {})));
  }

  async comeBack(): Promise<void> {
    await this.#during('comingBack', async () => {
      await this.#bridge.call('leaving.comeBack', {});
      await this.load();
    });
  }

  async renewBackupKey(): Promise<void> {
    await this.#during('renewing', async () => (this.current = await this.#bridge.call('leaving.renewBackupKey', {})));
  }

  async setPolicy(changes: Partial<Policy>): Promise<void> {
    this.current = await this.#bridge.call('leaving.setPolicy', changes);
  }

  /** Deletes every offline key of this computer, now. */
  async destroyKeys(): Promise<void> {
    this.current = await this.#bridge.call('leaving.destroyKeys', {});
  }

  async #during(work: Work, run: () => Promise<unknown>): Promise<void> {
    if (this.work !== undefined) return;
    this.work = work;
    try {
      await run();
    } finally {
      this.work = undefined;
    }
  }
}

export const leaving = new LeavingState(bridge);
