/** The gallery (renderer/gallery) built into a folder of its own and served as the browser host serves the window. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { build } from 'vite';
import { loadPageFiles } from '../../main/hosts/page-files.ts';
import { pageHeaders } from '../../main/hosts/page-policy.ts';

export interface Gallery {
  /** With a slash at its end. */
  readonly address: string;
  close(): void;
}

export async function startGallery(): Promise<Gallery> {
  const folder = mkdtempSync(join(tmpdir(), 'nightlatch-gallery-'));
  await buildInto(folder);
  const files = loadPageFiles(folder);
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? '/', 'http://127.0.0.1').pathname);
    response.writeHead(file === undefined ? 404 : 200, {
      ...pageHeaders('none'),
      'content-type': file?.type ?? 'text/plain',
    });
    response.end(file?.octets);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true });
    },
  };
}

async function buildInto(outDir: string): Promise<void> {
  await build({
    root: join(import.meta.dirname, '../../renderer/gallery'),
    base: './',
    configFile: false,
    logLevel: 'warn',
    plugins: [svelte({ configFile: false })],
    build: { outDir, emptyOutDir: true, target: 'chrome140', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
}
