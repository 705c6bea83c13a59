/**
 * A stand-in for Electron, named as what it is: it records what the host sets and lets a test fire what the real one
 * would. It shows that the host asks for the right things, not that Electron does them (test/e2e/electron.test.ts).
 */
import { EventEmitter } from 'node:events';
import { vi } from 'vitest';
import type { Desktop } from '../../../../main/hosts/electron/desktop-host.ts';

/** An event whose default can be prevented. */
export class PreventableEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

export class FrameDouble {
  readonly url: string;
  readonly parent: FrameDouble | null;
  constructor(url: string, parent: FrameDouble | null = null) {
    this.url = url;
    this.parent = parent;
  }
}

export class WebContentsDouble extends EventEmitter {
  mainFrame = new FrameDouble('app://nightlatch/');
  readonly sent: unknown[][] = [];
  openHandler: ((details: { url: string }) => unknown) | undefined;
  destroyed = false;
  send(...message: unknown[]): void {
    this.sent.push(message);
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => unknown): void {
    this.openHandler = handler;
  }
  /** Fires an event that may be prevented. @returns whether it was. */
  isPrevented(name: string, ...more: unknown[]): boolean {
    const event = new PreventableEvent();
    this.emit(name, event, ...more);
    return event.defaultPrevented;
  }
}

export class WindowDouble extends EventEmitter {
  static readonly opened: WindowDouble[] = [];
  readonly options: { readonly webPreferences?: Record<string, unknown> } & Record<string, unknown>;
  readonly webContents = new WebContentsDouble();
  readonly loaded: string[] = [];
  readonly calls: string[] = [];
  focused = false;
  maximized = false;
  minimized = false;
  constructor(options: WindowDouble['options']) {
    super();
    this.options = options;
    WindowDouble.opened.push(this);
  }
  loadURL(url: string): Promise<void> {
    this.loaded.push(url);
    return Promise.resolve();
  }
  removeMenu = (): void => void this.calls.push('removeMenu');
  show = (): void => void this.calls.push('show');
  focus = (): void => void this.calls.push('focus');
  restore = (): void => void this.calls.push('restore');
  maximize = (): void => void this.calls.push('maximize');
  isFocused = (): boolean => this.focused;
  isMaximized = (): boolean => this.maximized;
  isMinimized = (): boolean => this.minimized;
  getNormalBounds = (): { width: number; height: number } => ({ width: 901, height: 702 });
}

export class SessionDouble extends EventEmitter {
  permissionRequest: ((contents: unknown, permission: string, answer: (granted: boolean) => void) => void) | undefined;
  permissionCheck: ((contents: unknown, permission: string) => boolean) | undefined;
  devicePermission: ((details: unknown) => boolean) | undefined;
  displayMedia: ((request: unknown, answer: (streams: unknown) => void) => void) | undefined;
  beforeRequest: ((details: { url: string }, answer: (verdict: { cancel: boolean }) => void) => void) | undefined;
  appHandler: ((request: { url: string; method: string }) => Response) | undefined;
  readonly protocol = {
    handle: (scheme: string, handler: (request: { url: string; method: string }) => Response): void => {
      if (scheme !== 'app') throw new Error(`unexpected scheme ${scheme}`);
      this.appHandler = handler;
    },
  };
  readonly webRequest = {
    onBeforeRequest: (listener: NonNullable<SessionDouble['beforeRequest']>): void => {
      this.beforeRequest = listener;
    },
  };
  setPermissionRequestHandler = (handler: NonNullable<SessionDouble['permissionRequest']>): void =>
    void (this.permissionRequest = handler);
  setPermissionCheckHandler = (handler: NonNullable<SessionDouble['permissionCheck']>): void =>
    void (this.permissionCheck = handler);
  setDevicePermissionHandler = (handler: NonNullable<SessionDouble['devicePermission']>): void =>
    void (this.devicePermission = handler);
  setDisplayMediaRequestHandler = (handler: NonNullable<SessionDouble['displayMedia']>): void =>
    void (this.displayMedia = handler);
  setSpellCheckerEnabled = vi.fn();
}

export class AppDouble extends EventEmitter {
  isPackaged = true;
  userData: string;
  readonly calls: string[] = [];
  readonly switches = new Set<string>();
  hasLock = true;
  /** Quits that were let through: `before-quit` was not prevented. */
  quits = 0;
  readonly commandLine = {
    hasSwitch: (name: string): boolean => this.switches.has(name),
    appendSwitch: (name: string): void => void this.calls.push(`switch ${name}`),
  };
  constructor(userData: string) {
    super();
    this.userData = userData;
  }
  getPath(name: string): string {
    if (name !== 'userData') throw new Error(`unexpected path ${name}`);
    return this.userData;
  }
  enableSandbox = (): void => void this.calls.push('enableSandbox');
  requestSingleInstanceLock = (): boolean => {
    this.calls.push('requestSingleInstanceLock');
    return this.hasLock;
  };
  whenReady = (): Promise<void> => {
    this.calls.push('whenReady');
    return Promise.resolve();
  };
  /** As the real one: asks, and goes on only if nobody prevents it. */
  quit(): void {
    this.calls.push('quit');
    const event = new PreventableEvent();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    this.quits += 1;
    this.emit('quit');
  }
  exit(code: number): void {
    this.calls.push(`exit ${code}`);
  }
}

type Handler = (event: { sender: unknown; senderFrame: unknown }, ...given: unknown[]) => unknown;

export class ElectronDouble {
  readonly app: AppDouble;
  readonly BrowserWindow = WindowDouble;
  readonly sessionDouble = new SessionDouble();
  readonly partitions: unknown[][] = [];
  readonly session = {
    fromPartition: (...given: unknown[]): SessionDouble => {
      this.partitions.push(given);
      return this.sessionDouble;
    },
  };
  readonly handlers = new Map<string, Handler>();
  readonly ipcMain = { handle: (channel: string, handler: Handler): void => void this.handlers.set(channel, handler) };
  readonly powerMonitor = new EventEmitter();
  readonly asked: { message: string; detail?: string; buttons: string[] }[] = [];
  /** Which button the person presses. */
  pressed = 0;
  readonly dialog = {
    showMessageBox: (_window: unknown, box: { message: string; buttons: string[] }): Promise<{ response: number }> => {
      this.asked.push(box);
      return Promise.resolve({ response: this.pressed });
    },
    showErrorBox: vi.fn(),
  };
  readonly menus: unknown[] = [];
  readonly Menu = {
    setApplicationMenu: (menu: unknown): void => void this.menus.push(menu),
    buildFromTemplate: (template: unknown): unknown => template,
  };
  readonly notifications: { title: string; body: string }[] = [];
  /** Presses each of them. */
  readonly presses: (() => void)[] = [];
  readonly Notification: new (options: { title: string; body: string }) => EventEmitter & { show(): void };
  readonly safeStorage = new SafeStorageDouble();
  readonly protocol = { registerSchemesAsPrivileged: vi.fn() };

  constructor(userData: string) {
    this.app = new AppDouble(userData);
    WindowDouble.opened.length = 0;
    const { notifications, presses } = this;
    this.Notification = class extends EventEmitter {
      readonly #options: { title: string; body: string };
      constructor(options: { title: string; body: string }) {
        super();
        this.#options = options;
      }
      show(): void {
        notifications.push(this.#options);
        presses.push(() => this.emit('click'));
      }
    };
  }

  /** As the host takes it. */
  get desktop(): Desktop {
    return this as unknown as Desktop;
  }

  get window(): WindowDouble {
    const window = WindowDouble.opened.at(-1);
    if (window === undefined) throw new Error('no window was opened');
    return window;
  }

  /** Calls a command as the window's own page does, or as someone else. */
  async invoke(
    name: string,
    params: unknown,
    from: { sender?: unknown; senderFrame?: unknown } = {},
  ): Promise<unknown> {
    const { webContents } = this.window;
    const event = { sender: webContents, senderFrame: webContents.mainFrame, ...from };
    return Promise.resolve(this.handlers.get(`command:${name}`)?.(event, params));
  }
}

/** Keeps what it seals readable for the test; another instance is another keyring. */
export class SafeStorageDouble {
  available = true;
  backend: 'gnome_libsecret' | 'kwallet6' | 'basic_text' | 'unknown' = 'gnome_libsecret';
  keyring = 'ring-1';
  isAsyncEncryptionAvailable = (): Promise<boolean> => Promise.resolve(this.available);
  getSelectedStorageBackend = (): string => this.backend;
  encryptStringAsync = (text: string): Promise<Buffer> => Promise.resolve(Buffer.from(`${this.keyring}:${text}`));
  decryptStringAsync = (sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> => {
    const [ring, text = ''] = sealed.toString('utf8').split(':');
    if (ring !== this.keyring) return Promise.reject(new Error('Error while decrypting the ciphertext'));
    return Promise.resolve({ result: text, shouldReEncrypt: false });
  };
}
