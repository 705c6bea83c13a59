/** Somebody who uses Converse.js in one lasting browser context: its messages stay in its own storage there. */
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { numberAt, textAt, writtenAt } from '../../../renderer/gallery/long-texts.ts';
import { lastingContext, visitIn, type Visit } from './visit.ts';

export class ConversePerson {
  readonly #context: BrowserContext;
  readonly #origin: string;

  private constructor(context: BrowserContext, origin: string) {
    this.#context = context;
    this.#origin = origin;
  }

  /** @param origin - Of `serveConverse`. */
  static async arrive(browser: Browser, origin: string): Promise<ConversePerson> {
    return new ConversePerson(await lastingContext(browser), origin);
  }

  /** A page that is signed in. @param chat - Whose conversation it opens by itself; none unless given. */
  async open(chat?: string): Promise<Visit> {
    const seen = await visitIn(this.#context);
    await seen.page.goto(`${this.#origin}/in${chat === undefined ? '' : `#converse/chat?jid=${chat}`}`);
    await seen.page.waitForFunction('window.connectedAt !== undefined');
    await seen.page.evaluate("bench.api.waitUntil('rosterContactsFetched')");
    return seen;
  }

  /** Puts messages into its storage, through the storage layer of its own message collections, and has them read back. */
  async lay(address: string, count: number): Promise<void> {
    const seen = await this.open();
    const messages = Array.from({ length: count }, (_, index) => ({
      ...{ id: `m${index}`, msgid: `m${index}`, type: 'chat', sender: 'them', from: address },
      ...{ body: textAt(index), message: textAt(index), time: writtenAt(index, count).toISOString() },
    }));
    await seen.page.evaluate(`(${LAY})(${JSON.stringify({ address, messages })})`);
    await seen.close();
    const again = await this.open();
    const kept = await again.page.evaluate<number>(`(${LOADED})(${JSON.stringify(address)})`);
    await again.close();
    if (kept < count) throw new Error(`Converse.js kept ${kept} of ${count} messages`);
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}

/** What runs in the page is written as text: the bench knows no document. */
const LAY = `async ({ address, messages }) => {
  const any = await bench.api.chats.open('any@example.org', {}, true);
  await any.messages.fetched;
  const { storage } = any.messages;
  const name = storage.name.replace('any@example.org', address);
  const items = Object.fromEntries(messages.map((each) => [name + '-' + each.id, each]));
  await storage.store.setItems({ ...items, [name]: Object.keys(items) });
  await any.close();
}`;
const LOADED = `async (address) => {
  const chat = await bench.api.chats.open(address, {}, true);
  await chat.messages.fetched;
  const { length } = chat.messages;
  await chat.close();
  return length;
}`;

/** Opens a conversation that is not open yet. */
export function openChat(page: Page, address: string): Promise<unknown> {
  return page.evaluate(`void bench.api.chats.open(${JSON.stringify(address)}, {}, true)`);
}

/** Otherwise the next page that is signed in begins with it. */
export function closeChat(page: Page, address: string): Promise<unknown> {
  return page.evaluate(`bench.state.chatboxes.get(${JSON.stringify(address)}).close()`);
}

export function messageAt(page: Page, index: number): Locator {
  return page.locator('.chat-msg__text', { hasText: new RegExp(`^\\s*${numberAt(index)}`) });
}
