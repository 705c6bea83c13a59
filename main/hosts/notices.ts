/**
 * What the desktop is told of what happened (ux.md 3.6, 3.8): whether, and in which words. Knows no desktop; each shows it
 * its own way.
 */
import type {
  Address,
  Alert,
  AlertCode,
  BacklogProgress,
  Contact,
  Conversation,
  EventName,
  EventPayload,
  Message,
  Preferences,
} from '../../preload/contract.ts';

export interface Notice {
  readonly title: string;
  readonly body: string;
  /** The conversation that a press on it opens. */
  readonly opens?: Address;
  /** The message in it that it is about. */
  readonly message?: string;
}

export interface NoticeFacts {
  readonly preferences: Pick<Preferences, 'notifications' | 'notificationContent'>;
  /** Somebody looks at the window: nothing needs to be said twice. */
  readonly isWatched: boolean;
  /** The screen is locked: whoever is in front of it is told nothing (S-077). */
  readonly isLocked: boolean;
}

/** Failures that are worth a notice of their own, once each. */
const TOLD: readonly AlertCode[] = ['key-changed', 'not-ready-to-leave', 'withdraw-failed', 'store-full'];
const APP = 'Nightlatch';

/** Follows the events of one messenger. */
export class Notices {
  readonly #names = new Map<Address, string>();
  readonly #muted = new Set<Address>();
  readonly #told = new Set<string>();
  #isOpening = false;

  /** @returns what to show now; undefined where there is nothing to say, or nobody to say it to. */
  about<E extends EventName>(event: E, payload: EventPayload<E>, facts: NoticeFacts): Notice | undefined {
    const notice = this.#noticeOf(event, payload, facts);
    const mayShow = facts.preferences.notifications && !facts.isWatched;
    return mayShow ? notice : undefined;
  }

  #noticeOf(event: EventName, payload: unknown, facts: NoticeFacts): Notice | undefined {
    if (event === 'contacts.changed') this.#learn(payload as EventPayload<'contacts.changed'>);
    if (event === 'conversations.changed') this.#learnMuted(payload as Conversation);
    if (event === 'backlog.progress') return this.#backlog(payload as BacklogProgress);
    if (event === 'alerts.raised') return this.#alert(payload as Alert, facts);
    if (event === 'messages.added' && !this.#isOpening) return this.#message(payload as Message, facts);
    return undefined;
  }

  #learn(change: Contact | { readonly address: Address; readonly removed: true }): void {
    const name = 'removed' in change ? undefined : (change.petname ?? change.name);
    if (name === undefined) this.#names.delete(change.address);
    else this.#names.set(change.address, name);
  }

  #learnMuted({ with: address, muted }: Conversation): void {
    if (muted === true) this.#muted.add(address);
    else this.#muted.delete(address);
  }

  /** One summary for what waited, no notice for each (ux.md 3.6). */
  #backlog({ finished, opened, failed }: BacklogProgress): Notice | undefined {
    this.#isOpening = !finished;
    if (!finished || opened + failed === 0) return undefined;
    const outcome = failed === 0 ? `${opened} opened` : `${opened} opened, ${failed} could not be opened`;
    return { title: APP, body: `Messages arrived while you were away: ${outcome}.` };
  }

  #message(message: Message, facts: NoticeFacts): Notice | undefined {
    if (message.direction === 'out' || this.#muted.has(message.with)) return undefined;
    const { notificationContent } = facts.preferences;
    if (facts.isLocked || notificationContent === 'nothing') return { title: APP, body: 'New message' };
    const body = message.badge === 'I6' ? 'New message, not encrypted' : 'New encrypted message';
    const mayQuote = notificationContent === 'text' && message.text !== null;
    const about = { opens: message.with, message: message.id };
    return { title: this.#nameOf(message.with), body: mayQuote ? message.text : body, ...about };
  }

  #alert({ code, address, text }: Alert, facts: NoticeFacts): Notice | undefined {
    const once = `${code} ${address ?? ''}`;
    if (!TOLD.includes(code) || this.#told.has(once)) return undefined;
    this.#told.add(once);
    if (facts.isLocked || facts.preferences.notificationContent === 'nothing')
      return { title: APP, body: 'Open the window.' };
    return { title: APP, body: text, ...(address !== undefined && { opens: address }) };
  }

  #nameOf(address: Address): string {
    return this.#names.get(address) ?? address;
  }
}
