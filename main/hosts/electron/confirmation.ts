import type { MessageBoxOptions } from 'electron';
import { addressIn } from '../addresses.ts';
import { checkParams, COMMAND_SCHEMAS } from '../command-schemas.ts';
import { failure, type Dispatch } from '../dispatch.ts';

/** Shows a native dialog. @returns true if the person agreed. */
export type Ask = (
  question: Pick<MessageBoxOptions, 'message' | 'detail'> & { readonly agree: string },
) => Promise<boolean>;

/**
 * S-143: what cannot be taken back is asked again in a dialog that the page can neither draw nor press. There is one
 * dialog at a time: a page that asks again and again would find somebody who presses the wrong button.
 */
export function withConfirmation(dispatch: Dispatch, ask: Ask): Dispatch {
  let isAsking = false;
  const confirm = async (question: Question): Promise<boolean> => {
    if (isAsking) return false;
    isAsking = true;
    return ask(question).finally(() => (isAsking = false));
  };
  return async (name, params) => {
    const question = questionFor(name, params);
    if (question !== undefined && !(await confirm(question))) {
      return failure('not-available', 'You did not confirm this.');
    }
    return dispatch(name, params);
  };
}

type Question = Parameters<Ask>[0];

/**
 * Parameters that will be refused anyway are not asked about: no page puts sentences of its own where an address
 * belongs, and the address is shown as it is read.
 */
function questionFor(name: string, params: unknown): Question | undefined {
  if (name === 'keys.replace' && checkParams(COMMAND_SCHEMAS[name], params).ok) return REPLACE_KEY;
  if (name === 'keys.import' && checkParams(COMMAND_SCHEMAS[name], params).ok) return REPLACE_KEY;
  if (name === 'keys.export' && checkParams(COMMAND_SCHEMAS[name], params).ok) return EXPORT_KEY;
  if (name === 'leaving.destroyKeys' && checkParams(COMMAND_SCHEMAS[name], params).ok) return DESTROY_KEYS;
  if (name === 'account.signIn') {
    const checked = checkParams(COMMAND_SCHEMAS[name], params);
    if (checked.ok && checked.params.place !== undefined) return connectTo(checked.params.place);
  }
  if (name === 'messages.send') {
    const checked = checkParams(COMMAND_SCHEMAS[name], params);
    if (checked.ok && checked.params.unencrypted === true) return about(checked.params.to, sendUnencrypted);
  }
  if (name === 'keys.decide') {
    const checked = checkParams(COMMAND_SCHEMAS[name], params);
    if (checked.ok && checked.params.decision !== 'refused') {
      return about(checked.params.address, (address) => trustKey({ ...checked.params, address }));
    }
  }
  if (name === 'sessions.confirmSpokenCode') {
    const checked = checkParams(COMMAND_SCHEMAS[name], params);
    if (checked.ok && checked.params.matches) return about(checked.params.address, spokenCode);
  }
  return undefined;
}

function about(text: string, question: (address: string) => Question): Question | undefined {
  const address = addressIn(text);
  return address === undefined ? undefined : question(address);
}

const DESTROY_KEYS: Question = {
  message: 'Delete all offline keys now?',
  detail:
    'Encrypted messages that were written to you while you were away and have not arrived can then never be opened.',
  agree: 'Delete keys',
};

const EXPORT_KEY: Question = {
  message: 'Take a copy of your key out of this computer?',
  detail: 'Whoever has the copy and its passphrase can write as you and read what is written to you.',
  agree: 'Make the copy',
};

const REPLACE_KEY: Question = {
  message: 'Use another key from now on?',
  detail:
    'Your safety code changes. Everyone who compared it with you has to compare again before they can write to you.',
  agree: 'Use another key',
};

function connectTo({ host, port }: { readonly host: string; readonly port: number }): Question {
  return {
    message: `Connect to ${host}, port ${port}?`,
    detail: 'The server there must prove that it is the one of your address before it sees your password.',
    agree: 'Connect',
  };
}

function sendUnencrypted(to: string): Question {
  return {
    message: `Send this message to ${to} unencrypted?`,
    detail: 'Servers on the way can read this message.',
    agree: 'Send unencrypted',
  };
}

function spokenCode(address: string): Question {
  return {
    message: `Did you and ${address} read the same code to each other?`,
    detail: 'Their safety code is then called verified.',
    agree: 'It matches',
  };
}

function trustKey(p: { readonly address: string; readonly fingerprint: string; readonly decision: string }): Question {
  const groups = p.fingerprint.match(/.{8}/g)?.join(' ') ?? '';
  return {
    message: p.decision === 'verified' ? `Is this the key of ${p.address}?` : `Use this key of ${p.address}?`,
    detail: `Fingerprint: ${groups}`,
    agree: p.decision === 'verified' ? 'It matches' : 'Use without comparing',
  };
}
