/**
 * How a message's badge looks (ux.md 3.4): one pure function from its code and details, which the messenger computed.
 * Bubble, tooltip, details panel and spoken sentence take its result, so that there is no second source.
 */
import type { Badge, Message } from '../../preload/contract.ts';
import { badgeWords, diskSentences, type BadgeFacts } from './catalogue-badges.ts';
import { dayAndTime, dayOnly } from './format.ts';
import type { IconName } from './icons.ts';

export type Tone = 'good' | 'info' | 'caution' | 'bad' | 'quiet';

export interface BadgeFace {
  readonly code: Badge;
  readonly icon: IconName;
  readonly tone: Tone;
  readonly words: string;
  readonly tooltip: string;
  /** The best ordinary state: its words stand at the first message of a group only (ux.md 3.4 rule 3). */
  readonly isOrdinary: boolean;
}

const looks: Readonly<Record<Badge, readonly [IconName, Tone]>> = {
  I1: ['lock-tick', 'good'],
  I2: ['lock', 'info'],
  I3: ['moon-lock-tick', 'good'],
  I4: ['moon-lock', 'info'],
  I5: ['hourglass-lock', 'caution'],
  I6: ['open-lock', 'caution'],
  I7: ['two-keys', 'bad'],
  I8: ['torn-envelope', 'quiet'],
  I9: ['torn-envelope', 'quiet'],
  I10: ['torn-envelope', 'quiet'],
  I11: ['stop-hand', 'quiet'],
  I12: ['stop-hand', 'bad'],
  I13: ['stop-hand', 'bad'],
  I14: ['stop-hand', 'caution'],
  I15: ['clock', 'quiet'],
  I16: ['torn-envelope', 'bad'],
  O1: ['lock', 'info'],
  O2: ['moon-lock', 'info'],
  O3: ['hourglass-lock', 'caution'],
  O4: ['torn-envelope', 'caution'],
  O5: ['paused-tray', 'quiet'],
  O6: ['two-keys', 'bad'],
  O7: ['open-lock', 'caution'],
};

/** Looks of our own messages to a contact whose code was compared. */
const verifiedLooks: Partial<Record<Badge, readonly [IconName, Tone]>> = {
  O1: ['lock-tick', 'good'],
  O2: ['moon-lock-tick', 'good'],
};

export function badgeOf(message: Message, now = new Date()): BadgeFace {
  const facts = factsOf(message, now);
  const code = message.badge;
  const [icon, tone] = (facts.isVerified ? verifiedLooks[code] : undefined) ?? looks[code];
  const isOrdinary = code === 'I1' || (code === 'O1' && facts.isVerified);
  return { code, icon, tone, words: badgeWords[code](facts), tooltip: message.details.sentence, isOrdinary };
}

/** What someone with this computer's disk could do about the message. */
export function diskSentenceOf({ badge, text, direction, details }: Message): string {
  if (badge === 'O5') return diskSentences.held;
  if (badge === 'I7') return diskSentences.hidden;
  if (badge === 'I15' || badge === 'I16') return diskSentences.sealedKept;
  if (text === null) return diskSentences.noText;
  if (details.session === 'none') return diskSentences.clear;
  if (details.session === 'live') return diskSentences.live;
  if (direction === 'out') return diskSentences.theirKey;
  return details.keyDeletedAt === undefined ? diskSentences.keyHere : diskSentences.deleted;
}

/** States whose last line in the list gets a word of its own (ux.md 3.2). */
export function isNotOpened(badge: Badge): boolean {
  return ['I8', 'I9', 'I10', 'I12', 'I13', 'I14', 'I16'].includes(badge);
}

function factsOf({ details, state }: Message, now: Date): BadgeFacts {
  const { keyExpiresAt: expiry, senderVerified } = details;
  const isOver = expiry !== undefined && Date.parse(expiry) <= now.getTime();
  return {
    isVerified: senderVerified,
    isDelivered: state === 'delivered',
    ...(expiry !== undefined && { until: { day: dayOnly(expiry, now), dayAndTime: dayAndTime(expiry, now), isOver } }),
  };
}
