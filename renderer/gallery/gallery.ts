/**
 * The real window over a messenger of fixtures, for looking at: every badge, contact state, own state and panel.
 * `?scene=` names what the messenger holds; the page then behaves as the program does. Never part of the program:
 * test/e2e/window-gallery.test.ts builds it.
 */
import { fixtureApi, type Scene } from './fixture-api.ts';

const scene = (new URLSearchParams(location.search).get('scene') ?? 'main') as Scene;
Object.defineProperty(window, 'api', { value: fixtureApi(scene) });
await import('../main.ts');
