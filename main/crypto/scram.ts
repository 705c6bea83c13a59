import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { utf8, wipe } from '../base/bytes.ts';

/** The digests SCRAM is registered with. SHA-1 serves nothing else here but the caps hash. */
export type ScramHash = 'sha1' | 'sha256' | 'sha512';

export interface ScramProof {
  /** What shows the server that we know the password. */
  readonly clientProof: Uint8Array;
  /** What a server that knows it too will answer. */
  readonly serverSignature: Uint8Array;
}

const deriveKey = promisify(pbkdf2);

/**
 * Computes both sides' proofs (RFC 5802 section 3), off the main thread where it takes time.
 *
 * @param password - Prepared already.
 * @param authMessage - client-first-message-bare, server-first-message and client-final-message-without-proof,
 * joined by commas.
 */
export async function proveScram(p: {
  readonly hash: ScramHash;
  readonly password: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly authMessage: string;
}): Promise<ScramProof> {
  const secret = utf8(p.password);
  const salted = await deriveKey(secret, p.salt, p.iterations, OCTETS[p.hash], p.hash);
  const clientKey = mac(p.hash, salted, 'Client Key');
  const serverKey = mac(p.hash, salted, 'Server Key');
  try {
    const storedKey = createHash(p.hash).update(clientKey).digest();
    const clientSignature = mac(p.hash, storedKey, p.authMessage);
    const clientProof = clientKey.map((octet, i) => octet ^ (clientSignature[i] ?? 0));
    return { clientProof, serverSignature: mac(p.hash, serverKey, p.authMessage) };
  } finally {
    wipe(secret, salted, clientKey, serverKey);
  }
}

const OCTETS: Readonly<Record<ScramHash, number>> = { sha1: 20, sha256: 32, sha512: 64 };

function mac(hash: ScramHash, key: Uint8Array, text: string): Uint8Array {
  return new Uint8Array(createHmac(hash, key).update(text, 'utf8').digest());
}
