/** What services announce. Events say what is already durable; they never steer. */
import type { StoredMessage } from '../stores/messages.ts';
import type { BareJid } from '../wire/jid.ts';
import type { CommandErrorCode } from './command-error.ts';

/** Something the user should see without having asked. */
export interface AlertFacts {
  readonly code:
    | CommandErrorCode
    | 'not-proven'
    | 'key-shared'
    | 'key-exposed'
    | 'withdraw-failed'
    | 'not-ready-to-leave'
    | 'relayed'
    | 'messages-missing'
    | 'clock-wrong'
    | 'signed-in-elsewhere';
  readonly address?: BareJid;
  readonly text: string;
}

/** Progress of the backlog since the last coming online. */
export interface BacklogFacts {
  readonly done: number;
  readonly total?: number;
  readonly finished: boolean;
  readonly opened: number;
  readonly failed: number;
}

export interface ServiceEvents {
  accountChanged: undefined;
  leavingChanged: undefined;
  contactChanged: BareJid;
  contactRemoved: BareJid;
  conversationChanged: BareJid;
  messageAdded: StoredMessage;
  messageChanged: StoredMessage;
  sessionStarted: BareJid;
  sessionEnded: BareJid;
  backlogProgress: BacklogFacts;
  alertRaised: AlertFacts;
}

/** A typed announcer: one list of listeners per event name. */
export class Announcer<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>();

  /** @returns a function that ends the subscription. */
  on<Name extends keyof Events>(name: Name, listener: (payload: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(name, listeners);
    return () => void listeners.delete(listener);
  }

  announce<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) (listener as (payload: Events[Name]) => void)(payload);
  }
}
