import type { BacklogProgress, Leaving } from '../../preload/contract.ts';
import { bridge, type Bridge } from '../lib/api.ts';
import { leaving, type LeavingState } from './leaving.svelte.ts';

/** What happened while the user was away (ux.md 3.6): the last backlog that ended, beside the keys it came by. */
export class AwayReportState {
  /** How the messages that waited ended; undefined until there was a backlog in this run of the window. */
  outcome = $state.raw<Pick<BacklogProgress, 'opened' | 'failed'>>();
  readonly #bridge: Bridge;
  readonly #leaving: Pick<LeavingState, 'current'>;

  readonly keys = $derived.by((): Pick<Leaving, 'awayKey' | 'backupKey'> => this.#leaving.current ?? {});

  constructor(given: Bridge, own: Pick<LeavingState, 'current'>) {
    this.#bridge = given;
    this.#leaving = own;
  }

  start(): void {
    this.#bridge.on('backlog.progress', ({ finished, opened, failed }) => {
      if (finished) this.outcome = { opened, failed };
    });
  }
}

export const awayReport = new AwayReportState(bridge, leaving);
