import { AppError } from '../../base/errors.ts';

/** What an encrypted session can refuse besides its ordinary outcomes. The list is closed. */
export type ESessionErrorCode =
  | 'bad-key' // a key value that is not canonical (profile 4.1)
  | 'bad-options' // a published form that breaks profile 2.3, 2.8 or 3.2
  | 'bad-form' // a response form that breaks profile 2.3, 2.8 or 3.5
  | 'bad-identity' // the plain text of an identity that breaks profile 2.6
  | 'bad-c' // a `<c/>` that breaks profile 5
  | 'exhausted' // the key has no blocks left (profile 2.4)
  | 'spent'; // a session value that was used before or wiped: its counter or keys must not serve again

/** Broken or hostile input to an encrypted session, or a session that must not be used any more. */
export class ESessionError extends AppError<ESessionErrorCode> {
  constructor(code: ESessionErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
