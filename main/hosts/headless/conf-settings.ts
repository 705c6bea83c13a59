import Conf from 'conf';
import { DEFAULT_SETTINGS, SETTINGS_SCHEMA, type Settings, type SettingsShape } from '../settings.ts';

/** Settings as `settings.json` in the profile. A file that was edited into something else is begun anew. */
export function openConfSettings(directory: string): Settings {
  const conf = new Conf<SettingsShape>({
    cwd: directory,
    configName: 'settings',
    defaults: DEFAULT_SETTINGS,
    schema: SETTINGS_SCHEMA,
    clearInvalidConfig: true,
    configFileMode: 0o600,
  });
  return { get: (key) => conf.get(key), set: (key, value) => conf.set(key, value) };
}
