import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { certificateFingerprints } from '../../crypto/certificate.ts';
import { StartError } from './start-error.ts';

export interface HeadlessArguments {
  readonly profile: string;
  readonly stdio: boolean;
  readonly browser: boolean;
  /** 0: any free port. */
  readonly port: number;
  readonly server?: { readonly host: string; readonly port: number; readonly directTls: boolean };
  /** One more trusted CA, PEM. */
  readonly ca?: string;
  readonly passphraseFile?: string;
}

export const USAGE =
  'usage: nightlatch-headless --profile DIR [--stdio] [--browser [--port N]] [--server HOST:PORT] [--direct-tls] ' +
  '[--ca FILE.pem] [--passphrase-file FILE]';

/** Reads the command line (docs/contract.md). @throws StartError `bad-arguments` for anything that is not in the usage. */
export function readArguments(argv: readonly string[]): HeadlessArguments {
  const values = parseOnce(argv);
  if (values.profile === undefined || values.profile === '') throw bad('--profile DIR is missing');
  if (!values.stdio && !values.browser) throw bad('there is nothing to do without --stdio or --browser');
  if (values.port !== undefined && !values.browser) throw bad('--port belongs to --browser');
  if (values['direct-tls'] && values.server === undefined) throw bad('--direct-tls belongs to --server');
  return {
    profile: values.profile,
    stdio: values.stdio,
    browser: values.browser,
    port: values.port === undefined ? 0 : readPort(values.port, 0),
    ...(values.server === undefined ? {} : { server: readServer(values.server, values['direct-tls']) }),
    ...(values.ca === undefined ? {} : { ca: readCa(values.ca) }),
    ...(values['passphrase-file'] === undefined ? {} : { passphraseFile: values['passphrase-file'] }),
  };
}

const OPTIONS = {
  profile: { type: 'string' },
  stdio: { type: 'boolean', default: false },
  browser: { type: 'boolean', default: false },
  port: { type: 'string' },
  server: { type: 'string' },
  'direct-tls': { type: 'boolean', default: false },
  ca: { type: 'string' },
  'passphrase-file': { type: 'string' },
} as const;

function parseOnce(argv: readonly string[]): ReturnType<typeof parse>['values'] {
  try {
    const { values, tokens } = parse(argv);
    const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    if (new Set(names).size !== names.length) throw bad('an option stands there twice');
    return values;
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw bad('an option is unknown or lacks its value', error);
  }
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals: false, tokens: true });
}

function readServer(text: string, directTls: boolean): HeadlessArguments['server'] & object {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/@]+)):(\d+)$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) throw bad('--server is HOST:PORT');
  return { host, port: readPort(match?.[3] ?? '', 1), directTls };
}

function readPort(text: string, smallest: number): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port < smallest || port > 65_535) throw bad('a port is a number up to 65535');
  return port;
}

function readCa(path: string): string {
  try {
    const pem = readFileSync(path, 'utf8');
    certificateFingerprints(pem);
    return pem;
  } catch (error) {
    if (error instanceof RangeError) throw bad('--ca holds no PEM certificate', error);
    throw bad('--ca cannot be read', error);
  }
}

function bad(sentence: string, cause?: unknown): StartError {
  return new StartError('bad-arguments', sentence, { cause });
}
