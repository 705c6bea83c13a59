import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** ux.md 1: M17 is packages, which test/pack looks at. */
const MUSTS = Array.from({ length: 19 }, (_, index) => `M${index + 1}`).filter((must) => must !== 'M17');

it.each(MUSTS)('%s has an end-to-end test that is named after it', (must) => {
  const sources = globSync('test/e2e/*.test.ts', { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'));
  const titles = sources.flatMap((source) =>
    [...source.matchAll(/^ {2}it(?:\.each\([\s\S]*?\))?\(\s*'([^']+)'/gm)].map(([, title]) => title ?? ''),
  );
  expect(titles.filter((title) => /^(?:M\d+ )+/.exec(title)?.[0].split(' ').includes(must))).not.toEqual([]);
});
