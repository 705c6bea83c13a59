/**
 * XEP-0200: Stanza Encryption, version 0.2 (2007-05-30).
 * https://xmpp.org/extensions/xep-0200.html
 *
 * Covers §5 to §8 (content to `<c/>` and back), §11.4 (block limit), and of XEP-0116 §5 the content that ends a
 * session. Receiving a re-key (§9) is `xep0200-rekey.ts`. What is negotiable about a mismatch is the caller's
 * (profile 6.3); here a stanza's MAC holds or it does not.
 */
import { equalBytes, toBase64, utf8 } from '../../base/bytes.ts';
import { advanceCounter, applyCtr, blocksFor } from '../../crypto/ctr.ts';
import { hmacWithPrefix, publicHmac } from '../../crypto/hash.ts';
import { minimalOctets } from '../../crypto/mpi.ts';
import type { Element } from '../../wire/element.ts';
import { ESessionError } from './errors.ts';
import { readProtected, writeProtected } from './protected-content.ts';
import { BLOCK_LIMIT, assertAlive, sessionOf, spend } from './session.ts';
import type { ReceivingSession, SendingSession } from './session.ts';
import { isTermination } from './termination.ts';
import { encryptedElement } from './xep0200-element.ts';
import type { EncryptedStanza } from './xep0200-element.ts';

export { wipeSession } from './session.ts';
export type { ReceivingSession, SendingSession } from './session.ts';
export { buildTerminationContent, isTermination } from './termination.ts';
export { parseEncrypted } from './xep0200-element.ts';
export type { EncryptedStanza } from './xep0200-element.ts';

/**
 * Encrypts the content of one stanza (§6).
 *
 * @param content - What is protected; it is padded with spaces to a multiple of 64 octets (S-044).
 * @param blockLimit - Lowered in tests.
 * @returns the `<c/>` to send, octet for octet or not at all, and the session for the next stanza; this one is spent.
 * @throws ESessionError `exhausted` if the key has too few blocks left; the last few are kept for a termination.
 * `spent` if this session value was used before or wiped.
 * @throws TypeError if the content holds what is never encrypted.
 */
export function encryptStanza(
  session: SendingSession,
  content: readonly Element[],
  blockLimit: number = BLOCK_LIMIT,
): { readonly c: Element; readonly session: SendingSession } {
  const plain = writeProtected(content);
  const isAllowed = isTermination(content) || !isExhausted(session, blockLimit);
  if (!isAllowed || session.blocks + blocksFor(plain.length) > blockLimit) {
    throw new ESessionError('exhausted', 'the key has too few blocks left');
  }
  return encryptOctets(session, plain);
}

/** Encrypts what is serialised and padded already; `encryptStanza` is the way to call it. */
export function encryptOctets(
  session: SendingSession,
  plain: Uint8Array,
): { readonly c: Element; readonly session: SendingSession } {
  spend(session);
  const { cipher, cipherKey, hash, macKey, counter } = session;
  const data = toBase64(applyCtr(cipher, cipherKey, counter, plain));
  const mac = publicHmac(hash, macKey, utf8(`<data>${data}</data>`), minimalOctets(counter));
  return {
    c: encryptedElement('c', encryptedElement('data', data), encryptedElement('mac', toBase64(mac))),
    session: sessionOf({ ...session, ...after(session, blocksFor(plain.length)) }),
  };
}

/** True if the key serves no further message (profile 6.4, "before each stanza"); a termination still goes out. */
export function isExhausted(session: SendingSession, blockLimit: number = BLOCK_LIMIT): boolean {
  return session.blocks >= blockLimit - BLOCKS_KEPT_FOR_TERMINATION;
}

export type OpenOutcome =
  | { readonly kind: 'opened'; readonly content: readonly Element[]; readonly session: ReceivingSession }
  /** The MAC holds, but what it covers is no XML; the counter has advanced. */
  | { readonly kind: 'malformed-content'; readonly session: ReceivingSession }
  /** Not by this sender at this counter. Nothing was decrypted, the session is as before. */
  | { readonly kind: 'mismatch' };

/**
 * Verifies, then decrypts, then parses one stanza at the running counter (§8, R-164, S-031).
 *
 * @returns the elements of the content, without those that are never protected (profile 3.7), and the next session.
 * `c.key` is left to `applyRekey`.
 * @throws ESessionError `spent` if the session was wiped.
 */
export function decryptStanza(session: ReceivingSession, c: EncryptedStanza): OpenOutcome {
  assertAlive(session);
  const { cipher, cipherKey, hash, macKey, counter } = session;
  // §8: `<new/>` picks a newer set of keys; we never sent a `<key/>`, so there is none.
  if ((c.newKeys ?? 0) > 0) return { kind: 'mismatch' };
  if (!equalBytes(publicHmac(hash, macKey, c.content, minimalOctets(counter)), c.mac)) return { kind: 'mismatch' };
  const next = sessionOf({ ...session, ...after(session, blocksFor(c.data?.length ?? 0)) });
  if (c.data === undefined) return { kind: 'opened', content: [], session: next };
  const content = readProtected(applyCtr(cipher, cipherKey, counter, c.data));
  return content === undefined
    ? { kind: 'malformed-content', session: next }
    : { kind: 'opened', content, session: next };
}

/**
 * Looks for the counter at which a stanza's MAC holds, after stanzas before it were lost (profile 6.3, H-3). Forward
 * only: nothing skipped can be read later (S-034).
 *
 * @param maxBlocks - The last distance tried.
 * @param minBlocks - The first: a long search can be cut into pieces.
 * @returns the distance and the session at that counter, which `decryptStanza` then takes; undefined if not found.
 * @throws ESessionError `spent` if the session was wiped.
 */
export function searchForward(
  session: ReceivingSession,
  c: EncryptedStanza,
  maxBlocks = 65_536,
  minBlocks = 1,
): { readonly skippedBlocks: number; readonly session: ReceivingSession } | undefined {
  assertAlive(session);
  const macAt = hmacWithPrefix(session.hash, session.macKey, c.content);
  let counter = advanceCounter(session.counter, minBlocks);
  for (let skippedBlocks = minBlocks; skippedBlocks <= maxBlocks; skippedBlocks += 1) {
    if (equalBytes(macAt(minimalOctets(counter)), c.mac)) {
      return { skippedBlocks, session: sessionOf({ ...session, ...after(session, skippedBlocks) }) };
    }
    counter = advanceCounter(counter, 1);
  }
  return undefined;
}

const BLOCKS_KEPT_FOR_TERMINATION = 32;

function after(
  { counter, blocks }: SendingSession | ReceivingSession,
  used: number,
): {
  readonly counter: Uint8Array;
  readonly blocks: number;
} {
  return { counter: advanceCounter(counter, used), blocks: blocks + used };
}
