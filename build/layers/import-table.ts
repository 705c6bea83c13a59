/**
 * The import rule of the house as data (style.md 4; CONTRIBUTING.md repeats it for people). A file belongs to the layer
 * with the longest matching folder; files of one layer may import each other.
 */

export interface Layer {
  readonly folder: string;
  /** Folders of the layers it may import. */
  readonly imports: readonly string[];
  /** Layers of which it may know the types only (`import type`). */
  readonly typesOf?: readonly string[];
  /** Modules of the platform. `any` still obeys `MODULE_HOMES`. */
  readonly platform: readonly string[] | 'any';
}

const BELOW_STORES = ['main/base', 'main/wire', 'main/crypto'];
const BELOW_SERVICES = [...BELOW_STORES, 'main/protocol/esession', 'main/protocol/xmpp', 'main/stores'];
const BELOW_HOSTS = [...BELOW_SERVICES, 'main/services', 'preload/contract.ts'];

export const LAYERS: readonly Layer[] = [
  { folder: 'main/base', imports: [], platform: [] },
  { folder: 'main/wire', imports: ['main/base'], platform: ['node:url'] },
  {
    folder: 'main/crypto',
    imports: ['main/base'],
    platform: ['node:crypto', 'node:util', 'node:worker_threads'],
  },
  { folder: 'main/protocol/esession', imports: BELOW_STORES, platform: [] },
  {
    // It may import crypto for ids and the caps hash: docs/decisions/0007.
    folder: 'main/protocol/xmpp',
    imports: BELOW_STORES,
    platform: ['node:dns', 'node:dns/promises', 'node:events', 'node:net', 'node:stream', 'node:tls', 'node:url'],
  },
  {
    folder: 'main/stores',
    imports: BELOW_STORES,
    typesOf: ['main/protocol/esession'],
    platform: ['node:fs', 'node:fs/promises', 'node:path', 'node:sqlite', 'node:url', 'node:worker_threads'],
  },
  { folder: 'main/services', imports: BELOW_SERVICES, platform: [] },
  { folder: 'main/hosts', imports: BELOW_HOSTS, platform: 'any' },
  { folder: 'main/hosts/electron', imports: [...BELOW_HOSTS, 'main/hosts'], platform: 'any' },
  { folder: 'main/hosts/headless', imports: [...BELOW_HOSTS, 'main/hosts'], platform: 'any' },
  { folder: 'preload/codes.ts', imports: [], platform: [] },
  { folder: 'preload/preferences.ts', imports: [], platform: [] },
  { folder: 'preload/shapes.ts', imports: ['preload/codes.ts'], platform: [] },
  {
    folder: 'preload/contract.ts',
    imports: ['preload/codes.ts', 'preload/preferences.ts', 'preload/shapes.ts'],
    platform: [],
  },
  { folder: 'preload', imports: ['preload/contract.ts'], platform: [] },
  { folder: 'renderer', imports: ['preload/contract.ts'], platform: [] },
];

export interface ModuleHome {
  readonly module: string;
  /** Files that may import it, as a pattern over the path from the project's root. */
  readonly home: RegExp;
  /** How many files may do so at most; one unless said otherwise. */
  readonly atMost?: number;
}

/** Every package that shipped code may import, and the platform's modules that have one home. */
export const MODULE_HOMES: readonly ModuleHome[] = [
  { module: 'node:crypto', home: /^main\/crypto\//, atMost: Infinity },
  { module: 'node:sqlite', home: /^main\/stores\/database\.ts$/ },
  { module: 'saxes', home: /^main\/wire\/xml-parser\.ts$/ },
  { module: 'node-forge', home: /^main\/crypto\/forge\.ts$/ },
  { module: 'hash-wasm', home: /^main\/crypto\/whirlpool\.ts$/ },
  { module: '@xmpp/client', home: /^main\/protocol\/xmpp\/client-link\.ts$/ },
  { module: 'conf', home: /^main\/hosts\/headless\// },
  { module: 'ws', home: /^main\/hosts\/headless\// },
  { module: 'electron-store', home: /^main\/hosts\/electron\// },
  { module: 'electron', home: /^(main\/hosts\/electron\/|preload\/preload\.ts$)/, atMost: Infinity },
  { module: 'valibot', home: /^main\/hosts\/(.*\/)?[^/]*schema[^/]*\.ts$/, atMost: Infinity },
  { module: 'svelte', home: /^renderer\//, atMost: Infinity },
  { module: 'virtua', home: /^renderer\/components\/MessageList\.svelte$/ },
  { module: 'linkifyjs', home: /^renderer\/lib\/links\.ts$/ },
  { module: 'uqr', home: /^renderer\/components\/QrCode\.svelte$/ },
];

/** Names that say nothing about what is inside (style.md 10). */
export const EMPTY_NAMES: readonly string[] = [
  'common',
  'helper',
  'helpers',
  'index',
  'manager',
  'managers',
  'misc',
  'types',
  'util',
  'utils',
];

/** Configurations of tools stand beside what they build and are no part of it. */
export const TOOL_FILE = /\.config\.ts$/;

export const MAX_FILE_LINES = 400;
