/** The desktop host over the double of Electron and the double of the messenger. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '../../../../main/crypto/random.ts';
import { startDesktop } from '../../../../main/hosts/electron/desktop-host.ts';
import { LinkInbox } from '../../../../main/hosts/link-inbox.ts';
import type { Composition } from '../../../../main/hosts/messenger.ts';
import { DEFAULT_SETTINGS, type SettingsShape } from '../../../../main/hosts/settings.ts';
import { makePageFolder } from '../headless/browser-client.ts';
import { MessengerDouble } from '../messenger-double.ts';
import { ElectronDouble } from './electron-double.ts';

export class DesktopRun {
  readonly folder = mkdtempSync(join(tmpdir(), 'nightlatch-desktop-'));
  readonly page = makePageFolder();
  readonly electron = new ElectronDouble(this.folder);
  readonly messenger = new MessengerDouble();
  readonly links = new LinkInbox();
  readonly logged: string[] = [];
  readonly settings: SettingsShape = { ...DEFAULT_SETTINGS };
  composition: Composition | undefined;

  /** What the start itself reads of the messenger is forgotten: the tests look at what comes after. */
  async start(platform: NodeJS.Platform = 'linux'): Promise<void> {
    const { settings } = this;
    await startDesktop(this.electron.desktop, {
      platform,
      random: systemRandom,
      files: {
        modpWorker: new URL('file:///w'),
        searchWorker: new URL('file:///s'),
        renderer: this.page,
        preload: '/built/preload.cjs',
      },
      createLink: () => {
        throw new Error('no link in this test');
      },
      compose: (composition) => {
        this.composition = composition;
        return Promise.resolve(this.messenger);
      },
      startModpEngine: () => ({ power: () => Promise.reject(new Error('none')), close: () => undefined }),
      openSettings: () => ({
        get: (key) => settings[key],
        set: (key, value) => void (settings[key] = value),
      }),
      links: this.links,
      log: (event) => void this.logged.push(event),
    });
    this.messenger.calls.length = 0;
  }

  /** Lets go of the profile and removes everything. */
  end(): void {
    this.electron.app.emit('quit');
    rmSync(this.folder, { recursive: true });
    rmSync(this.page, { recursive: true });
  }
}
