/** What happened and what it means, by number (ux.md 3.9): the text in sight, and what the fold says. */
import type { Account } from '../../preload/contract.ts';
import { errorSentence } from './catalogue-errors.ts';
import { inLanguage } from './language.ts';
import type { Problem, ProblemAction } from './problems.ts';

/** What the sentences are about. */
export interface ProblemFacts {
  /** What follows the @ of the account's address. */
  readonly server: string;
  /** Until when the backup key or the old key works, for reading. */
  readonly until: string;
  /** What is wrong with the server's certificate. */
  readonly certificate?: Account['certificate'];
}

interface ProblemWords {
  readonly text: (facts: ProblemFacts) => string;
  readonly details: string;
}

export const problemWords: Readonly<Record<Problem, ProblemWords>> = inLanguage({
  E1: {
    text: () => 'You are offline. What you write is kept and sent later.',
    details: 'This computer has no network. The program connects again by itself when there is one.',
  },
  E2: {
    text: ({ server }: ProblemFacts) => `There is no chat server for ${server}. Check the part after @.`,
    details: 'The name was looked up and nobody answers for it. Nothing was sent.',
  },
  E3: {
    text: ({ server }: ProblemFacts) => `${server} does not answer. What you write is kept and sent later.`,
    details: 'Either the server is not running, or something between here and there lets nothing through.',
  },
  E4: {
    text: () => 'Address or password is wrong.',
    details: 'Your server refused the two together; it does not say which of them is wrong.',
  },
  E5: {
    text: ({ server, certificate }: ProblemFacts) => errorSentence('certificate', server, certificate),
    details: 'There is no way around this here. Whoever runs the server can put its certificate right.',
  },
  E6: {
    text: () => 'This server wants your password in a readable form. Not sent.',
    details: 'Your account has proved its password without showing it before; this program does not go back from that.',
  },
  E7: {
    text: () => 'This computer has no protected place for keys. Away keys are off.',
    details:
      'Others cannot write to you encrypted while you are away. Whoever can read this computer’s disk could read your keys.',
  },
  E8: {
    text: () => 'Your keys are locked in another keyring. Nothing is lost.',
    details: 'Unlock the keyring in which they were made, and start this program again.',
  },
  E9: {
    text: () => 'Part of your stored messages cannot be read. A copy was kept.',
    details: 'The rest can be read and is shown. The file that cannot be read was set aside, unchanged.',
  },
  E10: {
    text: ({ until }: ProblemFacts) =>
      until === ''
        ? 'Your server did not accept your away key.'
        : `Your server did not accept your away key. Backup key until ${until}.`,
    details: 'Others can write to you with the backup key. It lives longer, and its messages can be opened for longer.',
  },
  E11: {
    text: () => 'Your server cannot keep keys for you. Others cannot write to you encrypted while you are away.',
    details: 'It lacks personal publishing, or forbids to choose who may read what is published.',
  },
  E12: {
    text: () => 'Your server ignores who may see your key. It was withdrawn.',
    details: 'More people could read it than you chose.',
  },
  E13: {
    text: ({ until }: ProblemFacts) =>
      until === ''
        ? 'Your server still shows your old key. Your messages are opened all the same. Retrying.'
        : `Your server still shows your old key, so others may still write with it until ${until}. Your messages are opened all the same. Retrying.`,
    details: 'It is asked again by itself. The time at which the key ends bounds what a server can do with it.',
  },
  E14: {
    text: () => 'Your clock is wrong. Keys depend on it.',
    details: 'Set the time of this computer. Keys that would end at the wrong time are not used.',
  },
  E15: {
    text: () => 'This account was opened on another computer.',
    details: 'Your away key lives on one computer only. Messages that were sealed for this one are opened here.',
  },
  E16: {
    text: () => 'No room to store messages. Nothing was deleted.',
    details: 'Your server keeps what waits. Make room on the disk, and sign in again.',
  },
  E17: {
    text: () => 'Something failed. Your messages are kept.',
    details: 'This is our mistake. The report in Settings, Help, says what state the program is in.',
  },
});

export const problemActionWords: Readonly<Record<ProblemAction, string>> = inLanguage({
  tryNow: 'Try now',
  reconnect: 'Reconnect here',
  publishAgain: 'Try again',
  details: 'Details',
  report: 'Show the report',
  settings: 'Settings',
});

export const problemBarWords = inLanguage({
  label: 'Something is in the way',
  number: (problem: string) => `Number ${problem}`,
  why: 'Why',
  dismiss: 'Not now',
  again: (seconds: number) => `Trying again in ${seconds} s.`,
});
