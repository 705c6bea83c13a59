import type { Writable } from 'node:stream';
import { StoreError } from '../../stores/store-error.ts';
import type { HostLog } from '../host-log.ts';
import { USAGE } from './arguments.ts';
import { EXIT_CODES, StartError, type StartErrorCode } from './start-error.ts';

/** A mistake of our own at the start: sysexits' EX_SOFTWARE. */
const PROGRAM_ERROR = 70;

/** Says on standard error why the host does not start, without a path. @returns its exit code. */
export function explainStart(error: unknown, errors: Writable, log: HostLog): number {
  const reason = reasonOf(error);
  if (reason === undefined) {
    log('program-error', { error });
    return PROGRAM_ERROR;
  }
  errors.write(`nightlatch-headless: ${reason.sentence}\n`);
  if (reason.code === 'bad-arguments') errors.write(`${USAGE}\n`);
  return EXIT_CODES[reason.code];
}

function reasonOf(error: unknown): { readonly code: StartErrorCode; readonly sentence: string } | undefined {
  if (error instanceof StartError) return { code: error.code, sentence: error.message };
  if (error instanceof StoreError) {
    if (error.code === 'locked') return { code: 'locked', sentence: "The profile's keys cannot be opened." };
    return { code: 'disk-error', sentence: `The profile's store cannot be opened (${error.code}).` };
  }
  if (error instanceof Error && 'syscall' in error) {
    return { code: 'disk-error', sentence: 'The profile cannot be read or written.' };
  }
  return undefined;
}
