import Store from 'electron-store';
import { DEFAULT_SETTINGS, SETTINGS_SCHEMA, type Settings, type SettingsShape } from '../settings.ts';

/** Settings as `settings.json` in that folder. A file that was edited into something else is begun anew. */
export function openElectronSettings(directory: string): Settings {
  const store = new Store<SettingsShape>({
    cwd: directory,
    name: 'settings',
    defaults: DEFAULT_SETTINGS,
    schema: SETTINGS_SCHEMA,
    clearInvalidConfig: true,
    configFileMode: 0o600,
  });
  return { get: (key) => store.get(key), set: (key, value) => store.set(key, value) };
}
