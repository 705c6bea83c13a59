import { fileURLToPath } from 'node:url';

/** Where the program's own files are, bundled or not. */
export interface ProgramFiles {
  readonly modpWorker: URL;
  readonly searchWorker: URL;
  /** Folder of the built page. */
  readonly renderer: string;
  /** The built preload script. */
  readonly preload: string;
}

/** @param entryUrl - `import.meta.url` of a host's main.ts, or of the bundle it became (build/build.mjs). */
export function locateProgramFiles(entryUrl: string): ProgramFiles {
  const isSource = entryUrl.endsWith('.ts');
  const at = (path: string): URL => new URL(path, entryUrl);
  const out = isSource ? '../../../out' : '..';
  return {
    modpWorker: at(isSource ? '../../crypto/modp-worker.ts' : './modp-worker.js'),
    searchWorker: at(isSource ? '../../stores/search-worker.ts' : './search-worker.js'),
    renderer: fileURLToPath(at(`${out}/renderer/`)),
    preload: fileURLToPath(at(`${out}/preload/index.cjs`)),
  };
}
