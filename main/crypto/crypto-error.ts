import { AppError } from '../base/errors.ts';

/** What this layer can refuse. The list is closed. */
export type CryptoErrorCode =
  | 'bad-key' // no RSA key, or one outside the policy of profile 9
  | 'bad-passphrase' // an exported key does not open with it
  | 'bad-export' // no encrypted PKCS#8, or one with parameters past our limits
  | 'unfit-runtime' // its known answers are wrong, in something the program cannot do without
  | 'engine-failed'; // the thread that does modular powers died or answered with an error

/** Broken or hostile key material, or a failure of the machinery beneath. */
export class CryptoError extends AppError<CryptoErrorCode> {
  constructor(code: CryptoErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
