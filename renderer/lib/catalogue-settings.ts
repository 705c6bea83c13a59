/** The words of the settings and of the list of keys (ux.md 3.7, 3.10). */
import { inLanguage } from './language.ts';
import type { Shortcut } from './shortcuts.ts';

export const settingsWords = inLanguage({
  heading: 'Settings',
  pages: 'Pages of the settings',
  search: 'Find a setting',
  nothingFound: (query: string) => `No setting for “${query}”.`,

  account: {
    heading: 'Account',
    address: 'Address',
    connection: 'Connection',
    states: {
      online: 'Signed in, over a protected connection.',
      offline: 'Signed in, not connected now.',
      connecting: 'Connecting…',
      signedOut: 'Signed out.',
    },
    signOut: 'Sign out',
    signOutCost: 'Your away key is published first. Keys and messages stay on this computer.',
  },

  away: {
    heading: 'When I am away',
    who: 'Who may leave me encrypted messages',
    whoCost: 'Nobody: others cannot write to you encrypted while this computer is off.',
    choices: { contacts: 'My contacts', nobody: 'Nobody', anyone: 'Anyone' },
    awayDays: 'Each away key works for at most',
    awayCost: 'Shorter is safer. Messages that arrive later than this cannot be opened by anyone.',
    backupDays: 'Each backup key works for at most',
    backupCost:
      'It covers a computer that stopped without warning. Whoever takes this computer within that time can open what was sealed with it.',
    renewCost:
      'The backup key is renewed at a sign-in when it is a day old or was used. Renewing shows watchers that you were here.',
  },

  security: {
    heading: 'Security',
    code: 'My safety code',
    showCode: 'My address and safety code',
    verified: 'Verified contacts',
    noneVerified: 'None yet. Compare codes with somebody from the conversation’s header.',
    storage: 'Protected storage',
    hasStorage: 'Keys and messages are encrypted on this computer; what opens them is in its protected storage.',
    noStorage: 'This computer has no protected place for keys. Away keys are off.',
    destroy: 'Delete all offline keys now',
    destroyCost: 'Messages that were written to you while you were away and have not arrived can then never be opened.',
    destroyQuestion: 'Delete every away key and backup key on this computer?',
    destroyed: 'Deleted.',
  },

  notifications: {
    heading: 'Notifications',
    on: 'Show notifications',
    content: 'What they say',
    contents: { name: 'Who wrote', text: 'Who wrote, and the text', nothing: 'Neither' },
    cost: 'The desktop shows them to whoever is in front of it, and may keep them in a list.',
    none: 'In a browser there are none; the title of the page counts what is unread.',
  },

  appearance: {
    heading: 'Appearance',
    theme: 'Theme',
    themes: { system: 'As the system', light: 'Light', dark: 'Dark', contrast: 'High contrast' },
    textSize: 'Text size',
    percent: (count: number) => `${count} %`,
    compact: 'Compact rows in the list',
    motion: 'Motion follows the system.',
  },

  writing: {
    heading: 'Writing',
    enter: 'Enter sends',
    enterCost: 'Otherwise Enter starts a new line and Ctrl+Enter sends.',
  },

  keyboard: {
    heading: 'Keyboard',
    inMessages:
      'In the messages: arrows, Home, End and the page keys move, Enter shows what protects a message, the menu key what can be done with it, Ctrl+C copies it.',
  },

  data: {
    heading: 'Data',
    kept: 'Messages are kept on this computer, encrypted. This program deletes none of them by itself.',
  },

  help: {
    heading: 'Help',
    diagnostics: 'Diagnostics',
    diagnosticsAbout: 'States and counts, for asking somebody for help. There is no address, text or key in it.',
    show: 'Show the report',
    limits: 'What this program does not protect',
    limitsText: [
      'Who writes to whom, and when: servers see that.',
      'A computer that is stolen while it is open and unlocked.',
      'What the other person does with what you write.',
    ],
  },
});

/** What each key does, for the list of keys. */
export const keyWords: Readonly<Record<Shortcut, string>> = inLanguage({
  goTo: 'Go to a conversation',
  add: 'Add a contact, new conversation',
  find: 'Find in the conversation',
  findEverywhere: 'Find everywhere',
  previous: 'Previous conversation',
  next: 'Next conversation',
  previousUnread: 'Previous unread conversation',
  nextUnread: 'Next unread conversation',
  nth: 'Conversation of that place in the list',
  last: 'The conversation before this one',
  nextPane: 'Next pane',
  previousPane: 'Previous pane',
  escape: 'Close what is on top; no text is lost',
  details: 'Details of the contact',
  compare: 'Compare codes',
  mute: 'Mute the conversation, or no longer',
  leave: 'Leave now',
  settings: 'Settings',
  keys: 'This list',
  larger: 'Larger text',
  smaller: 'Smaller text',
  ordinarySize: 'Ordinary text size',
});
