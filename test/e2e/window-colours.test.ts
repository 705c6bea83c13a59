import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../../renderer/styles/tokens.css'), 'utf8');

const dark = /@media \(prefers-color-scheme: dark\) \{([\s\S]*?)\n\}/.exec(css)?.[1] ?? '';

function tokensIn(source: string): Map<string, string> {
  return new Map(
    [...source.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

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
  ['light', tokensIn(css.slice(0, css.indexOf('@media')))],
  ['dark', tokensIn(dark)],
] as const)('colours, %s (ux.md 3.4, 3.12)', (_theme, tokens) => {
  const colour = (name: string) => tokens.get(name) ?? 'missing';
  const grounds = ['ground', 'ground-2', 'ground-3'];

  it('can be read on every ground: text and tones at 4.5 : 1', () => {
    for (const ground of grounds) {
      for (const tone of ['ink', 'good', 'info', 'caution', 'bad', 'quiet']) {
        expect(contrast(colour(tone), colour(ground)), `${tone} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(colour('on-info'), colour('info'))).toBeGreaterThanOrEqual(4.5);
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
