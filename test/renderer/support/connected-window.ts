import { contacts } from '../../../renderer/state/contacts.svelte.ts';
import { conversation } from '../../../renderer/state/conversation.svelte.ts';
import { conversations } from '../../../renderer/state/conversations.svelte.ts';
import { leaving } from '../../../renderer/state/leaving.svelte.ts';
import { sessions } from '../../../renderer/state/sessions.svelte.ts';
import { FakeMessenger } from './fake-messenger.ts';
import { messageWith } from './samples.ts';

/** The window's states over one messenger, connected once in a file as they are in the program. */
export function connectWindow(): FakeMessenger {
  const messenger = new FakeMessenger();
  Object.defineProperty(window, 'api', { value: messenger.api() });
  for (const state of [contacts, conversations, conversation, leaving, sessions]) state.start();
  messenger.answer('account.state', () => ({ state: 'online', address: 'alice@example.org' }));
  messenger.answer('messages.list', () => []);
  messenger.answer('messages.send', ({ text }) => messageWith({ id: text, text, direction: 'out', badge: 'O2' }));
  messenger.answer('keys.own', () => ({ fingerprint: 'own', safetyCode: Array(12).fill('11111').join(' ') }));
  return messenger;
}
