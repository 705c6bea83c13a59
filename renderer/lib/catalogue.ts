/**
 * The interface's words, in English (ux.md 0 and 3). Every string a person sees that the messenger did not send comes
 * from here, `catalogue-settings.ts`, `catalogue-badges.ts` or `catalogue-errors.ts`; a further language is an object
 * that satisfies the same type.
 */
import { inLanguage, plural } from './language.ts';

const english = {
  appName: 'Nightlatch',
  close: 'Close',
  cancel: 'Cancel',
  copy: 'Copy',
  copied: 'Copied',
  you: 'You',
  days: { today: 'today', todayHeading: 'Today', yesterdayHeading: 'Yesterday' },

  signIn: {
    heading: 'Sign in',
    address: 'Address',
    addressHint: 'like name@example.org',
    password: 'Password',
    showPassword: 'Show',
    hidePassword: 'Hide',
    noStorage: 'This computer has no protected place for keys. Your password is not kept, and away keys are off.',
    remember: 'Keep me signed in',
    submit: 'Sign in',
    connecting: (server: string) => (server === '' ? 'Connecting…' : `Connecting to ${server}…`),
    noAccount: 'I have no account',
    noAccountAnswer:
      'An address belongs to a server, like that of e-mail, and any server of the network will do. ' +
      'Ask someone who runs one, or choose a public one, make an account there, and come back with its address.',
  },

  firstRun: {
    keyHeading: 'Your key',
    keyMaking: 'Making your safety code. It stays on this computer.',
    keyReady: 'This is your safety code. Your contacts compare it with what their program shows for you.',
    next: 'Continue',
    awayHeading: 'When you are away',
    who: 'People can leave you encrypted messages while this computer is off. Who may do that?',
    days: 'Each away key works for at most',
    shorter: 'Shorter is safer. Messages that arrive later than this cannot be opened by anyone.',
    done: 'Done',
    later: 'Both answers can be changed later, in Settings.',
    noStorage: 'This computer has no protected place for keys. Away keys are off; everything else works.',
    goOn: 'Continue without away keys',
  },

  find: {
    label: 'Find in this conversation',
    nothing: (query: string) => `Nothing found for “${query}” in this conversation.`,
    place: (index: number, count: number) => `${index} of ${count}`,
    older: 'Older result',
    newer: 'Newer result',
    everywhere: 'Find everywhere',
    everywhereLabel: 'Find in all conversations',
    nothingAnywhere: (query: string) => `Nothing found for “${query}”.`,
    toPerson: (name: string) => `You to ${name}`,
    found: (count: number) => plural(count, { one: '1 message found', other: `${count} messages found` }),
  },

  link: {
    heading: 'Open this address?',
    host: 'It leads to',
    cost: 'Your browser opens it. The server there sees that somebody came, and when.',
    open: (text: string) => `Link to ${text}`,
    openIt: 'Open',
  },

  xmppLink: {
    message: 'Write to this address?',
    contact: 'Add this address?',
    text: 'The link has this text:',
    messageNote: 'A link from outside asks for it. The text is put where you write; nothing is sent by itself.',
    contactNote: 'A link from outside asks for it. You can look at it once more before anybody is asked.',
    agree: 'Continue',
  },

  host: {
    gone: 'The program behind this window has stopped.',
    goneAdvice: 'What you sent before is kept. Start the program again and open the address that it prints.',
    reload: 'Try again',
  },

  list: {
    label: 'Conversations',
    find: 'Find a person',
    filter: 'Show',
    filters: { all: 'All', unread: 'Unread', away: 'Away' },
    noUnread: 'Nothing unread.',
    noAway: 'Nobody is away.',
    add: 'Add a contact',
    settings: 'Settings',
    resize: 'Width of the list',
    account: 'My address and safety code',
    notices: 'Notices',
    requests: 'Requests',
    conversations: 'Conversations',
    contacts: 'Contacts',
    requestText: 'wants to be your contact.',
    accept: 'Accept',
    block: 'Block',
    nothingFound: (query: string) => `Nothing found for “${query}”.`,
    emptyHeading: 'No conversations yet',
    empty: 'Write to someone: enter an address.',
    unreadMark: 'unread',
    held: (count: number) => `${count} held`,
    own: (text: string) => `You: ${text}`,
    noText: 'No text',
    keyChanged: 'key changed',
    doubt: 'check the address',
    notOpened: 'could not be opened',
    muted: 'muted',
    requestSent: 'Waiting for an answer to your request.',
  },

  presence: {
    here: 'here',
    idle: 'here, idle',
    away: 'away',
    canReceive: 'away, can receive',
    cannotReceive: 'away, cannot receive',
  },

  conversation: {
    back: 'Back to the list',
    details: (name: string) => `Details of ${name}`,
    messages: (name: string) => `Messages with ${name}`,
    toNewest: 'To the newest message',
    find: 'Find in this conversation',
    newWhileAway: (count: number) => `New while you were away (${count})`,
    newMessages: (count: number) => `New (${count})`,
    emptyHeading: (name: string) => `No messages with ${name} yet`,
    add: (address: string) => `Write to ${address}`,
    empty: (name: string) => `Only you and ${name} will be able to read what you write here.`,
    choose: 'Choose a conversation, or write to someone new.',
    chooseHint: 'A message to someone who is away waits on their server, encrypted, until they are back.',
    writtenAndArrived: (written: string, arrived: string) => `Written ${written} · arrived ${arrived}`,
    timeUncertain: 'time not certain',
    copies: (count: number) => plural(count, { one: 'Refused: copy', other: `Refused: copy, ${count} times` }),
    missingBefore: 'Messages before this one are missing.',
    newFrom: (name: string, text: string) => `${name}: ${text}`,
    newElsewhere: (count: number) =>
      plural(count, {
        one: '1 new message in another conversation',
        other: `${count} new messages in other conversations`,
      }),
    askAgain: (when: string) =>
      `Your message of ${when} could not be opened: it arrived after its key expired. Could you send it again?`,
  },

  states: {
    held: 'Held on this computer',
    waiting: 'Waiting for connection',
    sent: 'Sent',
    delivered: 'Delivered',
    notSent: 'Not sent',
    probablyNeverOpened: 'Probably never opened',
  },

  actions: {
    retry: 'Try again',
    sendAgain: 'Send again',
    discard: 'Delete',
    askAgain: 'Ask to send it again',
    details: 'Details',
  },

  composer: {
    label: (name: string) => `Message to ${name}`,
    encrypted: (name: string) => `Encrypted message to ${name}`,
    held: (name: string) => `Message to ${name}, held until they can receive`,
    unencrypted: (name: string) => `Unencrypted message to ${name}`,
    blocked: 'Decide about the new safety code first.',
    send: 'Send',
    hold: 'Hold until they can receive',
    writeUnencrypted: 'Write unencrypted…',
    sendUnencrypted: 'Send unencrypted',
    encryptedAgain: 'Back to encrypted',
    readable: 'Servers on the way can read this message.',
    askToBeContact: 'Ask',
    tryAgain: 'Try again',
    compare: 'Compare codes',
    decide: 'Decide…',
    tooLong: (octets: string, limit: string) => `${octets} of ${limit} octets: too long for one message.`,
    sendInParts: (count: number) => `Send in ${count} parts`,
    keys: 'Enter sends, Shift+Enter starts a new line.',
    keysModified: 'Ctrl+Enter sends, Enter starts a new line.',
  },

  addContact: {
    heading: 'Add a contact',
    address: 'Address',
    name: 'Name',
    nameHint: 'only you see it',
    submit: 'Add',
    explanation: 'They are asked whether you may see when they are there. Then they can leave you encrypted messages.',
  },

  leaving: {
    heading: 'Leaving',
    awayKey: 'Away key',
    backupKey: 'Backup key',
    noAwayKey: 'None. It is published when you leave.',
    noBackupKey: 'None.',
    states: { publishing: 'Publishing', published: 'Published', withdrawn: 'Withdrawn', failed: 'Not published' },
    created: 'Made',
    published: 'Published',
    withdrawn: 'Withdrawn',
    deleted: 'Deleted from this computer',
    expires: 'Works until',
    received: 'Messages received with it',
    confirmed: 'Your server confirmed it',
    notConfirmed: 'Not confirmed by your server yet',
    reason: 'Reason',
    serverNote: 'That a key is withdrawn is your server’s word. What bounds it is the time at which the key ends.',
    leaveNow: 'Leave now',
    leavingNow: 'Publishing your away key…',
    comeBack: 'Come back',
    comingBack: 'Coming back…',
    renew: 'Renew backup key',
    renewCost: 'Renewing shows watchers that you were here.',
    policy: (away: number, backup: number) =>
      plural(away, {
        one: `Each away key works for at most 1 day, each backup key for ${backup} days.`,
        other: `Each away key works for at most ${away} days, each backup key for ${backup} days.`,
      }),
    who: {
      contacts: 'Your contacts can leave you encrypted messages while this computer is off.',
      anyone: 'Anyone can leave you encrypted messages while this computer is off.',
      nobody: 'Nobody can leave you encrypted messages while this computer is off.',
    },
  },

  details: {
    heading: 'Message details',
    window: 'When it could be opened',
    keyMade: 'Key made',
    written: 'Message written',
    arrived: 'Message arrived',
    keyWithdrawn: 'Key withdrawn',
    keyDeleted: 'Key deleted',
    keyStillHere: 'Key still exists until',
    opensUntil: 'Can be opened until',
    expired: 'Key expired',
    checked: 'What was checked',
    passed: 'yes',
    notChecked: 'What was not checked',
    open: 'no',
    nothingChecked: 'Nothing was checked.',
    nothingOpen: 'Nothing was left unchecked.',
    disk: 'If someone had this computer’s disk\u00a0…',
    technical: 'Technical details',
    renewBackup: 'Make a new backup key',
    compare: 'Compare codes',
    technicalRows: {
      code: 'Badge',
      id: 'Message',
      session: 'Session',
      modp: 'Group',
      cipher: 'Encryption',
      hash: 'Digest',
      signature: 'Signature',
      senderFingerprint: 'Key',
      writtenAt: 'Written',
      arrivedAt: 'Arrived',
      reason: 'Reason',
    },
  },

  contact: {
    heading: 'Contact',
    address: 'Address',
    keys: 'Safety codes',
    noKeys: 'No safety code is known yet.',
    trust: { unverified: 'Not verified', verified: 'Verified', changed: 'Changed', refused: 'Refused' },
    firstSeen: (when: string) => `first seen ${when}`,
    verifiedAt: (when: string) => `verified ${when}`,
    subscription: {
      none: 'Neither of you sees when the other is there.',
      to: 'You see when they are there. They do not see you.',
      from: 'They see when you are there. You do not see them.',
      both: 'You see when the other is there, both of you.',
    },
    doubt: {
      'mixed-scripts': () => 'This address mixes letters of several alphabets. It may not be who it looks like.',
      disguised: () => 'The letters of this address are not the Latin ones they look like.',
      'looks-like': (other: string) => `This address looks like ${other} and is another one.`,
    },
    petname: 'Your name for whoever has this code',
    petnameHint: 'Only you see it. It is shown before any other name.',
    save: 'Save',
    refresh: 'Check again',
    mute: 'Mute',
    unmute: 'Unmute',
    muteNote: 'No notification tells of a muted conversation. It is counted like any other.',
    remove: 'Remove contact',
    block: 'Block',
    unblock: 'Unblock',
    removeQuestion: (name: string) => `Remove ${name} from your contacts? Messages stay.`,
    blockQuestion: (name: string) => `Block ${name}? Nothing from this address will reach you.`,
  },

  keyChange: {
    changed: (name: string, when: string) => `${name}’s safety code changed ${when}.`,
    never: (name: string) => `${name}’s safety code is not the one used so far.`,
    why: 'This happens with a new computer or a new installation. It also happens when someone pretends to be them.',
    compare: 'Compare codes',
    useNew: 'Use the new code without comparing',
    useNewCost: 'They will be called not verified.',
    refuse: 'Refuse',
    notNow: 'Not now',
  },

  spoken: {
    heading: 'Spoken code',
    how: (name: string) => `Call ${name} and read it to each other.`,
    matches: 'It matches',
    differs: 'It does not match',
    differed: (name: string) => `The codes differ. Somebody may be between you and ${name}. Nothing was verified.`,
    reminder: (name: string) => `You and ${name} have not compared your codes yet.`,
    compareNow: 'Compare now',
    never: 'Do not remind me',
    none: 'A spoken code needs both of you here, in an encrypted session.',
  },

  compare: {
    heading: 'Compare codes',
    how: (name: string) =>
      `Read both codes to each other, in person or on a call with ${name}. All digits must be the same.`,
    theirs: (name: string) => `Code of ${name}`,
    yours: 'Your code',
    group: (number: number) => `Group ${number} matches`,
    matches: 'It matches',
    verified: (when: string) => `Verified ${when}.`,
    noKey: 'Their code is not known yet. It comes with the first message or when their key is fetched.',
  },

  account: {
    heading: 'My address and safety code',
    address: 'My address',
    code: 'My safety code',
    codeExplanation: 'Your contacts compare it with what their program shows for you.',
    codeImage: 'My safety code, for a camera',
    signOut: 'Sign out',
    signOutNote: 'Your away key is published first. Keys and messages stay on this computer.',
  },

  report: {
    heading: 'While you were away',
    away: (from: string, until: string) => `You were away from ${from} to ${until}.`,
    keys: (published: string, withdrawn: string) => `Away key published ${published}, withdrawn ${withdrawn}.`,
    notWithdrawn: (published: string) => `Away key published ${published}. It is not withdrawn yet.`,
    notPublished: 'No away key was published. Your backup key covered the time.',
    backup: (count: number) =>
      plural(count, {
        one: '1 message came with your backup key.',
        other: `${count} messages came with your backup key.`,
      }),
    nothing: 'Nothing arrived.',
    open: 'Away report',
  },

  notices: { heading: 'Notices', empty: 'Nothing to report.', show: 'Show', dismiss: 'Dismiss' },

  backlog: {
    label: 'Opening messages',
    known: (done: number, total: number) => `Opening messages that arrived while you were away, ${done} of ${total}.`,
    open: (done: number) => `Opening messages that arrived while you were away. Opened ${done} so far.`,
    started: 'Opening messages that arrived while you were away.',
    percent: (percent: number) => `${percent} % opened.`,
    finished: (opened: number, failed: number) => {
      const all = opened + failed;
      if (failed === 0) {
        return plural(all, { one: '1 message: 1 opened.', other: `${all} messages: ${all} opened.` });
      }
      return plural(all, {
        one: '1 message: it could not be opened.',
        other: `${all} messages: ${opened} opened, ${failed} could not be opened.`,
      });
    },
  },
};

export const words = inLanguage(english);
