import type { BrowserWindow, Notification, NotificationConstructorOptions } from 'electron';
import type { EventName, EventPayload } from '../../../preload/contract.ts';
import type { EventListener } from '../messenger.ts';
import { Notices } from '../notices.ts';
import { readPreferences, type Settings } from '../settings.ts';

export interface NotifyParts {
  /** The class of the same name. */
  readonly Notification: new (options: NotificationConstructorOptions) => Notification;
  readonly settings: Settings;
  window(): BrowserWindow | undefined;
  /** Whether the screen is locked. */
  isLocked(): boolean;
}

/** Shows what `Notices` finds worth saying; a press on it brings the window back. */
export function createNotifier(parts: NotifyParts): EventListener {
  const notices = new Notices();
  return <E extends EventName>(event: E, payload: EventPayload<E>): void => {
    const window = parts.window();
    const notice = notices.about(event, payload, {
      preferences: readPreferences(parts.settings),
      isWatched: window?.isFocused() === true,
      isLocked: parts.isLocked(),
    });
    if (notice === undefined) return;
    const shown = new parts.Notification({ title: notice.title, body: notice.body });
    shown.on('click', () => {
      window?.show();
      window?.focus();
    });
    shown.show();
  };
}
