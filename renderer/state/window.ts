import { bridge, onHostGone, type Bridge } from '../lib/api.ts';
import { words } from '../lib/catalogue.ts';
import { account } from './account.svelte.ts';
import { alerts } from './alerts.svelte.ts';
import { announcements } from './announcements.svelte.ts';
import { backlog } from './backlog.svelte.ts';
import { contacts } from './contacts.svelte.ts';
import { conversation } from './conversation.svelte.ts';
import { conversations } from './conversations.svelte.ts';
import { leaving } from './leaving.svelte.ts';
import { panel } from './panel.svelte.ts';

/** Everything hears its events before the first list is asked for, so that nothing falls between. */
export async function startWindow(given: Bridge = bridge): Promise<void> {
  for (const state of [contacts, conversations, conversation, leaving, backlog, alerts]) state.start();
  onHostGone(() => (account.isHostGone = true));
  given.on('account.changed', ({ state }) => {
    if (state === 'online') void alerts.attempt(loadLists);
    if (state === 'signedOut') forgetAccount();
  });
  given.on('messages.added', (message) => {
    if (message.direction === 'out') return;
    if (message.with !== conversation.address) {
      announcements.countElsewhere(words.conversation.newElsewhere);
      return;
    }
    if (!(backlog.progress?.finished === false)) announceNew(message.with, message.text);
  });
  await leaving.load();
  await account.start();
  if (account.page === 'main') await loadLists();
}

/** Reads what the events then keep true; again after each sign-in, since events may have been missed before. */
async function loadLists(): Promise<void> {
  await Promise.all([contacts.load(), conversations.load(), leaving.load()]);
  await conversation.reload();
}

function forgetAccount(): void {
  conversation.forget();
  panel.close();
}

/** Opens a conversation; what concerned another one closes. */
export async function openConversation(address: string): Promise<void> {
  if (panel.current.kind !== 'leaving' && panel.current.kind !== 'notices') panel.close();
  // The state is fetched when the conversation opens (ux.md 3.3); no answer is a state too, and no notice.
  if (account.isOnline && contacts.of(address) !== undefined) void contacts.refresh(address).catch(() => undefined);
  await alerts.attempt(() => conversation.open(address));
}

function announceNew(address: string, text: string | null): void {
  announcements.say(words.conversation.newFrom(contacts.nameOf(address), text ?? words.list.noText));
}
