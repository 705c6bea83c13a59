import {
  COMMANDS,
  type CommandErrorCode,
  type CommandName,
  type CommandParams,
  type CommandResult,
  type Envelope,
  type EventName,
  type EventPayload,
  type WindowApi,
} from '../../../preload/contract.ts';
import { bridgeOver, type Bridge } from '../../../renderer/lib/api.ts';

type Answer<C extends CommandName> = (params: CommandParams<C>) => CommandResult<C> | Promise<CommandResult<C>>;

/** A messenger that answers what a test tells it to, and remembers what it was asked. */
export class FakeMessenger {
  readonly calls: { command: CommandName; params: unknown }[] = [];
  readonly bridge: Bridge;
  readonly #answers = new Map<CommandName, (params: never) => unknown>();
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();

  constructor() {
    this.bridge = bridgeOver(() => this.api());
  }

  answer<C extends CommandName>(command: C, answer: Answer<C>): void {
    this.#answers.set(command, answer);
  }

  refuse(command: CommandName, code: CommandErrorCode): void {
    this.#answers.set(command, () => {
      throw new Refusal(code);
    });
  }

  announce<E extends EventName>(event: E, payload: EventPayload<E>): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload as never);
  }

  paramsOf(command: CommandName): unknown[] {
    return this.calls.filter((call) => call.command === command).map((call) => call.params);
  }

  /** As the preload exposes it. */
  api(): WindowApi {
    const commands = (Object.keys(COMMANDS) as CommandName[]).map((name) => [
      name,
      (params: never) => this.#reply(name, params),
    ]);
    return {
      ...(Object.fromEntries(commands) as Omit<WindowApi, 'on'>),
      on: (event: EventName, listener: (payload: never) => void) => {
        const set = this.#listeners.get(event) ?? new Set();
        this.#listeners.set(event, set.add(listener));
        return () => void set.delete(listener);
      },
    } as WindowApi;
  }

  async #reply(command: CommandName, params: never): Promise<Envelope<unknown>> {
    this.calls.push({ command, params });
    const answer = this.#answers.get(command);
    if (answer === undefined) return { ok: false, code: 'not-available', message: `no answer for ${command}` };
    try {
      return { ok: true, value: await answer(params) };
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      return { ok: false, code: refusal.code, message: 'refused' };
    }
  }
}

class Refusal extends Error {
  readonly code: CommandErrorCode;

  constructor(code: CommandErrorCode) {
    super(code);
    this.code = code;
  }
}

/** A promise and the function that settles it, for answers a test gives later. */
export function later<T>(): { promise: Promise<T>; settle: (value: T) => void } {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (settle = resolve));
  return { promise, settle };
}

/** Lets every answered command arrive: a turn of the event loop, no time. */
export async function arrived(): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
}
