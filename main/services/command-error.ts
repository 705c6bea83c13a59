import { AppError } from '../base/errors.ts';
import { CertificateError, LinkError, type CertificateFault, type LinkErrorCode } from '../protocol/xmpp/link.ts';
import { StoreError } from '../stores/store-error.ts';

/** The codes a command can be answered with: the closed list of docs/contract.md. */
export type CommandErrorCode =
  | 'invalid-params'
  | 'bad-address'
  | 'too-long'
  | 'not-signed-in'
  | 'already-signed-in'
  | 'wrong-password'
  | 'server-not-found'
  | 'server-unreachable'
  | 'certificate'
  | 'unprotected-login'
  | 'server-unfit'
  | 'server-refused'
  | 'timed-out'
  | 'no-such-contact'
  | 'no-such-message'
  | 'no-such-key'
  | 'key-changed'
  | 'cannot-encrypt'
  | 'no-session'
  | 'locked'
  | 'store-full'
  | 'store-damaged'
  | 'suspended'
  | 'not-available'
  | 'internal';

/** A command that cannot be done, with a sentence for people. */
export class CommandError extends AppError<CommandErrorCode> {
  constructor(code: CommandErrorCode, sentence: string, options?: ErrorOptions) {
    super(code, sentence, options);
  }
}

/** What a failure of a lower layer means for whoever gave the command; anything unknown is `internal`. */
export function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof CertificateError) {
    const text = `This may not be the right server: its certificate is ${CERTIFICATE_FAULTS[error.fault]}. Nothing was sent.`;
    return new CommandError('certificate', text, { cause: error });
  }
  if (error instanceof LinkError) {
    const [code, sentence] = LINK_FAILURES[error.code];
    return new CommandError(code, sentence, { cause: error });
  }
  if (error instanceof StoreError) {
    const [code, sentence] = STORE_FAILURES[error.code];
    return new CommandError(code, sentence, { cause: error });
  }
  return new CommandError('internal', 'Something failed inside the program.', { cause: error });
}

/** What is wrong with the server's certificate, where that is what was in the way (E5). */
export function certificateFaultOf({ cause }: CommandError): CertificateFault | undefined {
  return cause instanceof CertificateError ? cause.fault : undefined;
}

const CERTIFICATE_FAULTS: Readonly<Record<CertificateFault, string>> = {
  expired: 'expired',
  'other-name': 'for another name',
  'self-made': 'self-made',
};

const LINK_FAILURES: Readonly<Record<LinkErrorCode, readonly [CommandErrorCode, string]>> = {
  'server-not-found': ['server-not-found', 'There is no chat server for this address. Check the part after @.'],
  'server-unreachable': ['server-unreachable', 'The server does not answer.'],
  certificate: ['certificate', 'This may not be the right server: its certificate is not good. Nothing was sent.'],
  'unprotected-login': ['unprotected-login', 'This server wants the password in a readable form. Nothing was sent.'],
  'wrong-password': ['wrong-password', 'Address or password is wrong.'],
  'server-refused': ['server-refused', 'The server refused.'],
  replaced: ['server-refused', 'This account was opened on another computer.'],
  'stanza-error': ['server-refused', 'The server refused.'],
  'timed-out': ['timed-out', 'The server did not answer in time.'],
  'not-connected': ['server-unreachable', 'You are offline.'],
  'not-acknowledged': ['server-unreachable', 'The connection broke.'],
  'bad-answer': ['server-refused', 'The server gave an answer that breaks the protocol.'],
};

const STORE_FAILURES: Readonly<Record<StoreError['code'], readonly [CommandErrorCode, string]>> = {
  locked: ['locked', 'Your keys are locked. Nothing is lost.'],
  'store-full': ['store-full', 'No room to store messages. Nothing was deleted.'],
  'store-damaged': ['store-damaged', 'Part of the stored data cannot be read.'],
  'disk-error': ['store-damaged', 'The disk failed. Nothing was deleted.'],
  'newer-version': ['store-damaged', 'This profile was written by a newer version of the program.'],
  'no-such-row': ['internal', 'Something failed inside the program.'],
};
