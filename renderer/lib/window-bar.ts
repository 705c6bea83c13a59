/** The window of time in which a message could be opened: three ticks and their words (ux.md 3.4, details 2). */
import type { Instant, Message } from '../../preload/contract.ts';
import { words } from './catalogue.ts';
import { exactlyWhen } from './format.ts';

export interface WindowTick {
  readonly label: string;
  readonly when: string;
  /** 0 to 100 along the bar; ticks never touch. */
  readonly position: number;
  /** `event` is the message itself, `open` an end that has not come yet. */
  readonly kind: 'key' | 'event' | 'open';
}

/** In hundredths of the bar. */
export interface WindowSpan {
  readonly from: number;
  readonly to: number;
  /** Its end has not come yet. */
  readonly isOpen: boolean;
}

type Moment = readonly [label: string, instant: Instant | undefined, kind: WindowTick['kind']];

const LEAST_GAP = 12;

/** @returns ticks in the order of time; none for a message without a key of its own. */
export function windowBarOf(message: Message, now = new Date()): readonly WindowTick[] {
  const { session } = message.details;
  if (session !== 'away' && session !== 'backup') return [];
  const moments = message.direction === 'in' ? incoming(message) : outgoing(message, now);
  const known = moments.filter((moment): moment is [string, Instant, WindowTick['kind']] => moment[1] !== undefined);
  known.sort(([, one], [, other]) => secondOf(one) - secondOf(other));
  const positions = spread(known.map(([, instant]) => secondOf(instant)));
  return known.map(([label, instant, kind], index) => {
    return { label, when: exactlyWhen(instant, now), position: positions[index] ?? 0, kind };
  });
}

/** @returns the stretch to be drawn: the life of the key, or from the message on where nobody here knows when the key was made. */
export function spanOf(ticks: readonly WindowTick[]): WindowSpan {
  const ends = ticks.filter(({ kind }) => kind !== 'event');
  const first = ends.length > 1 ? ends[0] : ticks[0];
  const last = ends.at(-1);
  return { from: first?.position ?? 0, to: last?.position ?? 100, isOpen: last?.kind === 'open' };
}

function incoming({ writtenAt, details }: Message): readonly Moment[] {
  const { keyCreatedAt, keyWithdrawnAt, keyDeletedAt, keyExpiresAt } = details;
  const end: Moment =
    keyDeletedAt === undefined
      ? [words.details.keyStillHere, keyExpiresAt, 'open']
      : [words.details.keyDeleted, keyDeletedAt, 'key'];
  return [
    [words.details.keyMade, keyCreatedAt, 'key'],
    [words.details.written, writtenAt, 'event'],
    [words.details.keyWithdrawn, keyWithdrawnAt, 'key'],
    end,
  ];
}

function outgoing({ writtenAt, details }: Message, now: Date): readonly Moment[] {
  const { keyCreatedAt, keyExpiresAt } = details;
  const isOver = keyExpiresAt !== undefined && Date.parse(keyExpiresAt) <= now.getTime();
  return [
    [words.details.keyMade, keyCreatedAt, 'key'],
    [words.details.written, writtenAt, 'event'],
    [isOver ? words.details.expired : words.details.opensUntil, keyExpiresAt, isOver ? 'key' : 'open'],
  ];
}

/** A message carries whole seconds: within one second the moments keep the order in which they are named above. */
function secondOf(instant: Instant): number {
  return Math.floor(Date.parse(instant) / 1000);
}

/** Places times along the bar in proportion, moved apart where they would touch. */
function spread(times: readonly number[]): readonly number[] {
  const first = times[0] ?? 0;
  const length = Math.max((times.at(-1) ?? 0) - first, 1);
  const free = 100 - LEAST_GAP * Math.max(times.length - 1, 0);
  return times.map((time, index) => ((time - first) / length) * free + LEAST_GAP * index);
}
