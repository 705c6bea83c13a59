/** The own state in one line (ux.md 3.2): a pure function of what is known about the account and its two keys. */
import { SECOND_MS } from '../base/time.ts';
import { dayAndTime, dayOnly } from './reading-time.ts';
import type { Reader } from './reading-time.ts';

export type LeavingStatus = 'S1' | 'S2' | 'S3' | 'S4' | 'S5' | 'S6' | 'S7' | 'S8' | 'S9' | 'S10';

/** One of our two published keys, as it stands now. */
export interface OwnKeyStanding {
  /** `publishing` also for a publish without an answer, `withdrawn` also while draining. */
  readonly state: 'publishing' | 'published' | 'withdrawn' | 'failed';
  readonly withdrawnAt?: Date;
  /** Its private values are gone. */
  readonly deletedAt?: Date;
  readonly expiresAt: Date;
}

export interface LeavingStanding {
  readonly account: 'signedOut' | 'connecting' | 'online' | 'offline';
  /** False: nothing protects keys here, so none are made (S-062). */
  readonly hasProtectedStorage: boolean;
  /** We are leaving at this moment: the answer to the publish is awaited. */
  readonly isPublishing: boolean;
  /** We left, or signed out, on purpose: the program does not try to come back by itself. */
  readonly hasLeft: boolean;
  /** The next attempt to connect; only while the connection is lost. */
  readonly retryAt?: Date;
  /** The last withdrawal did not take the key off the server (L-032). */
  readonly withdrawFailed: boolean;
  /** Waiting messages are being opened. */
  readonly backlog?: { readonly done: number; readonly total?: number };
  readonly awayKey?: OwnKeyStanding;
  readonly backupKey?: OwnKeyStanding;
}

export interface Status {
  readonly status: LeavingStatus;
  readonly text: string;
}

export function statusOf(standing: LeavingStanding, reader: Reader): Status {
  if (!standing.hasProtectedStorage) {
    return { status: 'S10', text: 'Away keys are off. This computer has no protected storage.' };
  }
  if (standing.isPublishing) return { status: 'S3', text: 'Publishing your away key…' };
  if (standing.account === 'online') return onlineStatus(standing, reader);
  return standing.hasLeft ? leftStatus(standing, reader) : lostStatus(standing.retryAt, reader);
}

function onlineStatus({ withdrawFailed, backlog, awayKey, backupKey }: LeavingStanding, reader: Reader): Status {
  if (withdrawFailed) {
    return { status: 'S7', text: 'Your old away key could not be withdrawn. Retrying.' };
  }
  if (backlog !== undefined) return { status: 'S9', text: openingText(backlog) };
  const withdrawnAt = awayKey?.deletedAt === undefined ? awayKey?.withdrawnAt : undefined;
  if (withdrawnAt !== undefined) {
    return { status: 'S1', text: `Online. Away key withdrawn ${dayAndTime(withdrawnAt, reader)}.` };
  }
  if (isOut(backupKey, reader)) {
    return { status: 'S2', text: `Online. Backup key ready until ${dayOnly(backupKey.expiresAt, reader)}.` };
  }
  return NOT_READY;
}

function leftStatus({ awayKey, backupKey }: LeavingStanding, reader: Reader): Status {
  if (awayKey?.state === 'published' && isOut(awayKey, reader)) {
    return { status: 'S4', text: `Ready to leave. Away key until ${dayAndTime(awayKey.expiresAt, reader)}.` };
  }
  if (!isOut(backupKey, reader)) return NOT_READY;
  const until = `Backup key until ${dayOnly(backupKey.expiresAt, reader)}.`;
  return { status: 'S5', text: `${awayFailure(awayKey, reader)} ${until}` };
}

function awayFailure(awayKey: OwnKeyStanding | undefined, reader: Reader): string {
  if (awayKey?.state === 'publishing') return 'No answer from your server about your away key.';
  const hasExpired = awayKey?.state === 'published' && awayKey.expiresAt <= reader.now;
  return hasExpired ? 'Your away key has expired.' : 'Away key could not be published.';
}

function lostStatus(retryAt: Date | undefined, reader: Reader): Status {
  const seconds = retryAt === undefined ? 0 : Math.ceil((retryAt.getTime() - reader.now.getTime()) / SECOND_MS);
  return { status: 'S8', text: seconds > 0 ? `Offline. Trying again in ${seconds} s.` : 'Offline. Trying again now.' };
}

function openingText({ done, total }: { readonly done: number; readonly total?: number }): string {
  const counted = total === undefined ? `${done} so far` : `${done} of ${total}`;
  return `Opening messages that arrived while you were away, ${counted}.`;
}

/** A publish without an answer counts as published (H-25), for the key that covers an unclean stop. */
function isOut(key: OwnKeyStanding | undefined, reader: Reader): key is OwnKeyStanding {
  if (key === undefined || (key.state !== 'published' && key.state !== 'publishing')) return false;
  return key.deletedAt === undefined && key.expiresAt > reader.now;
}

const NOT_READY: Status = { status: 'S6', text: 'Not ready to leave. Nobody could write to you encrypted.' };
