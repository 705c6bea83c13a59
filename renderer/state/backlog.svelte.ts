import type { BacklogProgress } from '../../preload/contract.ts';
import { bridge, type Bridge } from '../lib/api.ts';
import { words } from '../lib/catalogue.ts';
import { alerts, type AlertsState } from './alerts.svelte.ts';
import { announcements, type AnnouncementsState } from './announcements.svelte.ts';

const APPEARS_AFTER_MS = 200;
const STAYS_MS = 500;

/** Progress of the messages that waited: nothing under 200 ms, then at least 500 ms (ux.md 3.6). */
export class BacklogState {
  progress = $state.raw<BacklogProgress>();
  isShown = $state(false);
  readonly #bridge: Bridge;
  readonly #alerts: AlertsState;
  readonly #announcements: AnnouncementsState;
  #appears: ReturnType<typeof setTimeout> | undefined;
  #shownSince = 0;
  #spokenQuarter = 0;

  readonly sentence = $derived.by(() => {
    if (this.progress === undefined) return '';
    const { done, total } = this.progress;
    return total === undefined ? words.backlog.open(done) : words.backlog.known(done, total);
  });

  constructor(given: Bridge, raised: AlertsState, spoken: AnnouncementsState) {
    this.#bridge = given;
    this.#alerts = raised;
    this.#announcements = spoken;
  }

  start(): void {
    this.#bridge.on('backlog.progress', (progress) => this.#follow(progress));
  }

  #follow(progress: BacklogProgress): void {
    this.progress = progress;
    if (progress.finished) {
      this.#finish(progress);
      return;
    }
    this.#appears ??= setTimeout(() => this.#appear(), APPEARS_AFTER_MS);
    if (this.isShown) this.#speakQuarter(progress);
  }

  #appear(): void {
    this.isShown = true;
    this.#shownSince = Date.now();
    this.#spokenQuarter = 0;
    this.#announcements.say(words.backlog.started);
  }

  #speakQuarter({ done, total }: BacklogProgress): void {
    const quarter = total === undefined || total === 0 ? 0 : Math.floor((done / total) * 4);
    if (quarter > this.#spokenQuarter && quarter < 4) this.#announcements.say(words.backlog.percent(quarter * 25));
    this.#spokenQuarter = Math.max(quarter, this.#spokenQuarter);
  }

  /** One summary for all, also where the bar was never seen. */
  #finish({ opened, failed }: BacklogProgress): void {
    clearTimeout(this.#appears);
    this.#appears = undefined;
    if (opened + failed > 0) {
      this.#alerts.raise({ text: words.backlog.finished(opened, failed), isAwayReport: true });
    }
    const rest = this.isShown ? this.#shownSince + STAYS_MS - Date.now() : 0;
    if (rest > 0) setTimeout(() => this.#disappear(), rest);
    else this.#disappear();
  }

  /** Unless the next backlog has begun meanwhile. */
  #disappear(): void {
    if (this.progress?.finished === true) this.isShown = false;
  }
}

export const backlog = new BacklogState(bridge, alerts, announcements);
