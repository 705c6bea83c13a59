/**
 * The words of every badge (ux.md 3.4). Its sentence, in the tooltip and at the head of the details, comes with the
 * message: the messenger computes it from the recorded facts, and there is no second source.
 */
import type { Badge } from '../../preload/contract.ts';
import { inLanguage } from './language.ts';

/** What the words depend on. */
export interface BadgeFacts {
  readonly isVerified: boolean;
  readonly isDelivered: boolean;
  /** Until when our message can be opened, formatted for reading, and whether that is over. */
  readonly until?: { readonly day: string; readonly dayAndTime: string; readonly isOver: boolean };
}

/** What stands next to the icon. */
export const badgeWords: Readonly<Record<Badge, (facts: BadgeFacts) => string>> = inLanguage({
  I1: () => 'Encrypted, verified',
  I2: () => 'Encrypted',
  I3: () => 'Encrypted while you were away, verified',
  I4: () => 'Encrypted while you were away',
  I5: () => 'Encrypted with your backup key',
  I6: () => 'Not encrypted',
  I7: () => 'Key changed',
  I8: () => 'Could not be opened: too late',
  I9: () => 'Could not be opened: meant for another computer',
  I10: () => 'Could not be opened: key already deleted',
  I11: () => 'Refused: copy',
  I12: () => 'Refused: altered',
  I13: () => 'Refused: sender not proven',
  I14: () => 'Refused: protection too weak',
  I15: () => 'Opening…',
  I16: () => 'Could not be opened: program error',
  O1: ({ isVerified }: BadgeFacts) => (isVerified ? 'Encrypted, verified' : 'Encrypted'),
  O2: ({ isDelivered, until }: BadgeFacts) => {
    if (isDelivered) return 'Delivered';
    if (until === undefined) return 'Encrypted';
    return until.isOver ? `Could be opened until ${until.dayAndTime}` : `Can be opened until ${until.dayAndTime}`;
  },
  O3: ({ isDelivered, until }: BadgeFacts) => {
    if (isDelivered) return 'Delivered';
    if (until === undefined) return 'Encrypted (backup key)';
    return until.isOver
      ? `Could be opened until ${until.day} (backup key)`
      : `Can be opened until ${until.day} (backup key)`;
  },
  O4: () => 'Probably never opened',
  O5: () => 'Held on this computer',
  O6: () => 'Not sent: key changed',
  O7: () => 'Not encrypted, you chose this',
});

const kept = 'The text is kept here, encrypted. Who also opens your protected storage can read it.';

/** What someone with the disk of this computer could do about one message; by what its badge says happened. */
export const diskSentences = inLanguage({
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
});
