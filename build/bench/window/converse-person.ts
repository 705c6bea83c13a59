/** Somebody who uses Converse.js in one lasting browser context: its messages stay in its own storage there. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { textAt, writtenAt } from '../../../renderer/gallery/long-texts.ts';
import { lastingContext, visitIn, type Visit } from './visit.ts';

export class ConversePerson {
  readonly #context: BrowserContext;
  readonly #address: string;

  private constructor(context: BrowserContext, address: string) {
    this.#context = context;
    this.#address = address;
  }

  /** @param origin - Of `serveConverse`. @param account - One of those given there. */
  static async arrive(browser: Browser, origin: string, account: string): Promise<ConversePerson> {
    return new ConversePerson(await lastingContext(browser), `${origin}/in/${account}`);
  }

  /** A page that is signed in, with no conversation open. Closing it ends its stream, so that the server knows. */
  async open(): Promise<Visit> {
    const seen = await this.begin('');
    await seen.page.waitForFunction('window.connectedAt !== undefined');
    await seen.page.evaluate("bench.api.waitUntil('rosterContactsFetched')");
    return seen;
  }

  /** A page that is about to sign in. @param chat - Whose conversation it opens by itself; empty for none. */
  async begin(chat: string): Promise<Visit> {
    const seen = await visitIn(this.#context);
    await seen.page.goto(`${this.#address}${chat === '' ? '' : `#converse/chat?jid=${chat}`}`);
    const close = async () => {
      await seen.page.evaluate('bench.api.connection.disconnect()');
      await seen.close();
    };
    return { ...seen, close };
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
