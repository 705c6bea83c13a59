/** A messenger that does nothing and remembers what it was asked: hosts are tested against it. */
import type { Api, CommandName, EventName, EventPayload } from '../../../preload/contract.ts';
import { COMMANDS } from '../../../preload/contract.ts';
import type { EventListener, Messenger } from '../../../main/hosts/messenger.ts';

type Answer = (params: unknown) => unknown;

export class MessengerDouble implements Messenger {
  /** Commands and lifecycle calls, in order. */
  readonly calls: { readonly name: string; readonly params?: unknown }[] = [];
  readonly #answers = new Map<CommandName, Answer>([['conversations.list', () => []]]);
  readonly #listeners = new Set<EventListener>();
  /** What `leave` waits for. */
  leaving: Promise<void> = Promise.resolve();
  closing: Promise<void> = Promise.resolve();

  readonly api: Api = Object.fromEntries(
    (Object.keys(COMMANDS) as CommandName[]).map((name) => [name, (params: unknown) => this.#run(name, params)]),
  ) as unknown as Api;

  /** What a command answers instead of `{}`, or of no conversations; thrown errors reject. */
  answer(name: CommandName, answer: Answer): void {
    this.#answers.set(name, answer);
  }

  on(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  announce<E extends EventName>(event: E, payload: EventPayload<E>): void {
    for (const listener of this.#listeners) listener(event, payload);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  leave(kind: 'quit' | 'leave-now'): Promise<void> {
    this.calls.push({ name: `leave ${kind}` });
    return this.leaving;
  }

  suspend(): void {
    this.calls.push({ name: 'suspend' });
  }

  resume(): void {
    this.calls.push({ name: 'resume' });
  }

  close(): Promise<void> {
    this.calls.push({ name: 'close' });
    return this.closing;
  }

  names(): string[] {
    return this.calls.map((call) => call.name);
  }

  async #run(name: CommandName, params: unknown): Promise<unknown> {
    this.calls.push({ name, params });
    await Promise.resolve();
    return this.#answers.get(name)?.(params) ?? {};
  }
}
