import { globSync } from 'node:fs';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** One project per process (style.md 4). */
const projects = globSync('tsconfig*.json', { cwd: import.meta.dirname, exclude: ['tsconfig.base.json'] });

/** Who may import what is build/check-layers.ts's matter; here stand only the bans that hold everywhere but in one place. */
const restrictedImports = (...allowed) => [
  'error',
  {
    paths: [
      { name: 'node:crypto', message: 'Only main/crypto imports it (style.md 4).' },
      { name: 'crypto', message: 'Write node:crypto, and only in main/crypto.' },
      { name: 'electron', message: 'Only main/hosts/electron and preload/preload.ts: elsewhere the import downloads.' },
      { name: 'electron-store', message: 'Only main/hosts/electron: it imports electron.' },
    ].filter(({ name }) => !allowed.includes(name)),
  },
];

const random = [
  { object: 'Math', property: 'random', message: 'Not a cryptographic generator (S-050): take a RandomSource.' },
  { object: 'forge', property: 'random', message: 'The PRNG of node-forge is not used (S-050).' },
  { object: 'forge', property: 'prng', message: 'The PRNG of node-forge is not used (S-050).' },
];

const markup = ['innerHTML', 'outerHTML', 'insertAdjacentHTML', 'setHTMLUnsafe', 'createContextualFragment'].map(
  (property) => ({ property, message: 'Text reaches the page as text (S-140).' }),
);

const houseSyntax = [
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only (style.md 5).' },
  { selector: 'TSEnumDeclaration', message: 'A union of literals instead of an enum (style.md 5).' },
];

/** S-019: a digest, MAC or fingerprint is compared with `equalBytes`. Comparing with a literal or undefined is no such thing. */
const SECRET_NAME =
  '/(^|[a-z])(m|M)ac$|(d|D)igest$|(s|S)ignature$|(f|F)ingerprint$|(mac|Mac|digest|Digest|hash|Hash)(Base64|Hex|Bytes)$/';
const digestComparison = ['left', 'right'].flatMap((side) => {
  const other = side === 'left' ? 'right' : 'left';
  const notPlain = `:not([${other}.type='Literal']):not([${other}.type='Identifier'][${other}.name='undefined'])`;
  const comparison = `BinaryExpression[operator=/^[!=]==?$/]${notPlain}`;
  const message = 'Compare digests, MACs and fingerprints with equalBytes (S-019).';
  return [
    { selector: `${comparison}[${side}.name=${SECRET_NAME}]`, message },
    { selector: `${comparison}[${side}.property.name=${SECRET_NAME}]`, message },
  ];
});

export default defineConfig(
  { ignores: ['node_modules/', 'out/', 'dist/', 'demo-output/', 'test-output/', 'build/bench/peers/', '.svelte-kit/'] },
  js.configs.recommended,
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['**/*.ts', '**/*.svelte', '**/*.svelte.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: projects, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      // Numbers in messages are what they look like; everything else still needs an explicit conversion.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // `void` as a result type of a contract's entries is deliberate (toolchain.md 11).
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-imports': restrictedImports(),
      'no-restricted-properties': ['error', ...random, ...markup],
      'no-restricted-syntax': ['error', ...houseSyntax],
      // There are no enums here to be unsafe with, and both rules compare every assignment's types.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unsafe-enum-comparison': 'off',
      // Doubles of the platform's objects are objects, not instances.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Spreading a text gives its code points, which is what is wanted where it is done.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // A derived error's constructor makes the base's protected one public; the rule takes it for idle.
      '@typescript-eslint/no-useless-constructor': 'off',
      eqeqeq: 'error',
    },
  },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { globals: globals.browser, parserOptions: { parser: tseslint.parser } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'no-restricted-syntax': [
        'error',
        ...houseSyntax.filter(({ selector }) => selector !== 'ExportDefaultDeclaration'),
        {
          selector: "SvelteAttribute[key.name='style'] > SvelteLiteral",
          message: 'The content security policy forbids a written style attribute; use a class, or style:property.',
        },
      ],
    },
  },
  {
    files: ['main/crypto/**/*.ts', 'main/protocol/esession/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...houseSyntax, ...digestComparison] },
  },
  { files: ['main/crypto/**/*.ts'], rules: { 'no-restricted-imports': restrictedImports('node:crypto') } },
  {
    files: ['main/hosts/electron/**/*.ts', 'preload/preload.ts'],
    rules: { 'no-restricted-imports': restrictedImports('electron', 'electron-store') },
  },
  {
    // Tests and tools speak to whatever they examine; values that come from JSON are looked at, not modelled.
    files: ['test/**/*.ts', 'build/**/*.ts'],
    rules: {
      'no-restricted-imports': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // Tools demand these: a configuration file is a default export.
    files: ['**/*.config.{js,ts}', 'build/testing/vitest-reporter.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
