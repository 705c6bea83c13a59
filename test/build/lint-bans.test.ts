import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const eslint = new ESLint({ cwd: `${import.meta.dirname}/../..` });

// The typed rules ask for files that the projects know, so the texts stand in for existing ones.
const ENGINE = 'main/crypto/random.ts';
const SERVICE = 'main/services/events.ts';
const WIRE = 'main/wire/jid.ts';
const COMPONENT = 'renderer/App.svelte';

async function rulesBroken(text: string, filePath: string): Promise<readonly (string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId);
}

describe('eslint.config.js', () => {
  beforeAll(async () => {
    await rulesBroken('export {};', WIRE);
  }, 60_000);

  it.each(['export const id = Math.random();', 'const { random } = Math;\nexport const id = random;'])(
    'S-050 forbids Math.random in every process: %s',
    async (text) => {
      expect(await rulesBroken(text, WIRE)).toContain('no-restricted-properties');
      expect(await rulesBroken(text, SERVICE)).toContain('no-restricted-properties');
    },
  );

  it('S-050 forbids the generator of node-forge', async () => {
    const text = "import forge from 'node-forge';\nexport const id = forge.random.getBytesSync(16);";
    expect(await rulesBroken(text, ENGINE)).toContain('no-restricted-properties');
  });

  it.each([
    'mac !== expected',
    'a.stanzaMac === b.expected',
    'expected.digest === given',
    'x.fingerprint === y.fingerprint',
    'macBase64 === given',
  ])('S-019 forbids comparing digests by operator: %s', async (comparison) => {
    const declared = 'export function check(a, b, x, y, mac, macBase64, given, expected) { return COMPARISON; }';
    expect(await rulesBroken(declared.replace('COMPARISON', comparison), ENGINE)).toContain('no-restricted-syntax');
  });

  it('S-019 leaves comparisons with a written value and of names alone', async () => {
    const text = "export const isFine = (mac?: Uint8Array, hash?: string) => mac === undefined || hash === 'sha256';";
    expect(await rulesBroken(text, ENGINE)).not.toContain('no-restricted-syntax');
  });

  it('forbids markup made from text', async () => {
    const text = "export const show = (el: { innerHTML: string }) => { el.innerHTML = '<b>'; };";
    expect(await rulesBroken(text, WIRE)).toContain('no-restricted-properties');
    expect(await rulesBroken('<p>{@html "x"}</p>', COMPONENT)).toContain('svelte/no-at-html-tags');
  });

  it('forbids a written style attribute, which the content security policy would block', async () => {
    expect(await rulesBroken('<p style="color: red">x</p>', COMPONENT)).toContain('no-restricted-syntax');
    expect(await rulesBroken('<p style:color="red">x</p>', COMPONENT)).not.toContain('no-restricted-syntax');
  });

  it('forbids node:crypto outside main/crypto, and electron', async () => {
    const crypto = "import { randomBytes } from 'node:crypto';\nexport const make = () => randomBytes(1);";
    expect(await rulesBroken(crypto, SERVICE)).toContain('no-restricted-imports');
    expect(await rulesBroken(crypto, ENGINE)).not.toContain('no-restricted-imports');
    expect(await rulesBroken("export { app } from 'electron';", SERVICE)).toContain('no-restricted-imports');
  });
});
