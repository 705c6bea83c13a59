import { AppError } from '../base/errors.ts';

/** What can be wrong with what is at rest. The list is closed. */
export type StoreErrorCode =
  | 'locked' // the secret store does not give the key out, or the keys asked for are closed
  | 'store-full' // no space left; nothing was changed (L-021)
  | 'store-damaged' // it does not open: altered, cut, put back to an older state, or not ours (S-073, L-023)
  | 'disk-error' // the disk or its permissions: read-only, input/output error, directory gone (L-022)
  | 'newer-version' // written by a newer program; nothing was touched (L-072)
  | 'no-such-row'; // an update or a look-up of something that is not there

/** A failure of the store, of the disk beneath it or of the secret store. */
export class StoreError extends AppError<StoreErrorCode> {
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
