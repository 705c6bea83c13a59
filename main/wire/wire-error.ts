import { AppError } from '../base/errors.ts';

/** What can be wrong with XML or an address from outside. The list is closed. */
export type WireErrorCode =
  | 'not-well-formed' // no XML at all
  | 'forbidden-xml' // comment, processing instruction, DOCTYPE, entity: refused, never skipped (S-005)
  | 'too-large' // past a limit of profile 2.8 or S-103
  | 'bad-address' // no JID
  | 'bad-form' // a data form that breaks profile 2.3
  | 'bad-stanza'; // a stanza or payload that breaks its specification

/** Broken or hostile input found while reading XML. */
export class WireError extends AppError<WireErrorCode> {
  constructor(code: WireErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}
