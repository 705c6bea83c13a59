/**
 * Line drawings on a 16 px grid, one path each, told apart by outline alone (ux.md 3.4). Stroke and colour are the
 * component's.
 */
const body =
  'M3.75 6.75h8.5a1.25 1.25 0 0 1 1.25 1.25v5a1.25 1.25 0 0 1-1.25 1.25h-8.5A1.25 1.25 0 0 1 2.5 13V8a1.25 1.25 0 0 1 1.25-1.25z';
const shackle = 'M5 6.75V4.5a3 3 0 0 1 6 0v2.25';
const ring = (sweep: string) => `M8 2.25${sweep}`;
const wholeRing = ring('a5.75 5.75 0 1 1 0 11.5a5.75 5.75 0 1 1 0-11.5z');

export const icons = {
  // Badges.
  lock: `${body}${shackle}M8 9.5v2`,
  'lock-tick': `${body}${shackle}M5.5 10.6l1.8 1.8 3.2-3.6`,
  'moon-lock': `${body}${shackle}M9.6 11.6a2 2 0 1 1-1.9-3.1a1.7 1.7 0 0 0 1.9 3.1z`,
  'moon-lock-tick': `${body}${shackle}M7.3 11.6a1.8 1.8 0 1 1-1.6-2.8a1.5 1.5 0 0 0 1.6 2.8zM8.9 10.7l1 1 1.7-2`,
  'hourglass-lock': `${body}${shackle}M6.2 8.6h3.6M6.2 12.4h3.6M6.5 8.6c0 1.1 3 2.6 3 3.8M9.5 8.6c0 1.1-3 2.6-3 3.8`,
  'open-lock': `${body}M5 6.75V4.5a3 3 0 0 1 5.7-1.3M1.5 15.25L14.5 1.75`,
  'torn-envelope':
    'M6 3.5H2.75A1.25 1.25 0 0 0 1.5 4.75v6.5a1.25 1.25 0 0 0 1.25 1.25H6l-1.2-2.4 2-1.9-1.6-2.3zM10 3.5h3.25a1.25 1.25 0 0 1 1.25 1.25v6.5a1.25 1.25 0 0 1-1.25 1.25H9.6l-1.2-2.4 2-1.9-1.6-2.3zM1.9 4.6l3.2 2.2M14.1 4.6l-3.2 2.4',
  'stop-hand':
    'M4.5 9.5V4.6a.95.95 0 0 1 1.9 0V7.6M6.4 7.6V2.9a.95.95 0 0 1 1.9 0v4.5M8.3 7.4V3.5a.95.95 0 0 1 1.9 0v4.3M10.2 7.8V5.2a.95.95 0 0 1 1.9 0v5.1c0 2.4-1.6 4.2-3.9 4.2c-1.9 0-3-.8-3.9-2.3L2.5 9.4c-.7-1.2.8-2.1 1.5-1.2l.5.8',
  'two-keys':
    'M4 6.5a2 2 0 1 0 0-4a2 2 0 1 0 0 4zM6 4.5h8M11.5 4.5V7M14 4.5v1.75M12 13.5a2 2 0 1 0 0-4a2 2 0 1 0 0 4zM10 11.5H2M4.5 11.5V9M2 11.5V9.75',
  clock: `${wholeRing}M8 4.75V8l2.25 1.5`,
  'paused-tray':
    'M1.75 9.5v3a1.25 1.25 0 0 0 1.25 1.25h10a1.25 1.25 0 0 0 1.25-1.25v-3h-3.5l-1 1.75h-3.5l-1-1.75zM6.5 2.25v4.5M9.5 2.25v4.5',
  // The own state, S1 to S10.
  'ring-open': 'M9.5 2.45A5.75 5.75 0 1 0 13.55 6.5',
  'ring-dot': `${wholeRing}M8 6.75a1.25 1.25 0 1 1 0 2.5a1.25 1.25 0 1 1 0-2.5z`,
  'ring-arrow': `${wholeRing}M8 10.75v-5M5.75 7.75L8 5.5l2.25 2.25`,
  'ring-closed': `${wholeRing}M8 4.5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7z`,
  'ring-dot-bar': `${wholeRing}M8 4.5a.9.9 0 1 1 0 1.8a.9.9 0 1 1 0-1.8zM5 9.5h6`,
  'ring-broken': 'M9.75 2.5a5.75 5.75 0 0 1 0 11M6.25 2.5a5.75 5.75 0 0 0 0 11M9.25 6L6.75 10',
  'ring-slash': `${wholeRing}M3.9 12.1l8.2-8.2`,
  'ring-dashed':
    'M8 2.25a5.75 5.75 0 0 1 3.2 1M13 5.2a5.75 5.75 0 0 1 .55 3.6M12.5 11.5a5.75 5.75 0 0 1-2.8 2M6.6 13.6a5.75 5.75 0 0 1-3-2M2.4 9.2a5.75 5.75 0 0 1 .4-3.4M4.4 3.5a5.75 5.75 0 0 1 1.2-.7',
  'ring-filling': `${wholeRing}M8 4.75a3.25 3.25 0 0 1 0 6.5z`,
  square: 'M3.25 3.25h9.5v9.5h-9.5z',
  // The window's own.
  back: 'M10 3L5 8l5 5',
  close: 'M3.75 3.75l8.5 8.5M12.25 3.75l-8.5 8.5',
  plus: 'M8 3v10M3 8h10',
  person: 'M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 1 0 8 8zM2.75 13.75a5.25 5.25 0 0 1 10.5 0',
  bell: 'M3 11.25c1-1.2 1.25-2.2 1.25-4.25a3.75 3.75 0 0 1 7.5 0c0 2.05.25 3.05 1.25 4.25zM6.5 13.5a1.75 1.75 0 0 0 3 0',
  tick: 'M3 8.5l3.25 3.25L13 4.75',
  dash: 'M3.5 8h9',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9a4.5 4.5 0 1 0 0 9zM10.25 10.25l3.5 3.5',
} as const;

export type IconName = keyof typeof icons;
