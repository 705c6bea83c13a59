import { describe, expect, it } from 'vitest';
import { LAYERS } from '../../build/layers/import-table.ts';
import { importsOf } from '../../build/layers/imports.ts';
import { checkLayers } from '../../build/layers/rules.ts';

const rulesFor = (path: string, text: string) => checkLayers([{ path, text }]).map(({ rule }) => rule);

describe('checkLayers (style.md 4)', () => {
  it.each([
    ['base importing wire', 'main/base/bytes.ts', "import { a } from '../wire/element.ts';"],
    ['wire importing crypto', 'main/wire/element.ts', "import { a } from '../crypto/hash.ts';"],
    ['crypto importing wire', 'main/crypto/hash.ts', "import { a } from '../wire/element.ts';"],
    ['the engine importing the link', 'main/protocol/esession/a.ts', "import { a } from '../xmpp/link.ts';"],
    ['the engine importing a store', 'main/protocol/esession/a.ts', "import { a } from '../../stores/keys.ts';"],
    ['the link importing the engine', 'main/protocol/xmpp/a.ts', "import { a } from '../esession/session.ts';"],
    ['a store importing a service', 'main/stores/keys.ts', "import { a } from '../services/trust.ts';"],
    ['a service importing a host', 'main/services/trust.ts', "import { a } from '../hosts/api.ts';"],
    ['one host importing the other', 'main/hosts/headless/a.ts', "import { a } from '../electron/main.ts';"],
    ['the composition importing a host', 'main/hosts/compose.ts', "import { a } from './electron/main.ts';"],
    ['the contract importing anything', 'preload/contract.ts', "import type { A } from '../main/base/bytes.ts';"],
    ['the bridge importing a service', 'preload/preload.ts', "import type { A } from '../main/services/a.ts';"],
    ['the renderer importing main', 'renderer/lib/api.ts', "import type { A } from '../../main/base/bytes.ts';"],
    ['shipped code importing a test', 'main/base/bytes.ts', "import { a } from '../../test/support/clock.ts';"],
  ])('refuses %s', (_, path, text) => {
    expect(rulesFor(path, text)).toEqual(['layer']);
  });

  it('allows a store the types of the engine and nothing else of it', () => {
    const from = "from '../protocol/esession/policy.ts';";
    expect(rulesFor('main/stores/keys.ts', `import type { Policy } ${from}`)).toEqual([]);
    expect(rulesFor('main/stores/keys.ts', `import { type Policy } ${from}`)).toEqual(['types-only']);
  });

  it('allows what the table allows', () => {
    const service = "import { a } from '../stores/keys.ts'; import { b } from '../protocol/xmpp/link.ts';";
    expect(rulesFor('main/services/trust.ts', service)).toEqual([]);
    expect(rulesFor('main/hosts/headless/main.ts', "import { a } from '../compose.ts';")).toEqual([]);
    expect(rulesFor('test/main/a.test.ts', "import { a } from '../../main/base/bytes.ts';")).toEqual([]);
  });

  it('S-179 keeps node-forge in one module and node:crypto in main/crypto', () => {
    const forge = "import forge from 'node-forge';";
    expect(rulesFor('main/crypto/forge.ts', forge)).toEqual([]);
    expect(rulesFor('main/crypto/signature.ts', forge)).toEqual(['home']);
    expect(rulesFor('main/hosts/headless/token.ts', "import { randomBytes } from 'node:crypto';")).toEqual(['home']);
    expect(rulesFor('main/services/outgoing.ts', "import { randomBytes } from 'node:crypto';")).toEqual(['home']);
  });

  it('keeps electron in its host and the bridge', () => {
    const electron = "import { app } from 'electron';";
    expect(rulesFor('main/hosts/electron/main.ts', electron)).toEqual([]);
    expect(rulesFor('preload/preload.ts', electron)).toEqual([]);
    expect(rulesFor('main/hosts/compose.ts', electron)).toEqual(['home']);
    expect(rulesFor('main/services/leave.ts', "await import('electron');")).toEqual(['home']);
  });

  it('refuses a second importer of a package that has one home', () => {
    const sources = ['a', 'b'].map((name) => ({
      path: `main/hosts/headless/${name}.ts`,
      text: "import { WebSocketServer } from 'ws';",
    }));
    expect(checkLayers(sources).map(({ rule }) => rule)).toEqual(['home']);
  });

  it('refuses a package nobody has given a home, and modules of the platform in pure layers', () => {
    expect(rulesFor('main/wire/element.ts', "import { parse } from 'ltx';")).toEqual(['home']);
    expect(rulesFor('main/protocol/esession/a.ts', "import { readFile } from 'node:fs/promises';")).toEqual([
      'platform',
    ]);
    expect(rulesFor('main/services/drain.ts', "import { readFile } from 'node:fs/promises';")).toEqual(['platform']);
  });

  it('refuses cycles, of types too', () => {
    const sources = [
      { path: 'main/base/a.ts', text: "import { b } from './b.ts';" },
      { path: 'main/base/b.ts', text: "import type { C } from './c.ts';" },
      { path: 'main/base/c.ts', text: "export { a } from './a.ts';" },
    ];
    expect(checkLayers(sources)).toEqual([
      {
        rule: 'cycle',
        path: 'main/base/a.ts',
        message: 'main/base/a.ts -> main/base/b.ts -> main/base/c.ts -> main/base/a.ts',
      },
    ]);
  });

  it('refuses the 401st line and names that say nothing', () => {
    expect(rulesFor('main/base/long.ts', 'x;\n'.repeat(400))).toEqual([]);
    expect(rulesFor('main/base/long.ts', 'x;\n'.repeat(401))).toEqual(['size']);
    expect(rulesFor('main/base/utils.ts', '')).toEqual(['name']);
    expect(rulesFor('renderer/helpers/format.ts', '')).toEqual(['name']);
    expect(rulesFor('renderer/state/types.svelte.ts', '')).toEqual(['name']);
    expect(rulesFor('main/base/typesetting.ts', '')).toEqual([]);
  });
});

describe('importsOf', () => {
  it('finds declarations, re-exports, dynamic imports and import types', () => {
    const text = [
      "import './a.ts';",
      "import type { B } from './b.ts';",
      "export * from './c.ts';",
      "const d = await import('./d.ts');",
      "type E = import('./e.ts').E;",
    ].join('\n');
    expect(importsOf({ path: 'main/base/x.ts', text })).toEqual([
      { specifier: './a.ts', typeOnly: false },
      { specifier: './b.ts', typeOnly: true },
      { specifier: './c.ts', typeOnly: false },
      { specifier: './d.ts', typeOnly: false },
      { specifier: './e.ts', typeOnly: true },
    ]);
  });

  it('reads the script blocks of a component and not its markup', () => {
    const text = "<script lang=\"ts\">import A from './A.svelte';</script>\n<p>import B from './B.svelte';</p>";
    expect(importsOf({ path: 'renderer/App.svelte', text })).toEqual([{ specifier: './A.svelte', typeOnly: false }]);
  });
});

describe('LAYERS', () => {
  it('never allows an import upwards', () => {
    const order = LAYERS.map(({ folder }) => folder);
    const main = LAYERS.filter(({ folder }) => folder.startsWith('main/'));
    for (const { folder, imports, typesOf = [] } of main) {
      for (const other of [...imports, ...typesOf].filter((name) => name.startsWith('main/'))) {
        expect(order.indexOf(other), `${folder} imports ${other}`).toBeLessThan(order.indexOf(folder));
      }
    }
  });
});
