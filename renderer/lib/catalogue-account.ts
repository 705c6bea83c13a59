/** The words about oneself: address, safety code, key, and copies of the key (ux.md 3.5). */
import { inLanguage } from './language.ts';

export const accountWords = inLanguage({
  heading: 'My address and safety code',
  address: 'My address',
  code: 'My safety code',
  codeExplanation: 'Your contacts compare it with what their program shows for you.',
  codeImage: 'My safety code, for a camera',
  replace: 'Use a new key',
  replaceCost: 'For when somebody may have had your key. Your safety code changes with it.',
  replaceQuestion:
    'Make a new key? Your contacts will be told that your safety code changed, and everyone has to compare it with you again.',
  replacing: 'Making a new key…',
  replaced: 'This is your new safety code. Tell your contacts, and compare it with those you had compared it with.',
  copies: 'A copy of my key',
  passphrase: 'Passphrase',
  passphraseHint: (least: number) => `At least ${least} characters. It is asked for where the copy is used.`,
  onlyDesktop: 'A copy of the key here can be made in the desktop program only.',
  makeCopy: 'Make a copy…',
  makeCost: 'For another computer of yours. Whoever has the copy and its passphrase can write as you.',
  make: 'Make the copy',
  madeCopy: 'The copy',
  closeCopy: 'Close the copy',
  made: 'Keep it where only you can read it. It says nothing without its passphrase.',
  useCopy: 'Use a copy…',
  useLabel: 'The copy, with its first and last line',
  use: 'Use this key',
  useCost:
    'It takes the place of the key here. Your safety code changes with it, and whoever compared it has to compare again.',
  used: 'This key is used now. Compare its safety code with the one your other computer shows.',
  wrongPassphrase: 'This passphrase does not open the copy. Nothing was changed.',
  noCopy: 'This is no copy of a key that can be used here. Nothing was changed.',
  signOut: 'Sign out',
  signOutNote: 'Your away key is published first. Keys and messages stay on this computer.',
});
