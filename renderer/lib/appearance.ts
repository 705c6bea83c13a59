/** Theme, text size and density on the page's first element, where the tokens read them (tokens.css). */
import type { Preferences } from '../../preload/contract.ts';

/** @param wantsContrast - what the system asks for; it counts where the theme follows the system. */
export function applyAppearance(root: HTMLElement, preferences: Preferences, wantsContrast: boolean): void {
  const { theme, textPercent, compactRows } = preferences;
  root.dataset['theme'] = theme === 'system' && wantsContrast ? 'contrast' : theme;
  root.dataset['rows'] = compactRows ? 'compact' : 'comfortable';
  root.style.setProperty('--text-scale', String(textPercent / 100));
}
