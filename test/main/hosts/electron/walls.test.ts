import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardWebContents } from '../../../../main/hosts/electron/web-guard.ts';
import { findDangerousSwitch } from '../../../../main/hosts/electron/switches.ts';
import { DesktopRun } from './desktop-run.ts';
import { PreventableEvent, WebContentsDouble, WindowDouble } from './electron-double.ts';

let run: DesktopRun;
// One start serves all: they look, and the one that crashes the page is the last to need it.
beforeAll(async () => {
  run = new DesktopRun();
  await run.start();
});
afterAll(() => run.end());

const session = () => run.electron.sessionDouble;
const preferences = () => run.electron.window.options.webPreferences ?? {};
const fetchApp = (url: string, method = 'GET') => {
  const response = session().appHandler?.({ url, method });
  if (response === undefined) throw new Error('the scheme is not served');
  return response;
};

describe('the window’s walls (security.md 6), as asked of Electron', () => {
  it('S-121 has no Node in windows, workers or sub-frames', () => {
    expect(preferences()).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
    });
  });

  it('S-122 isolates the preload’s context', () => {
    expect(preferences()['contextIsolation']).toBe(true);
  });

  it('sandboxes the window', () => {
    expect(preferences()['sandbox']).toBe(true);
  });

  it('S-125 S-127 leaves webSecurity and the experimental switches untouched', () => {
    const untouched = ['webSecurity', 'allowRunningInsecureContent', 'experimentalFeatures', 'enableBlinkFeatures'];
    expect(Object.keys(preferences()).filter((name) => untouched.includes(name))).toEqual([]);
  });

  it('S-142 has developer tools only where it is not packaged', () => {
    expect(preferences()['devTools']).toBe(false);
  });

  it('loads the page from its own scheme, in a session that is never written to disk', () => {
    expect(run.electron.window.loaded).toEqual(['app://nightlatch/']);
    expect(run.electron.partitions).toEqual([['nightlatch', { cache: false }]]);
    expect(preferences()['session']).toBe(session());
    expect(preferences()['preload']).toBe('/built/preload.cjs');
  });
});

/** Every permission electron.d.ts names, and one it does not. */
const PERMISSIONS = [
  ...['ar', 'automatic-fullscreen', 'background-fetch', 'background-sync', 'captured-surface-control'],
  ...['clipboard-read', 'clipboard-sanitized-write', 'display-capture', 'fileSystem', 'fullscreen', 'geolocation'],
  ...['hand-tracking', 'hid', 'idle-detection', 'keyboardLock', 'local-fonts', 'local-network', 'media'],
  ...['mediaKeySystem', 'midi', 'midiSysex', 'nfc', 'notifications', 'openExternal', 'payment-handler'],
  ...['periodic-background-sync', 'persistent-storage', 'pointerLock', 'screen-wake-lock', 'sensors', 'serial'],
  ...['smart-card', 'speaker-selection', 'storage-access', 'system-wake-lock', 'top-level-storage-access', 'usb'],
  ...['vr', 'web-app-installation', 'web-printing', 'window-management', 'unknown', 'of the future'],
];

describe('guardSession (security.md 6)', () => {
  it.each(PERMISSIONS)('S-124 denies %s, asked for or looked up', (permission) => {
    let granted: boolean | undefined;
    session().permissionRequest?.({}, permission, (answer) => (granted = answer));
    expect(granted).toBe(false);
    expect(session().permissionCheck?.({}, permission)).toBe(false);
  });

  it('S-124 denies devices and screens', () => {
    expect(session().devicePermission?.({ deviceType: 'usb' })).toBe(false);
    let streams: unknown = 'not answered';
    session().displayMedia?.({}, (answer) => (streams = answer));
    expect(streams).toBeNull();
  });

  it('S-142 cancels every request but the page’s own, and downloads', () => {
    const isCancelled = (url: string) => {
      let cancelled: boolean | undefined;
      session().beforeRequest?.({ url }, ({ cancel }) => (cancelled = cancel));
      return cancelled;
    };
    expect(isCancelled('app://nightlatch/assets/app.js')).toBe(false);
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1/',
      'ws://127.0.0.1/',
      'file:///etc/passwd',
      'app://evil/',
      'app://nightlatch.evil/',
      'app://nightlatch@evil/',
      'ftp://example.org/',
    ]) {
      expect(isCancelled(url), url).toBe(true);
    }
    const download = new PreventableEvent();
    session().emit('will-download', download);
    expect(download.defaultPrevented).toBe(true);
  });
});

describe('guardWebContents (security.md 6)', () => {
  /** Any webContents, not only the window's. */
  function made(): WebContentsDouble {
    guardWebContents(run.electron.app as never);
    const contents = new WebContentsDouble();
    run.electron.app.emit('web-contents-created', {}, contents);
    return contents;
  }

  it('S-128 prevents a webview from attaching, and has the tag switched off', () => {
    expect(made().isPrevented('will-attach-webview', {}, {})).toBe(true);
    expect(preferences()['webviewTag']).toBe(false);
  });

  it('S-129 denies navigation of every kind, of every webContents ever created', () => {
    const contents = made();
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      expect(contents.isPrevented(event), event).toBe(true);
    }
    expect(preferences()['navigateOnDragDrop']).toBe(false);
  });

  it('S-142 answers no login and no choice of a certificate, and lets no bad certificate through', () => {
    made();
    const { app } = run.electron;
    for (const name of ['login', 'select-client-certificate']) {
      const event = new PreventableEvent();
      let answered = false;
      app.emit(name, event, {}, 'https://example.org/', {}, () => (answered = true));
      expect(event.defaultPrevented, name).toBe(true);
      expect(answered, name).toBe(false);
    }
    // Only an event that is prevented can be answered with yes; by default the certificate is refused.
    const event = new PreventableEvent();
    let trusted = false;
    app.emit('certificate-error', event, {}, 'https://example.org/', 'net::ERR', {}, () => (trusted = true));
    expect(event.defaultPrevented || trusted).toBe(false);
  });

  it('S-130 denies new windows, whatever their address', () => {
    const contents = made();
    for (const url of ['https://example.org/', 'javascript:alert(1)', 'about:blank', 'app://nightlatch/', 'file:///']) {
      expect(contents.openHandler?.({ url }), url).toEqual({ action: 'deny' });
    }
  });
});

describe('serveApp (security.md 6)', () => {
  it('S-120 serves the files of a fixed list and gives 404 for anything else', async () => {
    expect(fetchApp('app://nightlatch/').status).toBe(200);
    expect(fetchApp('app://nightlatch/index.html').headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await fetchApp('app://nightlatch/assets/app.js').text()).toBe('export {};');
    for (const url of [
      'app://nightlatch/assets/app.js.map',
      'app://nightlatch/../package.json',
      'app://nightlatch/assets/../index.html',
      'app://nightlatch/%2e%2e/package.json',
      'app://nightlatch/..%2fpackage.json',
      'app://nightlatch/..\\package.json',
      'app://nightlatch//index.html',
      'app://nightlatch/index.html?x',
      'app://nightlatch/etc/passwd',
      'app://other/index.html',
      'app://nightlatch',
    ]) {
      expect(fetchApp(url).status, url).toBe(404);
    }
    expect(fetchApp('app://nightlatch/', 'POST').status).toBe(404);
  });

  it('S-126 answers with the policy, which lets the page connect to nothing', () => {
    for (const url of ['app://nightlatch/', 'app://nightlatch/nothing']) {
      expect(fetchApp(url).headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
          "connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; " +
          "require-trusted-types-for 'script'; trusted-types svelte-trusted-html",
      );
    }
  });
});

describe('openWindow after a crash of the page (S-146)', () => {
  it('S-146 loads the page again three times in five minutes, and then leaves it alone', () => {
    const { window } = run.electron;
    window.webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    expect(window.loaded).toHaveLength(1);
    for (let crash = 0; crash < 5; crash += 1) {
      window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    }
    expect(window.loaded).toHaveLength(4);
    expect(run.logged.filter((event) => event === 'renderer-restarted')).toHaveLength(3);
    expect(run.logged).toContain('renderer-given-up');
    expect(WindowDouble.opened).toHaveLength(1);
  });
});

describe('findDangerousSwitch (security.md 6)', () => {
  const find = (name: string, isPackaged: boolean, rootTest = false) =>
    findDangerousSwitch({ hasSwitch: (asked) => asked === name }, { isPackaged, rootTest });

  it('S-138 ends the start of a packaged program for each switch that takes a wall away', () => {
    for (const name of [
      'remote-debugging-port',
      'remote-debugging-pipe',
      'inspect',
      'inspect-brk',
      'load-extension',
      'disable-web-security',
      'proxy-server',
      'no-sandbox',
      'password-store',
    ]) {
      expect(find(name, true, true), name).toBe(name);
    }
    expect(find('enable-logging', true)).toBeUndefined();
  });

  it('S-123 ends every start without a sandbox; only an unpackaged test as root may', () => {
    expect(find('no-sandbox', false)).toBe('no-sandbox');
    expect(find('no-sandbox', false, true)).toBeUndefined();
    expect(find('remote-debugging-port', false)).toBeUndefined();
  });
});
