/** What happened, what it means for the messages, what to do: by code (ux.md 3.9). */
import type { Account, AlertCode } from '../../preload/contract.ts';
import { CommandFailure } from './api.ts';
import { inLanguage } from './language.ts';

/** Which field of the sign-in page an error stands under. */
export type SignInField = 'address' | 'password' | 'form';

type CertificateFault = NonNullable<Account['certificate']>;

const certificateFaults: Readonly<Record<CertificateFault | 'unknown', string>> = inLanguage({
  expired: 'its certificate is expired',
  'other-name': 'its certificate is for another name',
  'self-made': 'its certificate is self-made',
  unknown: 'its certificate is not good',
});

/** The sentences; `server` is what follows the @ of the account's address. */
const sentences: Readonly<Record<AlertCode, (server: string, certificate: string) => string>> = inLanguage({
  'invalid-params': () => 'Something in this is not as it must be. Nothing was changed.',
  'bad-address': () => 'This is not an address. It looks like name@example.org.',
  'too-long': () => 'The text is too long for one message. Nothing was sent.',
  'not-signed-in': () => 'You are not signed in. Sign in first.',
  'already-signed-in': () => 'You are signed in already.',
  'wrong-password': () => 'Address or password is wrong.',
  'server-not-found': (server: string) => `There is no chat server for ${server}. Check the part after @.`,
  'server-unreachable': (server: string) => `${server} does not answer. What you write is kept and sent later.`,
  certificate: (server: string, certificate: string) =>
    `This may not be ${server}: ${certificate}. Your password was not sent.`,
  'unprotected-login': () => 'This server wants your password in a readable form. Not sent.',
  'server-unfit': () =>
    'Your server cannot keep keys for you. Others cannot write to you encrypted while you are away.',
  'server-refused': () => 'Your server refused this. Nothing was changed.',
  'timed-out': () => 'No answer in time. What you write is kept and sent later.',
  'no-such-contact': () => 'This address is not among your contacts.',
  'no-such-message': () => 'This message is no longer here.',
  'no-such-key': () => 'This safety code is no longer on file.',
  'key-changed': () => 'Their safety code changed. Nothing was sent.',
  'cannot-encrypt': () => 'There is no way to encrypt this now. Nothing was sent.',
  'no-session': () => 'No encrypted session is open.',
  locked: () => 'Your keys are locked. Nothing is lost.',
  'store-full': () => 'No room to store messages. Nothing was deleted.',
  'store-damaged': () => 'Part of your stored messages cannot be read. A copy was kept.',
  suspended: () => 'This computer is asleep. It goes on when it wakes.',
  'not-available': () => 'This is not possible yet.',
  internal: () => 'Something failed. Nothing was sent.',
  expired: () => 'It arrived after its key expired. Nobody can open it.',
  'other-device': () => 'It was sealed for a key this computer does not have.',
  'key-deleted': () => 'It arrived after its key was deleted.',
  copy: () => 'A second copy of a message you already have.',
  altered: () => 'It was changed on the way.',
  'not-proven': () => 'The proof of the sender is wrong or missing.',
  'too-weak': () => 'It asked for protection this program does not accept.',
  'program-error': () => 'This is our fault. The sealed message was kept.',
  'no-key': () => 'They have published no key.',
  'key-expired': () => 'Their key has expired.',
  'not-allowed': () => 'You are not allowed to see their key.',
  'contact-online': () => 'They are here, and no live session can be had yet.',
  'no-common-encryption': () => 'Their program does not offer encryption this program accepts.',
  'not-checked': () => 'Their server did not answer.',
  bounced: () => 'Their server sent it back.',
  'key-shared': () => 'Two contacts use the same safety code.',
  'key-exposed': () => 'Your server ignores who may see your key. It was withdrawn.',
  'withdraw-failed': () =>
    'Your server still shows your old key, so others may still write with it. Your messages are opened all the same. Retrying.',
  'not-ready-to-leave': () => 'Not ready to leave. Nobody could write to you encrypted.',
  relayed: () => 'A message came by way of another address than its sender’s.',
  'messages-missing': () => 'Some messages before this one are missing.',
  'clock-wrong': () => 'Your clock is wrong. Keys depend on it.',
  'signed-in-elsewhere': () => 'This account was opened on another computer.',
});

/** @returns the sentence of a code; `certificate` is what is wrong with that, where it is known. */
export function errorSentence(code: AlertCode, address = '', certificate?: CertificateFault): string {
  return sentences[code](serverOf(address), certificateFaults[certificate ?? 'unknown']);
}

/** @returns the sentence for whatever a command threw; what is no refusal of ours is `internal`. */
export function failureSentence(failure: unknown, address = ''): string {
  return errorSentence(failure instanceof CommandFailure ? failure.code : 'internal', address);
}

/** @returns the field of the sign-in page that an error concerns. */
export function fieldOfFailure(code: AlertCode): SignInField {
  if (code === 'bad-address' || code === 'server-not-found') return 'address';
  return code === 'wrong-password' ? 'password' : 'form';
}

/** `example.org` of `name@example.org`; the whole where there is no @. */
export function serverOf(address: string): string {
  return address.slice(address.indexOf('@') + 1);
}
