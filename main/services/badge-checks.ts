/** *What was checked* and *What was not checked* of a message's details (ux.md 3.4), in plain words. */
import { unreachable } from '../base/errors.ts';
import type { BadgeReader, BadgeView } from './badge-view.ts';
import { isOlder } from './badge-sentences.ts';
import type { OpenedFacts, SealedFacts, UnreadableFacts, UnreadableReason } from './message-facts.ts';
import { dayName, onDay, sinceWhen } from './reading-time.ts';

export interface Checks {
  readonly checked: readonly string[];
  readonly notChecked: readonly string[];
}

export function checksOf(view: BadgeView): Checks {
  const { facts, message, reader } = view;
  switch (facts.kind) {
    case 'opened':
      return openedChecks(facts, message.timeCertain, reader);
    case 'unreadable':
      return unreadableChecks(facts, reader);
    case 'pending':
      return { checked: [], notChecked: ['Nothing yet.'] };
    case 'clear':
      return message.direction === 'in' ? clearChecks(reader.name) : agreedChecks(facts.agreedAt, reader);
    case 'held':
      return { checked: ['It has not left this computer.'], notChecked: [] };
    case 'sealed':
      return sealedChecks(view, facts);
    default:
      return unreachable(facts);
  }
}

/** A line under *checked* if it holds, else its counterpart under *not checked*. */
interface Line {
  readonly holds: boolean;
  readonly checked?: string;
  readonly notChecked?: string;
}

function sorted(lines: readonly Line[]): Checks {
  const texts = { checked: [] as string[], notChecked: [] as string[] };
  for (const line of lines) {
    const name = line.holds ? 'checked' : 'notChecked';
    const text = line[name];
    if (text !== undefined) texts[name].push(text);
  }
  return texts;
}

function openedChecks(facts: OpenedFacts, timeCertain: boolean, reader: BadgeReader): Checks {
  const { name } = reader;
  return sorted([
    { holds: true, checked: 'Nobody changed it on the way.' },
    { holds: true, checked: 'It is no copy of a message you already have.' },
    ...senderLines(facts, reader),
    {
      holds: facts.confirmed,
      checked: `It says inside that ${name} wrote it, and to you.`,
      notChecked: `Whether ${name} meant it for you: the sender’s intent is not confirmed.`,
    },
    {
      holds: !facts.missingBefore,
      checked: 'No message of the same session before it is missing.',
      notChecked: 'What the missing messages before it said.',
    },
    {
      holds: timeCertain,
      checked: 'The sender’s time fits the life of the key.',
      notChecked: 'When it was written: the time shown is that of your server or this computer.',
    },
    { holds: !isOlder(facts.modp), notChecked: 'Whether someone with great means can break its older encryption.' },
    { holds: facts.session === 'live', notChecked: 'Whether someone read this computer while the key existed.' },
  ]);
}

function senderLines(facts: OpenedFacts, reader: BadgeReader): readonly Line[] {
  const { name, verifiedAt } = reader;
  const { senderKeySince: since, codeNewSince: newSince } = facts;
  if (facts.senderKey === 'changed') {
    return [
      { holds: true, checked: `It was signed with a key that is not the one on file for ${name}.` },
      { holds: false, notChecked: `Whether ${name} has a new code, or someone pretends to be ${name}.` },
    ];
  }
  const isVerified = facts.senderKey === 'verified';
  const lines: readonly (Line | false)[] = [
    { holds: true, checked: `It was signed with the key on file for ${name}.` },
    { holds: isVerified, checked: `${name}’s code is verified.`, notChecked: `${name}’s code was never compared.` },
    since !== undefined && {
      holds: true,
      checked: `It is the same key as before since ${dayName(new Date(since), reader)}.`,
    },
    newSince !== undefined && {
      holds: false,
      notChecked: `The code is new since ${dayName(new Date(newSince), reader)}.`,
    },
    !isVerified &&
      verifiedAt !== undefined && { holds: true, checked: `Verified afterwards, ${onDay(verifiedAt, reader)}.` },
  ];
  return lines.filter((line) => line !== false);
}

function unreadableChecks(facts: UnreadableFacts, reader: BadgeReader): Checks {
  const details: readonly (string | false)[] = [
    ...UNREADABLE[facts.reason],
    facts.firstAt !== undefined && `The first copy came ${sinceWhen(new Date(facts.firstAt), reader)}.`,
    facts.resource !== undefined && `It names the computer "${facts.resource}".`,
    facts.field !== undefined && `It asked for too little in: ${facts.field}.`,
    facts.smallestAccepted !== undefined && `The smallest accepted is ${facts.smallestAccepted}.`,
  ];
  return { checked: details.filter((line) => line !== false), notChecked: ['What it says.', 'Who wrote it.'] };
}

const UNREADABLE: Readonly<Record<UnreadableReason, readonly string[]>> = {
  expired: ['The key it was sealed for had expired when it was read.'],
  'other-device': ['This computer has and had no such key.'],
  'key-deleted': ['The key it was sealed for was deleted before it arrived.'],
  copy: ['It repeats what was received before.'],
  altered: ['Its integrity value is wrong. No text exists.'],
  'not-proven': ['Its proof of the sender was looked at, and it is wrong or missing.'],
  'too-weak': ['Its options were compared with what this program accepts.'],
  'program-error': ['The sealed message is kept and can be tried again.'],
};

function clearChecks(name: string): Checks {
  return { checked: [], notChecked: [`Whether ${name} wrote it.`, 'Whether someone read or changed it on the way.'] };
}

function agreedChecks(agreedAt: string | undefined, reader: BadgeReader): Checks {
  const checked = agreedAt === undefined ? [] : [`You agreed to it ${sinceWhen(new Date(agreedAt), reader)}.`];
  return { checked, notChecked: ['Whether someone read or changed it on the way.'] };
}

function sealedChecks({ badge, message, reader }: BadgeView, facts: SealedFacts): Checks {
  const { name, verifiedAt } = reader;
  const { state } = message;
  const isTaken = state === 'sent' || state === 'delivered' || state === 'probablyNeverOpened';
  return sorted([
    { holds: true, checked: 'It left this computer encrypted.' },
    { holds: true, checked: `Their key is signed with the key on file for ${name}.` },
    {
      holds: facts.recipientVerified,
      checked: `${name}’s code was verified.`,
      notChecked: `${name}’s code was never compared.`,
    },
    ...(facts.recipientVerified || verifiedAt === undefined
      ? []
      : [{ holds: true, checked: `Verified afterwards, ${onDay(verifiedAt, reader)}.` }]),
    ...(facts.fetchedAt === undefined
      ? []
      : [{ holds: true, checked: `Their key was asked for ${sinceWhen(new Date(facts.fetchedAt), reader)}.` }]),
    { holds: isTaken && badge !== 'O5', checked: 'Your server took it.', notChecked: 'Whether your server took it.' },
    {
      holds: state === 'delivered',
      checked: `${name}’s program confirmed that it opened it.`,
      notChecked: 'Whether it was opened.',
    },
  ]);
}
