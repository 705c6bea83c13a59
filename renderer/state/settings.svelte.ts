import { DEFAULT_PREFERENCES, LIST_WIDTH, TEXT_PERCENT, type Preferences } from '../../preload/contract.ts';
import { bridge, type Bridge } from '../lib/api.ts';

/** What holds until the host has answered. */
const BEFORE: Preferences = { ...DEFAULT_PREFERENCES, isSetUp: true };

const TEXT_STEP = 10;

/** How the window is used. Every change applies at once, and is kept by the host (ux.md 3.7). */
export class SettingsState {
  current = $state.raw<Preferences>(BEFORE);
  readonly #bridge: Bridge;

  constructor(given: Bridge) {
    this.#bridge = given;
  }

  async load(): Promise<void> {
    this.current = await this.#bridge.call('settings.state', {});
  }

  async change(changes: Partial<Preferences>): Promise<void> {
    this.current = { ...this.current, ...changes };
    this.current = await this.#bridge.call('settings.change', changes);
  }

  /** @param steps - 0 is the ordinary size. */
  async resizeText(steps: 1 | -1 | 0): Promise<void> {
    const textPercent = steps === 0 ? 100 : this.current.textPercent + steps * TEXT_STEP;
    await this.change({ textPercent: within(TEXT_PERCENT, textPercent) });
  }

  async resizeList(width: number): Promise<void> {
    await this.change({ listWidth: within(LIST_WIDTH, Math.round(width)) });
  }
}

function within({ least, most }: { readonly least: number; readonly most: number }, value: number): number {
  return Math.min(Math.max(value, least), most);
}

export const settings = new SettingsState(bridge);
