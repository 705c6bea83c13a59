/**
 * The one base class of errors that other code may act on. Each layer derives its own with a closed union of codes;
 * nobody matches on the message, and the message carries no secret, stanza or path.
 */
export abstract class AppError<Code extends string = string> extends Error {
  readonly code: Code;

  /**
   * @param code - One of the deriving class's closed list.
   * @param message - One sentence for a log or a developer; people are shown a text chosen by code.
   * @param options - `cause` keeps the original error.
   */
  protected constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Switch exhaustiveness: the compiler refuses a call that can be reached. @throws TypeError always. */
export function unreachable(value: never): never {
  throw new TypeError(`unexpected case: ${String(value)}`);
}
