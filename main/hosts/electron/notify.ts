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
  /** Somebody pressed one that is about a conversation. */
  pressed(notice: EventPayload<'notices.pressed'>): void;
}

/** Shows what `Notices` finds worth saying; a press on it brings the window back, at what it was about. */
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
      const { opens, message } = notice;
      if (opens !== undefined) parts.pressed({ with: opens, ...(message !== undefined && { id: message }) });
    });
    shown.show();
  };
}
