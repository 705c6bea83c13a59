import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../../renderer/styles/tokens.css'), 'utf8');
const contrastTheme = /:root\[data-theme='contrast'\] \{([\s\S]*?)\n\}/.exec(css)?.[1] ?? '';

/** Each colour's value in light and in dark. */
function tokensIn(source: string, side: 'light' | 'dark'): Map<string, string> {
  const pairs = source.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);/g);
  return new Map([...pairs].map(([, name = '', light = '', dark = '']) => [name, side === 'light' ? light : dark]));
}

const ordinary = css.slice(0, css.indexOf(":root[data-theme='light']"));

/** Contrast of two colours (WCAG 2.2, 1.4.3). */
function contrast(one: string, other: string): number {
  const [light = 0, deep = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (deep + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[0-9a-f]{2}/g) ?? []).map((pair) => {
    const part = Number.parseInt(pair, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe.each([
  ['light', tokensIn(ordinary, 'light'), 4.5],
  ['dark', tokensIn(ordinary, 'dark'), 4.5],
  ['high contrast, light', tokensIn(contrastTheme, 'light'), 7],
  ['high contrast, dark', tokensIn(contrastTheme, 'dark'), 7],
] as const)('colours, %s (ux.md 3.4, 3.12)', (_theme, tokens, least) => {
  const colour = (name: string) => tokens.get(name) ?? 'missing';
  const grounds = ['ground', 'ground-2', 'ground-3'];

  it('can be read on every ground: text and tones at 4.5 : 1, in high contrast at 7 : 1', () => {
    for (const ground of grounds) {
      for (const tone of ['ink', 'good', 'info', 'caution', 'bad', 'quiet']) {
        expect(contrast(colour(tone), colour(ground)), `${tone} on ${ground}`).toBeGreaterThanOrEqual(least);
      }
    }
    expect(contrast(colour('on-info'), colour('info'))).toBeGreaterThanOrEqual(least);
  });

  it('outlines controls at 3 : 1', () => {
    for (const ground of grounds) {
      expect(contrast(colour('outline'), colour(ground)), ground).toBeGreaterThanOrEqual(3);
    }
  });
});

it('measures contrast as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBe(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});
