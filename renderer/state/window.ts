import type { Message } from '../../preload/contract.ts';
import { bridge, onHostGone, type Bridge } from '../lib/api.ts';
import { words } from '../lib/catalogue.ts';
import { beginningOf } from '../lib/plain-text.ts';
import { account } from './account.svelte.ts';
import { alerts } from './alerts.svelte.ts';
import { announcements } from './announcements.svelte.ts';
import { awayReport } from './away-report.svelte.ts';
import { backlog } from './backlog.svelte.ts';
import { contacts } from './contacts.svelte.ts';
import { conversation } from './conversation.svelte.ts';
import { conversations } from './conversations.svelte.ts';
import { dialogs } from './dialogs.svelte.ts';
import { find } from './find.svelte.ts';
import { leaving } from './leaving.svelte.ts';
import { panel, type Panel } from './panel.svelte.ts';
import { problems } from './problems.svelte.ts';
import { sessions } from './sessions.svelte.ts';
import { settings } from './settings.svelte.ts';

const heard = [contacts, conversations, conversation, sessions, leaving, backlog, awayReport, problems, alerts];

/** Everything hears its events before the first list is asked for, so that nothing falls between. */
export async function startWindow(given: Bridge = bridge): Promise<void> {
  for (const state of heard) state.start();
  onHostGone(() => (account.isHostGone = true));
  given.on('account.changed', ({ state }) => {
    if (state === 'online') void alerts.attempt(loadLists);
    if (state === 'signedOut') forgetAccount();
  });
  given.on('links.opened', () => void (account.page === 'main' && alerts.attempt(takeLink)));
  given.on('notices.pressed', ({ with: address, id }) => void alerts.attempt(() => openNotice(address, id)));
  given.on('messages.added', (message) => {
    if (message.direction === 'out') return;
    if (message.with !== conversation.address) {
      announcements.countElsewhere(words.conversation.newElsewhere);
      return;
    }
    if (!(backlog.progress?.finished === false)) announceNew(message.with, message.text);
  });
  await account.start(Promise.all([leaving.load(), settings.load()]));
  if (account.page === 'main') await loadLists();
}

/** Reads what the events then keep true; again after each sign-in, since events may have been missed before. */
async function loadLists(): Promise<void> {
  await Promise.all([contacts.load(), conversations.load(), leaving.load()]);
  await conversation.reload();
  await conversation.drafts.load();
  await takeLink();
}

/** What a link from outside asks for is shown, and done only when somebody agrees (S-139). */
async function takeLink(): Promise<void> {
  const link = await bridge.call('links.take', {});
  if (link !== null) dialogs.show({ kind: 'xmpp', link });
}

/** A notification opens exactly its conversation, at its message (ux.md 3.8). */
async function openNotice(address: string, id: string | undefined): Promise<void> {
  if (account.page !== 'main') return;
  await openConversation(address);
  if (id !== undefined && (await conversation.reach(id))) find.point(id);
}

function forgetAccount(): void {
  conversation.forget();
  find.close();
  panel.close();
  dialogs.close();
}

/** Panels that are about no conversation. */
const STAYING: ReadonlySet<Panel['kind']> = new Set(['leaving', 'notices', 'report', 'search']);
/** The conversation that was open before this one. */
let before: string | undefined;

/** Back to the conversation before, and forth. */
export async function openLast(): Promise<void> {
  if (before !== undefined) await openConversation(before);
}

/** Opens a message's conversation at that message. */
export async function openMessage(message: Message): Promise<void> {
  await openConversation(message.with);
  find.show(message);
  await conversation.reach(message.id);
}

/** Opens a conversation; what concerned another one closes. */
export async function openConversation(address: string): Promise<void> {
  if (address !== conversation.address) {
    before = conversation.address;
    find.close();
  }
  if (!STAYING.has(panel.current.kind)) panel.close();
  // The state is fetched when the conversation opens (ux.md 3.3); no answer is a state too, and no notice.
  if (account.isOnline && contacts.of(address) !== undefined) void contacts.refresh(address).catch(() => undefined);
  void sessions.load(address).catch(() => undefined);
  await alerts.attempt(() => conversation.open(address));
}

function announceNew(address: string, text: string | null): void {
  announcements.say(words.conversation.newFrom(contacts.nameOf(address), beginningOf(text ?? words.list.noText)));
}
