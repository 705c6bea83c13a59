/** The commands that only this host has, in front of the messenger's own. */
import type { Envelope, HostApi, HostCommandName } from '../../../preload/contract.ts';
import { checkParams, HOST_COMMAND_SCHEMAS } from '../command-schemas.ts';
import { failure, isCommandName, SENTENCES, settle, type Dispatch, type ReportFailure } from '../dispatch.ts';
import type { Sleep } from './sleep.ts';

/** What a transport needs: does the command exist, and do it. */
export interface HostDispatch {
  has(name: string): boolean;
  /** Never rejects. */
  dispatch(name: string, params: unknown): Promise<Envelope<unknown>>;
}

export interface HostCommandParts {
  /** The messenger's commands, `exceptWhileFrozen`. */
  readonly messenger: Dispatch;
  readonly sleep: Pick<Sleep, 'suspend' | 'resume'>;
  setClockOffset(ms: number, elapsed: boolean): void;
  /** Begins to quit; returns at once. */
  quit(): void;
  readonly report: ReportFailure;
}

/** While the host stands still, as a sleeping desktop does, the messenger answers nothing. */
export function exceptWhileFrozen(dispatch: Dispatch, sleep: Pick<Sleep, 'isFrozen'>): Dispatch {
  return (name, params) => {
    if (sleep.isFrozen) return Promise.resolve(failure('suspended', 'This computer is asleep.'));
    return dispatch(name, params);
  };
}

export function createHostDispatch(parts: HostCommandParts): HostDispatch {
  const api = createHostApi(parts);
  return {
    has: (name) => isHostCommandName(name) || isCommandName(name),
    dispatch: (name, params) => {
      if (isHostCommandName(name)) return runHostCommand(api, name, params, parts.report);
      return parts.messenger(name, params);
    },
  };
}

function createHostApi(parts: HostCommandParts): HostApi {
  return {
    'host.suspend': ({ freezeAfterMs }) => done(() => parts.sleep.suspend(freezeAfterMs)),
    'host.resume': () => done(() => parts.sleep.resume()),
    'host.setClockOffset': ({ ms, elapsed }) => done(() => parts.setClockOffset(ms, elapsed ?? false)),
    'host.quit': () => done(() => parts.quit()),
  };
}

function done(run: () => void): Promise<Record<string, never>> {
  run();
  return Promise.resolve({});
}

async function runHostCommand(
  api: HostApi,
  name: HostCommandName,
  params: unknown,
  report: ReportFailure,
): Promise<Envelope<unknown>> {
  const checked = checkParams<unknown>(HOST_COMMAND_SCHEMAS[name], params);
  if (!checked.ok) return failure(checked.code, SENTENCES[checked.code]);
  const handler = api[name] as (params: unknown) => Promise<unknown>;
  return settle(name, () => handler(checked.params), report);
}

function isHostCommandName(name: string): name is HostCommandName {
  return Object.hasOwn(HOST_COMMAND_SCHEMAS, name);
}
