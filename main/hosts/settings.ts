/** What a host remembers about its window. Nothing private, no address and no message goes here (ruling 3). */
import {
  DEFAULT_PREFERENCES,
  LIST_WIDTH,
  NOTIFICATION_CONTENTS,
  TEXT_PERCENT,
  THEMES,
  type Preferences,
} from '../../preload/contract.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export interface SettingsShape extends Writable<Preferences> {
  windowWidth: number;
  windowHeight: number;
  windowMaximized: boolean;
}

/** One file behind it in either host: electron-store's, or conf's, which is its base. */
export interface Settings {
  get<K extends keyof SettingsShape>(key: K): SettingsShape[K];
  set<K extends keyof SettingsShape>(key: K, value: SettingsShape[K]): void;
}

export const DEFAULT_SETTINGS: SettingsShape = {
  ...DEFAULT_PREFERENCES,
  windowWidth: 1120,
  windowHeight: 720,
  windowMaximized: false,
};

/** JSON schema by which either library refuses a file that was edited into something else. */
export const SETTINGS_SCHEMA = {
  theme: { type: 'string', enum: [...THEMES] },
  textPercent: { type: 'integer', minimum: TEXT_PERCENT.least, maximum: TEXT_PERCENT.most },
  listWidth: { type: 'integer', minimum: LIST_WIDTH.least, maximum: LIST_WIDTH.most },
  compactRows: { type: 'boolean' },
  enterSends: { type: 'boolean' },
  notifications: { type: 'boolean' },
  notificationContent: { type: 'string', enum: [...NOTIFICATION_CONTENTS] },
  isSetUp: { type: 'boolean' },
  windowWidth: { type: 'integer', minimum: 320, maximum: 20_000 },
  windowHeight: { type: 'integer', minimum: 320, maximum: 20_000 },
  windowMaximized: { type: 'boolean' },
} as const;

/** The preferences as the page is told them. */
export function readPreferences(settings: Settings): Preferences {
  const entries = preferenceNames.map((name) => [name, settings.get(name)] as const);
  return Object.fromEntries(entries) as unknown as Preferences;
}

/** Keeps what is named in `changes`; the rest stays. */
export function changePreferences(settings: Settings, changes: Partial<Preferences>): Preferences {
  for (const name of preferenceNames) {
    const value = changes[name];
    if (value !== undefined) settings.set(name, value);
  }
  return readPreferences(settings);
}

const preferenceNames = Object.keys(DEFAULT_PREFERENCES) as (keyof Preferences)[];
