/** Holds every source file against the import table (style.md 4). Exit code 1 and one line per violation. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkLayers } from './layers/rules.ts';

const root = join(import.meta.dirname, '..');
const patterns = ['main', 'preload', 'renderer', 'build', 'test'].map((folder) => `${folder}/**/*.{ts,svelte,mjs,js}`);
const paths = globSync(patterns, { cwd: root, exclude: ['**/node_modules/**'] });
const sources = paths.sort().map((path) => ({
  path: path.replaceAll('\\', '/'),
  text: readFileSync(join(root, path), 'utf8'),
}));

const violations = checkLayers(sources);
for (const { path, rule, message } of violations) console.log(`${path}: ${rule}: ${message}`);
console.log(
  `layers: ${sources.length} files, ${violations.length === 0 ? 'the table holds' : `${violations.length} violations`}`,
);
process.exitCode = violations.length === 0 ? 0 : 1;
