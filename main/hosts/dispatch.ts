/**
 * One way in for every transport: a name and parameters of unknown origin become an envelope (S-134). Nothing thrown
 * below gets out but a code of the closed list and a sentence.
 */
import type { Api, CommandName, Envelope } from '../../preload/contract.ts';
import { toCommandError } from '../services/command-error.ts';
import { checkParams, COMMAND_SCHEMAS } from './command-schemas.ts';

export type Dispatch = (name: string, params: unknown) => Promise<Envelope<unknown>>;

/** Hears of failures that are our own mistake, so that the host can log them. */
export type ReportFailure = (command: string, error: unknown) => void;

/**
 * @param api - Commands that are missing in it are answered with `not-available`.
 * @returns a function that never rejects.
 */
export function createDispatch(api: Partial<Api>, report: ReportFailure): Dispatch {
  return async (name, params) => {
    if (!isCommandName(name)) return failure('not-available', 'There is no such command.');
    const checked = checkParams<unknown>(COMMAND_SCHEMAS[name], params);
    if (!checked.ok) return failure(checked.code, SENTENCES[checked.code]);
    const handler = api[name] as ((params: unknown) => Promise<unknown>) | undefined;
    if (handler === undefined) return failure('not-available', 'This cannot be done yet.');
    return settle(name, () => handler(checked.params), report);
  };
}

/** Runs a handler and turns whatever comes of it into an envelope. */
export async function settle(
  name: string,
  run: () => Promise<unknown>,
  report: ReportFailure,
): Promise<Envelope<unknown>> {
  try {
    return { ok: true, value: await run() };
  } catch (error) {
    const refusal = toCommandError(error);
    if (refusal.code === 'internal') report(name, error);
    return failure(refusal.code, refusal.message);
  }
}

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(COMMAND_SCHEMAS, name);
}

export function failure(code: (Envelope<unknown> & { ok: false })['code'], message: string): Envelope<never> {
  return { ok: false, code, message };
}

export const SENTENCES = {
  'invalid-params': 'The parameters of the command are not what it takes.',
  'too-long': 'The text is too long: 65,536 octets at most.',
} as const;
