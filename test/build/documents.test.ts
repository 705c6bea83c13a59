import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LAYERS } from '../../build/layers/import-table.ts';

const root = join(import.meta.dirname, '../..');
const sources = globSync('{main,preload,renderer,build,test}/**/*.{ts,svelte,mjs,json}', {
  cwd: root,
  exclude: ['**/node_modules/**'],
}).map((path) => `/${path.replaceAll('\\', '/')}`);

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

describe('docs/architecture.md', () => {
  it('names only files that exist', () => {
    const named = [...read('docs/architecture.md').matchAll(/`([\w/.-]+\.(?:ts|svelte|mjs|json))`/g)].map(
      ([, name]) => name,
    );
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((name) => !sources.some((path) => path.endsWith(`/${name ?? ''}`)))).toEqual([]);
  });
});

describe('documents', () => {
  const documents = globSync(['*.md', 'docs/**/*.md', 'build/**/*.md', 'test/**/*.md'], {
    cwd: root,
    exclude: ['**/node_modules/**'],
  });

  it.each(documents)('%s links only to what is there', (path) => {
    const links = [...read(path).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !existsSync(join(root, dirname(path), link)))).toEqual([]);
  });

  it('name only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
    const named = documents.flatMap((path) =>
      [...read(path).matchAll(/npm run\s+([\w:]+)/g)].map(([, name]) => name ?? ''),
    );
    expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
  });

  it("have the import table's folders in CONTRIBUTING.md", () => {
    const text = read('CONTRIBUTING.md');
    const folders = LAYERS.map(({ folder }) => folder.replace(/^preload\/(?=.*\.ts$)/, ''));
    const subfolders = folders.filter((folder) => !/^main\/hosts\/./.test(folder));
    expect(subfolders.filter((folder) => !text.includes(`\`${folder}\``))).toEqual([]);
  });
});

describe('LICENSE', () => {
  it('is the Apache License 2.0, as package.json says', () => {
    expect(read('LICENSE')).toMatch(/^\s+Apache License\s+Version 2\.0, January 2004/);
    expect(read('LICENSE')).toContain('END OF TERMS AND CONDITIONS');
    expect((JSON.parse(read('package.json')) as { license: string }).license).toBe('Apache-2.0');
  });
});
