import { parseArgs } from 'node:util';

export interface DemoArguments {
  readonly server: 'prosody' | 'ejabberd';
  /** The last line on standard output is the outcome, and nothing else goes there. */
  readonly json: boolean;
}

export const USAGE = 'usage: npm run demo -- [--server prosody|ejabberd] [--json]';

/** @returns undefined for anything that is not in the usage. */
export function readArguments(argv: readonly string[]): DemoArguments | undefined {
  const values = tryParse(argv);
  const server = values?.server ?? 'prosody';
  if (values === undefined || (server !== 'prosody' && server !== 'ejabberd')) return undefined;
  return { server, json: values.json ?? false };
}

function tryParse(argv: readonly string[]): { server?: string; json?: boolean } | undefined {
  try {
    return parseArgs({ args: [...argv], options: { server: { type: 'string' }, json: { type: 'boolean' } } }).values;
  } catch {
    return undefined; // the caller shows the usage
  }
}
