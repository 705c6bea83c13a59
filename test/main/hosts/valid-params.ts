/** One good set of parameters for every command: what garbage is made from, and what must be let through. */
import type { CommandName, CommandParams } from '../../../preload/contract.ts';

const address = 'alice@example.org';
const id = '0f8fad5b-d9cb-469f-a165-70867728950e';

export const VALID_PARAMS: { readonly [C in CommandName]: CommandParams<C> } = {
  'account.signIn': { address, password: 'correct horse', remember: true },
  'account.signOut': {},
  'account.state': {},
  'leaving.state': {},
  'leaving.leaveNow': {},
  'leaving.comeBack': {},
  'leaving.setPolicy': { awayKeyDays: 3, backupKeyDays: 14, whoMayWrite: 'contacts' },
  'leaving.renewBackupKey': {},
  'leaving.destroyKeys': {},
  'contacts.list': {},
  'contacts.refresh': { address },
  'contacts.add': { address, name: 'Alice' },
  'contacts.accept': { address },
  'contacts.remove': { address },
  'contacts.block': { address },
  'contacts.unblock': { address },
  'conversations.list': {},
  'messages.send': { to: address, text: 'hello', unencrypted: true },
  'messages.list': { with: address, before: id, limit: 50 },
  'messages.search': { query: 'hello', with: address },
  'messages.markRead': { with: address, upTo: id },
  'messages.retry': { id },
  'messages.discard': { id },
  'keys.own': {},
  'keys.of': { address },
  'keys.decide': { address, fingerprint: 'a'.repeat(64), decision: 'verified' },
  'keys.export': { passphrase: 'correct horse' },
  'keys.import': { text: '-----BEGIN ENCRYPTED PRIVATE KEY-----', passphrase: 'correct horse' },
  'keys.replace': {},
  'sessions.start': { address },
  'sessions.end': { address },
  'sessions.of': { address },
  'sessions.confirmSpokenCode': { address, matches: true },
  'settings.state': {},
  'settings.change': { theme: 'dark', textPercent: 120, enterSends: false },
  'diagnostics.report': {},
};
