import { parseArgs } from 'node:util';

export interface DemoArguments {
  readonly server: 'prosody' | 'ejabberd';
  /** Two people who are both there, instead of letters to someone who is away. */
  readonly live: boolean;
  /** The last line on standard output is the outcome, and nothing else goes there. */
  readonly json: boolean;
}

export const USAGE = 'usage: npm run demo -- [--server prosody|ejabberd] [--live] [--json]';

/** @returns undefined for anything that is not in the usage. */
export function readArguments(argv: readonly string[]): DemoArguments | undefined {
  const values = tryParse(argv);
  const server = values?.server ?? 'prosody';
  if (values === undefined || (server !== 'prosody' && server !== 'ejabberd')) return undefined;
  return { server, live: values.live ?? false, json: values.json ?? false };
}

function tryParse(argv: readonly string[]): { server?: string; live?: boolean; json?: boolean } | undefined {
  try {
    const flag = { type: 'boolean' } as const;
    return parseArgs({ args: [...argv], options: { server: { type: 'string' }, live: flag, json: flag } }).values;
  } catch {
    return undefined; // the caller shows the usage
  }
}
