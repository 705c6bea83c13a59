import { constants, createCipheriv, createDiffieHellman, createHash, createHmac, createPrivateKey } from 'node:crypto';
import { createPublicKey, sign, verify } from 'node:crypto';
import type { DiffieHellman, KeyObject } from 'node:crypto';
import { primeHex } from '../../../main/crypto/modp-groups.ts';
import type { ModpGroup } from '../../../main/crypto/modp-groups.ts';

/** The platform's primitives with their objects made beforehand: what no session can do without. */
export interface Primitives {
  /** base^exponent, by the native object; g^exponent without a base. */
  power(exponent: Uint8Array, base?: Uint8Array): Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
  /** K, six keys, the MAC of the identity and the MAC over it (XEP-0116 4.5.3, 4.5.4). */
  deriveAndAuthenticate(secret: Uint8Array, form: Uint8Array, identity: Uint8Array): Uint8Array;
  encrypt(octets: Uint8Array): Uint8Array;
}

const LABELS = ['Initiator', 'Responder'].flatMap((side) =>
  ['Cipher', 'MAC', 'SIGMA'].map((use) => `${side} ${use} Key`),
);
const KEY = Buffer.alloc(32, 1);
const COUNTER = Buffer.alloc(16, 1);

export function preparePrimitives(group: ModpGroup, pkcs8: Uint8Array): Primitives {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const object = createDiffieHellman(Buffer.from(primeHex(group), 'hex'), 2);
  return {
    power: (exponent, base) => powerBy(object, exponent, base),
    sign: (message) => sign('sha256', message, privateKey),
    verify: (message, signature) => verify('sha256', message, padded(publicKey), signature),
    deriveAndAuthenticate,
    encrypt: (octets) => createCipheriv('aes-256-ctr', KEY, COUNTER).update(octets),
  };
}

function powerBy(object: DiffieHellman, exponent: Uint8Array, base: Uint8Array | undefined): Uint8Array {
  object.setPrivateKey(exponent);
  return base === undefined ? object.generateKeys() : object.computeSecret(base);
}

function deriveAndAuthenticate(secret: Uint8Array, form: Uint8Array, identity: Uint8Array): Uint8Array {
  const shared = createHash('sha256').update(secret).digest();
  const keys = LABELS.map((label) => createHmac('sha256', shared).update(label).digest());
  const identityMac = createHmac('sha256', keys[5] ?? KEY)
    .update(form)
    .digest();
  return createHmac('sha256', keys[4] ?? KEY)
    .update(COUNTER)
    .update(identity)
    .update(identityMac)
    .digest();
}

function padded(key: KeyObject) {
  return { key, padding: constants.RSA_PKCS1_PADDING };
}
