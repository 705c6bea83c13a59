import { AppError } from '../../base/errors.ts';

/** Why the host does not start. The list is closed. */
export type StartErrorCode =
  | 'bad-arguments'
  | 'locked' // the profile's secret store cannot be opened, or the profile is another host's
  | 'disk-error'
  | 'profile-in-use';

/** The host cannot start; its message goes to standard error. */
export class StartError extends AppError<StartErrorCode> {
  constructor(code: StartErrorCode, sentence: string, options?: ErrorOptions) {
    super(code, sentence, options);
  }
}

/** Exit codes (docs/contract.md); 0 is a quit. */
export const EXIT_CODES: Readonly<Record<StartErrorCode, number>> = {
  'bad-arguments': 64,
  locked: 69,
  'disk-error': 74,
  'profile-in-use': 75,
};
