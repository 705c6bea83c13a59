import type { BrowserWindow, Notification, NotificationConstructorOptions } from 'electron';
import type { BacklogProgress, EventName, EventPayload, Message } from '../../../preload/contract.ts';
import type { EventListener } from '../messenger.ts';

export interface NotifyParts {
  /** The class of the same name. */
  readonly Notification: new (options: NotificationConstructorOptions) => Notification;
  window(): BrowserWindow | undefined;
}

/**
 * Says that something came while the window is not looked at: never what or from whom (S-077), and one summary in place
 * of many for a backlog (ux.md 3.6).
 */
export function createNotifier(parts: NotifyParts): EventListener {
  let opening = false;
  return <E extends EventName>(event: E, payload: EventPayload<E>): void => {
    if (event === 'backlog.progress') {
      const progress = payload as BacklogProgress;
      opening = !progress.finished;
      if (progress.finished && progress.done > 0) show(parts, 'Messages arrived while you were away.');
    }
    if (event === 'messages.added' && !opening && (payload as Message).direction === 'in')
      show(parts, 'A new message.');
  };
}

function show(parts: NotifyParts, body: string): void {
  const current = parts.window();
  if (current?.isFocused() === true) return;
  const notification = new parts.Notification({ title: 'Nightlatch', body });
  notification.on('click', () => {
    current?.show();
    current?.focus();
  });
  notification.show();
}
