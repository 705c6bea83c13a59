import { copyFileSync, appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createPackage } from '@electron/asar';

/** What marks the fuses in Electron's binary, as @electron/fuses looks for it. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSE_WIRE_VERSION = 1;
const FUSES = 9;
const OFF = 0x30;

const { version } = createRequire(import.meta.url)('electron/package.json') as { version: string };

/**
 * An unpacked Electron that is none: a small program of the system with the fuses' wire at its end, and the files the
 * packager looks for. With it the packager runs whole and without a network; what comes out does not start.
 */
export async function makePlaceholderElectron(folder: string): Promise<void> {
  mkdirSync(join(folder, 'locales'), { recursive: true });
  mkdirSync(join(folder, 'resources'));
  copyFileSync('/bin/true', join(folder, 'electron'));
  const wire = Buffer.from([FUSE_WIRE_VERSION, FUSES, ...Array<number>(FUSES).fill(OFF)]);
  appendFileSync(join(folder, 'electron'), Buffer.concat([Buffer.from(SENTINEL, 'latin1'), wire]));
  writeFileSync(join(folder, 'version'), version);
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'locales/en-US.pak', 'locales/fr.pak']) {
    writeFileSync(join(folder, name), '');
  }
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  writeFileSync(join(empty, 'package.json'), '{}');
  await createPackage(empty, join(folder, 'resources/default_app.asar'));
}
