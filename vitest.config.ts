import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const common = { testTimeout: 20_000, hookTimeout: 60_000 };
/** Real servers, a browser, the packager: one file at a time unless the command line says otherwise, with time to spare. */
const alone = {
  environment: 'node',
  testTimeout: 120_000,
  hookTimeout: 120_000,
  fileParallelism: false,
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: { ...common, name: 'unit', environment: 'node', include: ['test/{main,preload,build}/**/*.test.ts'] },
      },
      {
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ['browser'] },
        test: { ...common, name: 'dom', environment: 'happy-dom', include: ['test/renderer/**/*.test.ts'] },
      },
      ...['integration', 'e2e', 'pack', 'long'].map((name) => ({
        test: { ...alone, name, include: [`test/${name}/**/*.test.ts`] },
      })),
    ],
  },
});
