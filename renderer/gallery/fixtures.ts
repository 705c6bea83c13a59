/** People, messages and keys of the gallery; all made up, all on one Sunday in November. */
import {
  INCOMING_BADGES,
  OUTGOING_BADGES,
  type Badge,
  type Contact,
  type ContactState,
  type Details,
  type Leaving,
  type LeavingStatus,
  type Message,
  type PublishedKey,
} from '../../preload/contract.ts';

const day = new Date();
day.setHours(0, 0, 0, 0);

/** A time of day, so many days from today, as the contract writes it. */
export function at(time: string, days = 0): string {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const date = new Date(day);
  date.setDate(date.getDate() + days);
  date.setHours(hours, minutes);
  return date.toISOString();
}

const FINGERPRINT = '5d1e0b7c94a2f3688810c7be41d9aa02e7f6530cb8d2491fa6c07e35d4b8192f';
export const SAFETY_CODE = '30164 88120 57391 02846 71935 66208 14977 53062 89410 27753 60318 94425';

/** What every message in the gallery has; a badge adds its own. */
const plain: Details = {
  session: 'away',
  sentence: '',
  checked: [
    'Nobody changed it on the way.',
    'It is no copy of a message you already have.',
    'It was signed with the key on file for Bob.',
    'It says inside that Bob wrote it, and to you.',
  ],
  notChecked: ['Bob’s code was never compared.', 'Whether someone read this computer while the key existed.'],
  modp: 15,
  cipher: 'aes128-ctr',
  hash: 'sha256',
  signature: 'rsa',
  senderFingerprint: FINGERPRINT,
  senderVerified: false,
  senderConfirmed: true,
  missingBefore: false,
  keyCreatedAt: at('18:02', -1),
  keyWithdrawnAt: at('08:01'),
  keyExpiresAt: at('18:02', 2),
};

const NEVER_COMPARED = 'Bob’s code was never compared.';

/** The same, of a contact whose code was compared. */
export function verified(details: Details): Details {
  const { checked, notChecked } = details;
  if (!notChecked.includes(NEVER_COMPARED)) return { ...details, senderVerified: true };
  return {
    ...details,
    senderVerified: true,
    checked: [...checked, 'Bob’s code is verified.'],
    notChecked: notChecked.filter((line) => line !== NEVER_COMPARED),
  };
}

/** What is known of one's own message. */
const sealed: Partial<Details> = {
  checked: [
    'It left this computer encrypted.',
    'Their key is signed with the key on file for Bob.',
    'Your server took it.',
  ],
  notChecked: ['Bob’s code was never compared.', 'Whether it was opened.'],
};
const unsent: Partial<Details> = { session: 'none', checked: ['It has not left this computer.'], notChecked: [] };

const texts: Partial<Record<Badge, string>> = {
  I1: 'The build is green again. Shall I tag it?',
  I2: 'Yes, do. I will write the notes meanwhile.',
  I3: 'Left the drawings on the table. The second sheet has the new hinge; measure the old one before you order.',
  I4: 'The train is late, so I will be there by nine.',
  I5: 'Your computer seems to have stopped in the night. Nothing urgent.',
  I6: 'Can you resend that in clear? My program cannot read it.',
  O1: 'Tagged and pushed.',
  O2: 'When you are back: the contract is signed. I left the scan with the front desk under your name.',
  O3: 'Happy birthday for Tuesday!',
  O4: 'Are you coming on Friday?',
  O5: 'I will hold this until your program has a key.',
  O6: 'Did you get a new computer?',
  O7: 'Test, in clear, as you asked.',
};

/** As the messenger says them. */
const sentencesOfBadges: Readonly<Record<Badge, string>> = {
  I1: 'Only you two can read this. Bob’s code is verified.',
  I2: 'Only you two can read this. Bob’s code was never compared.',
  I3: 'Sealed for your away key, deleted at 11:07.',
  I4: 'Sealed for your away key. Bob’s code was never compared.',
  I5: 'The key for this message still exists until 29 Nov.',
  I6: 'Servers on the way could read this. Others in this conversation were encrypted. Ask Bob if this is from them.',
  I7: 'Bob’s safety code is not the one on file. Text hidden.',
  I8: 'It arrived after its key expired. Nobody can open it.',
  I9: 'It was sealed for a key this computer does not have.',
  I10: 'It arrived after its key was deleted.',
  I11: 'A second copy of a message you already have.',
  I12: 'It was changed on the way.',
  I13: 'It claims to be from Bob. The proof is wrong or missing.',
  I14: 'It asked for protection this program does not accept.',
  I15: 'It is being opened.',
  I16: 'This is our fault. The sealed message was kept.',
  O1: 'Only you two can read this. Bob’s code is verified.',
  O2: 'Can be opened until Tue 18:02. Bob’s code was never compared.',
  O3: 'Can be opened until 3 Dec, with a backup key. Bob’s code was never compared.',
  O4: 'This message was probably never opened. Its key has expired.',
  O5: 'Bob has no key published. It is sent when there is one.',
  O6: 'Bob’s safety code is not the one on file. Nothing is sent until you decide.',
  O7: 'Servers on the way could read this.',
};

const extras: Partial<Record<Badge, Partial<Details>>> = {
  I1: { session: 'live', senderVerified: true },
  I2: { session: 'live' },
  I3: { senderVerified: true, keyWithdrawnAt: at('11:01'), keyDeletedAt: at('11:07') },
  I4: { keyWithdrawnAt: at('11:01'), keyDeletedAt: at('11:07') },
  I5: { session: 'backup', keyExpiresAt: at('09:00', 7) },
  I6: { session: 'none', checked: [], notChecked: ['Who wrote it.', 'Whether it was changed on the way.'] },
  I8: { reason: 'expired', checked: [] },
  I12: { reason: 'altered', checked: [] },
  O1: { session: 'live', senderVerified: true },
  O3: { session: 'backup', keyExpiresAt: at('10:00', 11) },
  O5: { ...unsent, reason: 'no-key' },
  O6: unsent,
  O7: {
    session: 'none',
    checked: ['You agreed to it today 10:34.'],
    notChecked: ['Whether someone read or changed it on the way.'],
  },
};

const states: Partial<Record<Badge, Message['state']>> = {
  O1: 'delivered',
  O2: 'sent',
  O3: 'sent',
  O4: 'probablyNeverOpened',
  O5: 'held',
  O6: 'held',
  O7: 'sent',
};

/** One message of each badge, in the order of the contract. */
export function everyBadge(address: string): readonly Message[] {
  return [...INCOMING_BADGES, ...OUTGOING_BADGES].map((badge, index) => {
    const minutes = String((index * 7) % 60).padStart(2, '0');
    return messageOf(address, badge, at(`${8 + Math.floor((index * 7) / 60)}:${minutes}`));
  });
}

/** `Reading Room` of `reading.room@example.org`. */
function nameOf(address: string): string {
  const words = address.replace(/@.*/, '').split('.');
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ');
}

export function messageOf(address: string, badge: Badge, writtenAt: string, more: Partial<Message> = {}): Message {
  const direction = badge.startsWith('I') ? 'in' : 'out';
  const state = states[badge];
  const arrived = direction === 'in' && badge === 'I4' ? { arrivedAt: at('11:40') } : {};
  return {
    id: `${address}-${badge}-${writtenAt}`,
    with: address,
    direction,
    text: texts[badge] ?? null,
    writtenAt,
    ...arrived,
    timeCertain: badge !== 'I6',
    badge,
    ...(state !== undefined && { state }),
    details: (extras[badge]?.senderVerified === true ? verified : (given: Details) => given)({
      ...plain,
      ...(direction === 'out' && sealed),
      sentence: sentencesOfBadges[badge].replaceAll('Bob', nameOf(address)),
      ...extras[badge],
    }),
    ...more,
  };
}

const sentences: Readonly<Record<ContactState, string>> = {
  C1: 'Here. Encrypted, verified.',
  C2: 'Here. Encrypted, not verified.',
  C3: 'Away. Can receive encrypted messages until Tue 14:30.',
  C4: 'Away. Can receive with a backup key until 3 Dec.',
  C5: 'Away. Their key expired on Mon 09:10.',
  C6: 'Away. No key published.',
  C7: 'Away. You are not allowed to see their key. Ask to be a contact.',
  C8: 'Their safety code changed today 10:02.',
  C9: 'Here, but no encrypted live session can be had with their program.',
  C10: 'Checking if they can receive…',
  C11: 'Could not check: their server did not answer.',
};

export function contactOf(name: string, state: ContactState, more: Partial<Contact> = {}): Contact {
  const presence = state === 'C1' || state === 'C2' || state === 'C9' ? 'here' : 'away';
  return {
    address: `${name.toLowerCase().replaceAll(' ', '.')}@example.org`,
    name,
    subscription: 'both',
    presence,
    blocked: false,
    state,
    sentence: sentences[state],
    key: { fingerprint: FINGERPRINT, trust: state === 'C8' ? 'changed' : state === 'C1' ? 'verified' : 'unverified' },
    ...more,
  };
}

const awayKey: PublishedKey = {
  id: 'a1',
  state: 'withdrawn',
  createdAt: at('18:01', -1),
  publishedAt: at('18:02', -1),
  withdrawnAt: at('08:01'),
  deletedAt: at('08:07'),
  expiresAt: at('18:02', 2),
  confirmed: true,
  received: 12,
};
const backupKey: PublishedKey = {
  id: 'b1',
  state: 'published',
  createdAt: at('08:01'),
  publishedAt: at('08:01'),
  expiresAt: at('08:01', 7),
  confirmed: true,
  received: 1,
};

const statusTexts: Readonly<Record<LeavingStatus, string>> = {
  S1: 'Online. Away key withdrawn 08:01.',
  S2: 'Online. Backup key ready until 29 Nov.',
  S3: 'Publishing your away key…',
  S4: 'Ready to leave. Away key until Wed 18:00.',
  S5: 'Away key could not be published. Backup key until 29 Nov.',
  S6: 'Not ready to leave. Nobody could write to you encrypted.',
  S7: 'Your old away key could not be withdrawn. Retrying.',
  S8: 'Offline. Trying again in 20 s.',
  S9: 'Opening messages that arrived while you were away, 42 of 120.',
  S10: 'Away keys are off. This computer has no protected storage.',
};

/** How the away key stands in each own state, where it is not withdrawn and gone. */
const awayKeys: Partial<Record<LeavingStatus, Partial<PublishedKey>>> = {
  S3: { state: 'publishing', confirmed: false },
  S4: { state: 'published' },
  S5: { state: 'failed', confirmed: false, reason: 'server-refused' },
  S7: { state: 'published', received: 12 },
};

/** A key as it is made for leaving: not withdrawn, nothing received. */
function keyOfToday(): PublishedKey {
  const { withdrawnAt: _withdrawn, deletedAt: _deleted, ...key } = awayKey;
  return { ...key, createdAt: at('17:58'), publishedAt: at('18:00'), expiresAt: at('18:00', 3), received: 0 };
}

export function leavingOf(status: LeavingStatus): Leaving {
  const standing = awayKeys[status];
  return {
    status,
    text: statusTexts[status],
    ...(status !== 'S10' && { awayKey: standing === undefined ? awayKey : { ...keyOfToday(), ...standing } }),
    ...(status !== 'S6' && status !== 'S10' && { backupKey }),
    policy: { awayKeyDays: 3, backupKeyDays: 7, whoMayWrite: 'contacts' },
  };
}
