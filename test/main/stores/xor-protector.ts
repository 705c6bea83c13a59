import type { KeyProtector } from '../../../main/stores/seal.ts';

function turned(key: Uint8Array): Promise<Uint8Array> {
  return Promise.resolve(key.map((octet) => octet ^ 0x5a));
}

/** Needs no key, so that another process can use it. Protects nothing. */
export const xorProtector: KeyProtector = { name: 'xor', protects: false, wrap: turned, unwrap: turned };
