/**
 * The real window over a messenger of fixtures, for looking at: every badge, contact state, own state, error and panel.
 * The address says what: `?scene=`, `count=` (messages of the long conversation), `theme=`, `text=` (per cent),
 * `rows=compact`, `lang=` (`en-XA`, `ar-XB`: made-up languages, the second from right to left). The page then behaves as
 * the program does. Never part of the program: test/support/window-gallery.ts builds it.
 */
import type { Preferences } from '../../preload/contract.ts';
import { fixtureApi } from './fixture-api.ts';
import type { Scene } from './scenes.ts';

const asked = new URLSearchParams(location.search);
const language = asked.get('lang') ?? 'en';
document.documentElement.lang = language;
document.documentElement.dir = language.startsWith('ar') ? 'rtl' : 'ltr';

const request = {
  scene: (asked.get('scene') ?? 'main') as Scene,
  count: Number(asked.get('count') ?? 1_000),
  delayMs: Number(asked.get('delay') ?? 0),
  preferences: {
    theme: (asked.get('theme') ?? 'system') as Preferences['theme'],
    textPercent: Number(asked.get('text') ?? 100),
    compactRows: asked.get('rows') === 'compact',
  },
};
Object.defineProperty(window, 'api', { value: fixtureApi(request) });
await import('../main.ts');
