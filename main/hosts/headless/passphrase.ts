import { join } from 'node:path';
import { fromUtf8, toHex, utf8 } from '../../base/bytes.ts';
import type { RandomSource } from '../../crypto/random.ts';
import { systemFiles, writeDurably } from '../../stores/durable-file.ts';
import { readOwnFile } from '../own-file.ts';
import { StartError } from './start-error.ts';

const GENERATED_FILE = 'passphrase';
/** More than anybody's; past it the wrong file was named. */
const MAX_OCTETS = 4_096;

export interface Passphrase {
  readonly text: string;
  /** `profile`: made by this host and lying in the profile, so that it protects nothing from whoever can read it. */
  readonly origin: 'file' | 'profile';
}

/**
 * The passphrase of the file named, else the profile's own, which is made with the profile.
 *
 * @param isNew - The profile has no key yet. An old one without its own passphrase needs the file.
 * @throws StartError `locked` if the file cannot be read, is not UTF-8, its first line is empty, or none was named;
 * StoreError if the new one cannot be kept.
 */
export function obtainPassphrase(
  directory: string,
  file: string | undefined,
  isNew: boolean,
  random: RandomSource,
): Passphrase {
  if (file !== undefined) return { text: firstLine(readNamed(file)), origin: 'file' };
  const path = join(directory, GENERATED_FILE);
  const kept = readOwnFile(path);
  if (kept !== undefined) return { text: firstLine(kept), origin: 'profile' };
  if (!isNew) throw new StartError('locked', 'This profile was made with a passphrase file, and none is named.');
  const text = toHex(random.bytes(32));
  writeDurably(systemFiles, path, utf8(`${text}\n`));
  return { text, origin: 'profile' };
}

/** Without its line end. */
function firstLine(octets: Uint8Array): string {
  const lineFeed = octets.indexOf(0x0a);
  const line = octets.subarray(0, lineFeed === -1 ? octets.length : lineFeed);
  const text = decode(line.at(-1) === 0x0d ? line.subarray(0, -1) : line);
  if (text === '' || line.length > MAX_OCTETS) {
    throw new StartError('locked', 'The passphrase file does not begin with a passphrase.');
  }
  return text;
}

function readNamed(path: string): Uint8Array {
  try {
    return systemFiles.read(path);
  } catch (error) {
    throw new StartError('locked', 'The passphrase file cannot be read.', { cause: error });
  }
}

function decode(line: Uint8Array): string {
  try {
    return fromUtf8(line);
  } catch (error) {
    throw new StartError('locked', 'The passphrase file is not UTF-8.', { cause: error });
  }
}
