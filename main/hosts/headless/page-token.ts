import { equalBytes, toHex, utf8 } from '../../base/bytes.ts';
import type { RandomSource } from '../../crypto/random.ts';
import { SOCKET_PROTOCOL, SOCKET_TOKEN_PREFIX } from '../../../preload/contract.ts';

const TOKEN_OCTETS = 32;

/** 256 random bits for this start, in hex (S-161). */
export function drawToken(random: RandomSource): string {
  return toHex(random.bytes(TOKEN_OCTETS));
}

/**
 * Does the offer of subprotocols name ours and carry the token? It must be exactly these two. The comparison takes the
 * same time wherever the first difference is.
 *
 * @param offer - Sec-WebSocket-Protocol as it came.
 */
export function carriesToken(offer: string | undefined, token: string): boolean {
  const [protocol, proof, ...more] = (offer ?? '').split(',').map((part) => part.trim());
  if (protocol !== SOCKET_PROTOCOL || proof === undefined || more.length > 0) return false;
  return equalBytes(utf8(proof), utf8(`${SOCKET_TOKEN_PREFIX}${token}`));
}
