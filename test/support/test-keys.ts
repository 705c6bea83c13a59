/** The two public test keys of the vectors, ready to sign and to verify. Never for anything but tests. */
import { createPrivateKey } from 'node:crypto';
import { importSigningKey } from '../../main/crypto/signature.ts';
import type { SigningKey } from '../../main/crypto/signature.ts';
import { vectors } from '../vectors/esession-vectors.ts';

/** PKCS#8 in DER. */
export function pkcs8Of(address: keyof typeof vectors.identities): Uint8Array {
  const key = createPrivateKey(vectors.identities[address].pkcs8Pem);
  return new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }));
}

/** Alice's: who publishes options. */
export const publisherKey: SigningKey = importSigningKey(pkcs8Of('alice@example.org'));

/** Bob's: who writes to her. */
export const senderKey: SigningKey = importSigningKey(pkcs8Of('bob@example.com'));
