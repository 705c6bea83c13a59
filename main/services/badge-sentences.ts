/** The words of the badges (ux.md 3.4). Nothing here decides which badge it is. */
import { unreachable } from '../base/errors.ts';
import type { BadgeReader, BadgeView, KeyDates } from './badge-view.ts';
import type { BadgeFacts, HoldReason, OpenedFacts, SealedFacts, UnreadableReason } from './message-facts.ts';
import { dayAndTime, dayName, dayOnly, whenIn } from './reading-time.ts';

/** Best ordinary state: nothing at all is left open about sender, recipient, order or strength (S-195). */
export function isAtItsBest(facts: OpenedFacts): boolean {
  return facts.senderKey === 'verified' && facts.confirmed && !facts.missingBefore && !isOlder(facts.modp);
}

/** Group 5 (1536 bit) and below: only with "older encryption" switched on, and marked. */
export function isOlder(modp: number): boolean {
  return modp < 14;
}

/** What stands next to the icon. */
export function wordsOf({ badge, facts, message, reader }: BadgeView): string {
  if (facts.kind !== 'sealed') return WORDS[badge];
  if (message.state === 'delivered') return 'Delivered';
  if (badge === 'O1') return facts.recipientVerified ? 'Encrypted, verified' : 'Encrypted';
  const until = expiryOf(facts);
  if (until === undefined || (badge !== 'O2' && badge !== 'O3')) return WORDS[badge];
  const can = reader.now < until ? 'Can be opened until' : 'Could be opened until';
  return badge === 'O2' ? `${can} ${dayAndTime(until, reader)}` : `${can} ${dayOnly(until, reader)} (backup key)`;
}

/** One plain sentence or two: the tooltip, and the first line of the details. */
export function sentenceOf(view: BadgeView): string {
  const { facts, message, reader } = view;
  switch (facts.kind) {
    case 'opened':
      return openedSentence(facts, view.key, reader);
    case 'unreadable':
      return `${unreadableSentence(facts.reason, reader.name)}${foldedSentence(facts.folded)}`;
    case 'pending':
      return 'It is being opened.';
    case 'clear':
      return message.direction === 'in' ? clearSentence(facts, reader.name) : 'Servers on the way could read this.';
    case 'held':
      return message.state === 'waiting' ? 'Waiting for connection.' : heldSentence(facts.reason, reader.name);
    case 'sealed':
      return sealedSentence(view, facts);
    default:
      return unreachable(facts);
  }
}

const WORDS = {
  I1: 'Encrypted, verified',
  I2: 'Encrypted',
  I3: 'Encrypted while you were away, verified',
  I4: 'Encrypted while you were away',
  I5: 'Encrypted with your backup key',
  I6: 'Not encrypted',
  I7: 'Key changed',
  I8: 'Could not be opened: too late',
  I9: 'Could not be opened: meant for another computer',
  I10: 'Could not be opened: key already deleted',
  I11: 'Refused: copy',
  I12: 'Refused: altered',
  I13: 'Refused: sender not proven',
  I14: 'Refused: protection too weak',
  I15: 'Opening…',
  I16: 'Could not be opened: program error',
  O1: 'Encrypted',
  O2: 'Encrypted',
  O3: 'Encrypted (backup key)',
  O4: 'Probably never opened',
  O5: 'Held on this computer',
  O6: 'Not sent: key changed',
  O7: 'Not encrypted, you chose this',
} as const;

function openedSentence(facts: OpenedFacts, key: KeyDates | undefined, reader: BadgeReader): string {
  if (facts.senderKey === 'changed') return `${reader.name}’s safety code is not the one on file. Text hidden.`;
  return [...firstSentences(facts, key, reader), ...reservations(facts, reader)].join(' ');
}

function firstSentences(facts: OpenedFacts, key: KeyDates | undefined, reader: BadgeReader): readonly string[] {
  const code = codeSentence(facts, reader.name);
  if (facts.session === 'live') return ['Only you two can read this.', code];
  if (facts.session === 'backup') return [backupSentence(key, reader)];
  return isAtItsBest(facts) ? [awaySentence(key, reader)] : ['Sealed for your away key.', code];
}

function codeSentence(facts: OpenedFacts, name: string): string {
  return facts.senderKey === 'verified' ? `${name}’s code is verified.` : `${name}’s code was never compared.`;
}

function awaySentence(key: KeyDates | undefined, reader: BadgeReader): string {
  if (key === undefined) return 'Sealed for your away key.';
  const { deletedAt } = key;
  if (deletedAt === undefined) return 'Sealed for your away key, which is about to be deleted.';
  return `Sealed for your away key, deleted ${whenIn(deletedAt, reader)}.`;
}

function backupSentence(key: KeyDates | undefined, reader: BadgeReader): string {
  if (key?.deletedAt !== undefined) return `Sealed for your backup key, deleted ${whenIn(key.deletedAt, reader)}.`;
  if (key?.expiresAt === undefined) return 'Sealed for your backup key.';
  if (key.expiresAt <= reader.now) return 'Sealed for your backup key, which is about to be deleted.';
  return `The key for this message still exists until ${dayOnly(key.expiresAt, reader)}.`;
}

/** What keeps a message from being at its best, apart from a code never compared (S-028, H-3, R-294, H-18). */
function reservations(facts: OpenedFacts, reader: BadgeReader): readonly string[] {
  const { codeNewSince } = facts;
  const said: readonly (string | false)[] = [
    codeNewSince !== undefined && `The code is new since ${dayName(new Date(codeNewSince), reader)}.`,
    !facts.confirmed && `It is not confirmed that ${reader.name} meant it for you.`,
    facts.missingBefore && 'One or more messages before it are missing.',
    isOlder(facts.modp) && 'It uses older encryption.',
    !facts.kept && 'It is not kept: it is gone after a restart.',
  ];
  return said.filter((sentence) => sentence !== false);
}

function unreadableSentence(reason: UnreadableReason, name: string): string {
  switch (reason) {
    case 'expired':
      return 'It arrived after its key expired. Nobody can open it.';
    case 'other-device':
      return 'It was sealed for a key this computer does not have.';
    case 'key-deleted':
      return 'It arrived after its key was deleted.';
    case 'copy':
      return 'A second copy of a message you already have.';
    case 'altered':
      return 'It was changed on the way.';
    case 'not-proven':
      return `It claims to be from ${name}. The proof is wrong or missing.`;
    case 'too-weak':
      return 'It asked for protection this program does not accept.';
    case 'program-error':
      return 'This is our fault. The sealed message was kept.';
    default:
      return unreachable(reason);
  }
}

function foldedSentence(folded = 0): string {
  return folded === 0 ? '' : ` It stands for ${folded + 1} messages.`;
}

function clearSentence(facts: Extract<BadgeFacts, { kind: 'clear' }>, name: string): string {
  const first = 'Servers on the way could read this.';
  if (facts.othersEncrypted !== true) return first;
  return `${first} Others in this conversation were encrypted. Ask ${name} if this is from them.`;
}

/** Why it waits, and what releases it (O5: C5, C6, C7, C9, C11). */
function heldSentence(reason: HoldReason, name: string): string {
  switch (reason) {
    case 'no-key':
      return `${name} has no key published. It is sent when there is one.`;
    case 'key-expired':
      return `${name}’s key expired. It is sent when there is a new one.`;
    case 'not-allowed':
      return `You are not allowed to see ${name}’s key. It is sent when you are.`;
    case 'contact-online':
      return `${name} is here. It is sent when ${name} is away and can receive encrypted messages.`;
    case 'no-common-encryption':
      return `${name}’s program does not offer encryption this program accepts.`;
    case 'not-checked':
      return 'Could not check if they can receive. It is sent when their server answers.';
    case 'not-proven':
      return `The proof that the published key is ${name}’s is wrong or missing.`;
    case 'key-changed':
      return `${name}’s safety code is not the one on file. Nothing is sent until you decide.`;
    default:
      return unreachable(reason);
  }
}

function sealedSentence({ badge, message, reader }: BadgeView, facts: SealedFacts): string {
  if (badge === 'O4') return 'This message was probably never opened. Its key has expired.';
  if (badge === 'O5') return 'It came back and was not delivered. It is kept on this computer.';
  const code = facts.recipientVerified
    ? `${reader.name}’s code is verified.`
    : `${reader.name}’s code was never compared.`;
  const first = message.state === 'delivered' ? 'Delivered.' : whileUnderWay(facts, reader);
  const older = isOlder(facts.modp) ? ['It uses older encryption.'] : [];
  const notKept = facts.kept ? [] : ['It is not kept: it is gone after a restart.'];
  return [first, code, ...older, ...notKept].join(' ');
}

function whileUnderWay(facts: SealedFacts, reader: BadgeReader): string {
  const until = expiryOf(facts);
  if (facts.session === 'live' || until === undefined) return 'Only you two can read this.';
  const can = reader.now < until ? 'Can be opened until' : 'Could be opened until';
  if (facts.session === 'away') return `${can} ${dayAndTime(until, reader)}.`;
  return `${can} ${dayOnly(until, reader)}, with a backup key.`;
}

function expiryOf(facts: SealedFacts): Date | undefined {
  return facts.keyExpiresAt === undefined ? undefined : new Date(facts.keyExpiresAt);
}
