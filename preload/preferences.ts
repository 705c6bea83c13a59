/**
 * How the window is used: nothing private, no address and no message (ruling 3; decision 0013). A part of the contract,
 * which hands it on; imports nothing.
 */

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
/** What a notification says of a message: who wrote it, also its text, or neither. */
export const NOTIFICATION_CONTENTS = ['name', 'text', 'nothing'] as const;

/** Size of the text in per cent (ux.md 3.7). */
export const TEXT_PERCENT = { least: 80, most: 200 } as const;
/** Width of the list in CSS pixels at the ordinary text size (ux.md 3.2). */
export const LIST_WIDTH = { least: 280, most: 400 } as const;

export interface Preferences {
  readonly theme: (typeof THEMES)[number];
  readonly textPercent: number;
  readonly listWidth: number;
  readonly compactRows: boolean;
  readonly enterSends: boolean;
  readonly notifications: boolean;
  readonly notificationContent: (typeof NOTIFICATION_CONTENTS)[number];
  /** Whether the questions of the first run were answered on this computer. */
  readonly isSetUp: boolean;
}

/** What holds until somebody chooses. */
export const DEFAULT_PREFERENCES: Preferences = {
  theme: 'system',
  textPercent: 100,
  listWidth: 320,
  compactRows: false,
  enterSends: true,
  notifications: true,
  notificationContent: 'name',
  isSetUp: false,
};
