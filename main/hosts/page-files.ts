import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

export interface PageFile {
  readonly type: string;
  readonly octets: Uint8Array<ArrayBuffer>;
}

/** The page's files by the path they are asked for; `/` is the page itself. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/**
 * Reads the built page whole (S-120): what is served is a fixed list made before the first request, so that no request
 * names a file. Files of a kind the page does not have (source maps among them) are left out.
 *
 * @throws Error of the file system where there is no such folder.
 */
export function loadPageFiles(directory: string): PageFiles {
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const type = TYPES.get(extname(entry.name));
    if (!entry.isFile() || type === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`/${relative(directory, path).split(sep).join('/')}`, {
      type,
      octets: new Uint8Array(readFileSync(path)),
    });
  }
  const page = files.get('/index.html');
  if (page !== undefined) files.set('/', page);
  return files;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.woff2', 'font/woff2'],
]);
