/** Tests that run the source in their own process, over a source in which one guard is switched off. Nothing on disk is changed. */
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { MUTANT_VARIABLE, mutate } from './mutant.ts';
import type { Mutant } from './mutant.ts';

const root = join(import.meta.dirname, '../..');
const given = process.env[MUTANT_VARIABLE];
const mutant = given === undefined ? undefined : (JSON.parse(given) as Mutant);

export default defineConfig({
  root,
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre',
      transform: (code: string, id: string) => {
        if (mutant === undefined || id !== join(root, mutant.file)) return undefined;
        return { code: mutate(code, mutant), map: null };
      },
    },
  ],
  // What an earlier run made of a source must not stand in for what this one makes of it.
  test: {
    fsModuleCache: false,
    environment: 'node',
    include: ['test/{main,integration}/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
