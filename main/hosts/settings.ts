/** What a host remembers about its window. Nothing private, no address and no message goes here (ruling 3). */

export interface SettingsShape {
  theme: 'system' | 'light' | 'dark';
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
  theme: 'system',
  windowWidth: 1100,
  windowHeight: 760,
  windowMaximized: false,
};

/** JSON schema by which either library refuses a file that was edited into something else. */
export const SETTINGS_SCHEMA = {
  theme: { type: 'string', enum: ['system', 'light', 'dark'] },
  windowWidth: { type: 'integer', minimum: 320, maximum: 20_000 },
  windowHeight: { type: 'integer', minimum: 320, maximum: 20_000 },
  windowMaximized: { type: 'boolean' },
} as const;
