/**
 * An established ESession, one direction of it: keys and a counter, as a value. Whoever uses it gets the next value
 * and drops the old one. An offline session has the responder's direction alone (profile 1.1).
 */
import { wipe } from '../../base/bytes.ts';
import type { CipherName } from '../../crypto/ctr.ts';
import type { HashAlgorithm } from '../../crypto/hash.ts';
import type { ModpGroup } from '../../crypto/modp.ts';
import { ESessionError } from './errors.ts';

interface SessionState {
  readonly modp: ModpGroup;
  readonly cipher: CipherName;
  readonly hash: HashAlgorithm;
  /** KC, as long as the cipher wants. */
  readonly cipherKey: Uint8Array;
  /** KM, as long as the hash. */
  readonly macKey: Uint8Array;
  /** C for the next stanza: 16 octets. */
  readonly counter: Uint8Array;
  /** Blocks used under this key so far, the identity's included. */
  readonly blocks: number;
}

/**
 * The sender's side. In memory only and for one use: encrypting with it gives the next one (S-032, R-280).
 * Made by `startOfflineSession` alone; there is no way back from stored data.
 */
export interface SendingSession extends SessionState {
  readonly direction: 'send';
}

/** The publisher's side. Plain data, which the store seals and gives back. */
export interface ReceivingSession extends SessionState {
  readonly direction: 'receive';
}

/** No more than this may be encrypted under one key (XEP-0200 11.4, R-181). */
export const BLOCK_LIMIT = 2 ** 32;

/** Makes a session value that prints as the name of its type. */
export function sessionOf<Session extends SendingSession | ReceivingSession>(fields: Session): Session {
  const look = fields.direction === 'send' ? SENDING_LOOK : RECEIVING_LOOK;
  return { __proto__: look, ...fields };
}

const RECEIVING_LOOK = lookOf('ReceivingSession');
/** A sending session is never written down, so even as JSON it is a name; a receiving one the store writes sealed. */
const SENDING_LOOK = { ...lookOf('SendingSession'), toJSON: () => 'SendingSession' };

function lookOf(name: string): object {
  return { toString: () => name, [Symbol.for('nodejs.util.inspect.custom')]: () => name };
}

/**
 * Overwrites the keys of a session and of every earlier value of it, which share them. None of these can be used
 * afterwards.
 */
export function wipeSession(session: SendingSession | ReceivingSession): void {
  wipe(session.cipherKey, session.macKey, session.counter);
  wipedKeys.add(session.macKey);
}

/** @throws ESessionError `spent` for a session that was wiped: its keys are zeros. */
export function assertAlive(session: SendingSession | ReceivingSession): void {
  if (wipedKeys.has(session.macKey)) throw new ESessionError('spent', 'the session was wiped');
}

/**
 * Marks a sending session as used.
 *
 * @throws ESessionError `spent` if it was: its counter must never cover a second plaintext (S-032).
 * @throws TypeError for a receiving session: its publisher never sends in it.
 */
export function spend(session: SendingSession): void {
  if (!isSending(session)) throw new TypeError('only the sender of an offline session encrypts in it');
  assertAlive(session);
  if (spentSessions.has(session)) throw new ESessionError('spent', 'the session value was used before');
  spentSessions.add(session);
}

/** The types say so already; an object from a store may say something else. */
function isSending(session: { readonly direction: string }): boolean {
  return session.direction === 'send';
}

const wipedKeys = new WeakSet<Uint8Array>();
const spentSessions = new WeakSet<SendingSession>();
