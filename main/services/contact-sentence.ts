/** The state of a contact as a code and one sentence (ux.md 3.3): a pure function of what is known now. */
import { dayAndTime, dayOnly, sinceWhen } from './reading-time.ts';
import type { Reader } from './reading-time.ts';

export type ContactState = 'C1' | 'C2' | 'C3' | 'C4' | 'C5' | 'C6' | 'C7' | 'C8' | 'C9' | 'C10' | 'C11';

/** Of what a session uses, or would use, that which has to be said before the first message (S-197). */
export interface Agreed {
  /** The group; 5 is older encryption (profile 9). */
  readonly modp: number;
  /** Neither side keeps the messages (H-18). */
  readonly otr: boolean;
}

/** What the last question about a contact gave. */
export type Reachability =
  /** Nothing is known yet: asked, or about to be. */
  | { readonly kind: 'unknown' }
  /** A live session is open or can be had. */
  | { readonly kind: 'live'; readonly chosen?: Agreed }
  | { readonly kind: 'ready'; readonly set: 'away' | 'backup'; readonly until: Date; readonly chosen?: Agreed }
  | { readonly kind: 'expired'; readonly expiredAt: Date }
  /**
   * `not-allowed` only where we do not receive the contact's presence (C7); `contact-online`: here, and no live
   * session can be had; `not-proven`: what is published is signed by nobody we accept.
   */
  | {
      readonly kind:
        | 'no-key'
        | 'not-allowed'
        | 'no-common-encryption'
        | 'contact-online'
        | 'not-proven'
        | 'not-checked'
        | 'key-changed';
    };

export interface ContactStanding {
  readonly reachability: Reachability;
  /** Whether the key in use was compared. */
  readonly isVerified: boolean;
  /** When a changed key was first seen that waits for a decision; wins over everything else. */
  readonly keyChangedAt?: Date;
}

export interface ContactSentence {
  readonly state: ContactState;
  readonly sentence: string;
  /** C3, C4: until when they can receive. */
  readonly until?: Date;
}

export function contactSentence(
  { reachability, isVerified, keyChangedAt }: ContactStanding,
  reader: Reader,
): ContactSentence {
  if (keyChangedAt !== undefined) return changed(` ${sinceWhen(keyChangedAt, reader)}`);
  switch (reachability.kind) {
    case 'unknown':
      return { state: 'C10', sentence: 'Checking if they can receive…' };
    case 'live':
      return withNotes(
        isVerified
          ? { state: 'C1', sentence: 'Here. Encrypted, verified.' }
          : { state: 'C2', sentence: 'Here. Encrypted, not verified.' },
        reachability.chosen,
      );
    case 'ready':
      return withNotes(ready(reachability, reader), reachability.chosen);
    case 'expired':
      return expired(reachability.expiredAt, reader);
    case 'key-changed':
      return changed('');
    default:
      return { state: CODES[reachability.kind], sentence: SENTENCES[reachability.kind] };
  }
}

/** What is out of the ordinary is said with the state, where it is read before a word is typed. */
function withNotes(standing: ContactSentence, chosen: Agreed | undefined): ContactSentence {
  const notes = [
    ...(chosen?.modp === 5 ? ['Older encryption.'] : []),
    ...(chosen?.otr === true ? ['Messages are not kept.'] : []),
  ];
  return { ...standing, sentence: [standing.sentence, ...notes].join(' ') };
}

type Plain = Exclude<Reachability['kind'], 'unknown' | 'live' | 'ready' | 'expired' | 'key-changed'>;

const CODES: Readonly<Record<Plain, ContactState>> = {
  'no-key': 'C6',
  'not-allowed': 'C7',
  'no-common-encryption': 'C9',
  'contact-online': 'C9',
  'not-proven': 'C9',
  'not-checked': 'C11',
};

const SENTENCES: Readonly<Record<Plain, string>> = {
  'no-key': 'Away. No key published.',
  'not-allowed': 'Away. You are not allowed to see their key. Ask to be a contact.',
  'no-common-encryption': 'Their program does not offer encryption this program accepts.',
  'contact-online': 'Here. Encrypted messages reach them only while they are away.',
  'not-proven': 'The proof that the published key is theirs is wrong or missing.',
  'not-checked': 'Could not check: their server did not answer.',
};

/** What was asked for may have expired since. */
function ready({ set, until }: Extract<Reachability, { kind: 'ready' }>, reader: Reader): ContactSentence {
  if (until <= reader.now) return expired(until, reader);
  return set === 'away'
    ? { state: 'C3', sentence: `Away. Can receive encrypted messages until ${dayAndTime(until, reader)}.`, until }
    : { state: 'C4', sentence: `Away. Can receive with a backup key until ${dayOnly(until, reader)}.`, until };
}

function expired(expiredAt: Date, reader: Reader): ContactSentence {
  return { state: 'C5', sentence: `Away. Their key expired ${sinceWhen(expiredAt, reader)}.` };
}

function changed(when: string): ContactSentence {
  return { state: 'C8', sentence: `Their safety code changed${when}.` };
}
