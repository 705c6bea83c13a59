/** The server's side of SCRAM (RFC 5802), on the platform's own functions: a test changes what it says on the way. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

export class ScramServer {
  readonly #hash: string;
  readonly #password: string;
  readonly #iterations: number;
  readonly #salt = randomBytes(16);
  #clientFirstBare = '';
  #serverFirst = '';

  /** @param hash - As the platform names it, such as `sha256`. */
  constructor(hash: string, password: string, iterations = 4_096) {
    this.#hash = hash;
    this.#password = password;
    this.#iterations = iterations;
  }

  /** @returns the GS2 header of what the client says first. */
  static headerOf(clientFirst: string): string {
    return /^[^,]*,[^,]*,/.exec(clientFirst)?.[0] ?? '';
  }

  /** @returns server-first-message */
  first(clientFirst: string): string {
    this.#clientFirstBare = clientFirst.slice(ScramServer.headerOf(clientFirst).length);
    const nonce = /(?:^|,)r=([^,]+)/.exec(this.#clientFirstBare)?.[1] ?? '';
    const salt = this.#salt.toString('base64');
    this.#serverFirst = `r=${nonce}${randomBytes(9).toString('base64')},s=${salt},i=${this.#iterations}`;
    return this.#serverFirst;
  }

  /**
   * @returns whether the client knows the password, the octets it says its channel is bound by, GS2 header included,
   * and server-final-message, which a server that does not know the password could not make.
   */
  final(clientFinal: string): { readonly knows: boolean; readonly binding: Buffer; readonly message: string } {
    const [, withoutProof = '', proof = ''] = /^(.*),p=([^,]+)$/.exec(clientFinal) ?? [];
    const authMessage = `${this.#clientFirstBare},${this.#serverFirst},${withoutProof}`;
    const salted = pbkdf2Sync(this.#password, this.#salt, this.#iterations, this.#octets, this.#hash);
    const storedKey = createHash(this.#hash).update(this.#mac(salted, 'Client Key')).digest();
    const clientKey = xor(Buffer.from(proof, 'base64'), this.#mac(storedKey, authMessage));
    const signature = this.#mac(this.#mac(salted, 'Server Key'), authMessage).toString('base64');
    return {
      knows: createHash(this.#hash).update(clientKey).digest().equals(storedKey),
      binding: Buffer.from(/(?:^|,)c=([^,]+)/.exec(withoutProof)?.[1] ?? '', 'base64'),
      message: `v=${signature}`,
    };
  }

  get #octets(): number {
    return createHash(this.#hash).digest().length;
  }

  #mac(key: Buffer, text: string): Buffer {
    return createHmac(this.#hash, key).update(text).digest();
  }
}

function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(other.map((octet, at) => octet ^ (one[at] ?? 0)));
}
