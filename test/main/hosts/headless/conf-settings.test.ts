import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openConfSettings } from '../../../../main/hosts/headless/conf-settings.ts';
import { DEFAULT_SETTINGS } from '../../../../main/hosts/settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightlatch-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => join(folder, 'settings.json');

describe('openConfSettings (ruling 3)', () => {
  it('begins with the defaults and keeps what is set', () => {
    expect(openConfSettings(folder).get('theme')).toBe(DEFAULT_SETTINGS.theme);
    openConfSettings(folder).set('theme', 'dark');
    expect(openConfSettings(folder).get('theme')).toBe('dark');
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('refuses a value that is no setting', () => {
    expect(() => openConfSettings(folder).set('theme', 'pink' as never)).toThrow(/theme/);
  });

  it('begins anew with a file that is no settings', () => {
    for (const broken of ['{"theme":', '{"theme":"pink"}', '[]', '']) {
      writeFileSync(file(), broken);
      expect(openConfSettings(folder).get('theme'), broken).toBe('system');
    }
  });

  it('holds the window’s settings and nothing else', () => {
    openConfSettings(folder);
    const kept = JSON.parse(readFileSync(file(), 'utf8')) as object;
    expect(Object.keys(kept).sort()).toEqual([
      ...['compactRows', 'enterSends', 'isSetUp', 'listWidth', 'notificationContent', 'notifications'],
      ...['textPercent', 'theme', 'windowHeight', 'windowMaximized', 'windowWidth'],
    ]);
  });
});
