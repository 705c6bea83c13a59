/** The words of every badge (ux.md 3.4): on the badge itself, and the sentence of its tooltip. */
import type { Badge } from '../../preload/contract.ts';

/** What the words depend on; times already formatted for reading. */
export interface BadgeFacts {
  /** The contact's name. */
  readonly name: string;
  readonly isVerified: boolean;
  readonly isDelivered: boolean;
  readonly deletedAt?: string;
  readonly expiresAt?: string;
  /** Why a message is held, as a sentence. */
  readonly reason?: string;
}

interface BadgeWords {
  readonly words: (facts: BadgeFacts) => string;
  readonly tooltip: (facts: BadgeFacts) => string;
}

const neverCompared = (facts: BadgeFacts) => `${facts.name}’s code was never compared.`;
const codeState = (facts: BadgeFacts) =>
  facts.isVerified ? `${facts.name}’s code is verified.` : neverCompared(facts);
const until = (facts: BadgeFacts) => facts.expiresAt ?? 'its key ends';

export const badgeWords: Readonly<Record<Badge, BadgeWords>> = {
  I1: { words: () => 'Encrypted, verified', tooltip: (facts) => `Only you two can read this. ${codeState(facts)}` },
  I2: { words: () => 'Encrypted', tooltip: (facts) => `Only you two can read this. ${neverCompared(facts)}` },
  I3: {
    words: () => 'Encrypted while you were away, verified',
    tooltip: ({ deletedAt }) =>
      deletedAt === undefined
        ? 'Sealed for your away key, which is about to be deleted.'
        : `Sealed for your away key, deleted at ${deletedAt}.`,
  },
  I4: {
    words: () => 'Encrypted while you were away',
    tooltip: (facts) => `Sealed for your away key. ${neverCompared(facts)}`,
  },
  I5: {
    words: () => 'Encrypted with your backup key',
    tooltip: (facts) =>
      facts.deletedAt === undefined
        ? `The key for this message still exists until ${until(facts)}.`
        : `The key for this message was deleted at ${facts.deletedAt}.`,
  },
  I6: { words: () => 'Not encrypted', tooltip: () => 'Servers on the way could read this.' },
  I7: {
    words: () => 'Key changed',
    tooltip: ({ name }) => `${name}’s safety code is not the one on file. Text hidden.`,
  },
  I8: {
    words: () => 'Could not be opened: too late',
    tooltip: () => 'It arrived after its key expired. Nobody can open it.',
  },
  I9: {
    words: () => 'Could not be opened: meant for another computer',
    tooltip: () => 'It was sealed for a key this computer does not have.',
  },
  I10: {
    words: () => 'Could not be opened: key already deleted',
    tooltip: () => 'It arrived after its key was deleted.',
  },
  I11: { words: () => 'Refused: copy', tooltip: () => 'A second copy of a message you already have.' },
  I12: { words: () => 'Refused: altered', tooltip: () => 'It was changed on the way.' },
  I13: {
    words: () => 'Refused: sender not proven',
    tooltip: ({ name }) => `It claims to be from ${name}. The proof is wrong or missing.`,
  },
  I14: {
    words: () => 'Refused: protection too weak',
    tooltip: () => 'It asked for protection this program does not accept.',
  },
  I15: { words: () => 'Opening…', tooltip: () => 'This message is being opened.' },
  I16: {
    words: () => 'Could not be opened: program error',
    tooltip: () => 'This is our fault. The sealed message was kept.',
  },
  O1: {
    words: ({ isVerified }) => (isVerified ? 'Encrypted, verified' : 'Encrypted'),
    tooltip: (facts) => `Only you two can read this. ${codeState(facts)}`,
  },
  O2: {
    words: (facts) => (facts.isDelivered ? 'Delivered' : `Can be opened until ${until(facts)}`),
    tooltip: (facts) =>
      facts.isDelivered
        ? `Sealed for ${facts.name}’s away key, and opened. ${codeState(facts)}`
        : `Sealed for ${facts.name}’s away key. ${codeState(facts)}`,
  },
  O3: {
    words: (facts) =>
      facts.isDelivered ? 'Delivered (backup key)' : `Can be opened until ${until(facts)} (backup key)`,
    tooltip: ({ name }) => `Sealed for ${name}’s backup key, which exists longer than an away key.`,
  },
  O4: {
    words: () => 'Probably never opened',
    tooltip: (facts) => `Its key expired ${facts.expiresAt ?? 'since'}, and no receipt came.`,
  },
  O5: {
    words: () => 'Held on this computer',
    tooltip: ({ reason }) => `It goes when they can receive it. ${reason ?? ''}`.trim(),
  },
  O6: {
    words: () => 'Not sent: key changed',
    tooltip: ({ name }) => `${name}’s safety code is not the one on file. Decide first.`,
  },
  O7: { words: () => 'Not encrypted, you chose this', tooltip: () => 'Servers on the way can read this.' },
};

const kept = 'The text is kept here, encrypted. Who also opens your protected storage can read it.';

/** What someone with the disk of this computer could do about one message; by what its badge says happened. */
export const diskSentences = {
  live: `Its keys were used once and are gone: a sealed copy taken on the way stays closed. ${kept}`,
  deleted: `Its key is deleted from this computer: a sealed copy taken on the way stays closed. ${kept}`,
  keyHere:
    'Its key still exists here. Who also opens your protected storage could open a sealed copy taken on the way, ' +
    `until the key is deleted. ${kept}`,
  theirKey: `The key that opens the sealed copy is on the other computer. ${kept}`,
  clear: `On the way it could be read. ${kept}`,
  noText: 'There is no text of this message here.',
  sealedKept: 'The sealed message is kept here, encrypted once more, so that it can be tried again.',
  hidden: 'Its text is kept here, encrypted and hidden until you decide.',
  held: 'The text waits here, encrypted. Who also opens your protected storage can read it.',
};
